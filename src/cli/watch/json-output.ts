import type { StreamEvent } from "../../client/decode-event.ts";
import { writeData } from "../terminal/write-data.ts";
import type { Output } from "./output.ts";

/** Events of a stream, one a line: `type`, `id` where a reader can resume, and the event's fields. */
export function writeEvents(events: readonly { readonly event: StreamEvent; readonly id: string | undefined }[]): void {
  const lines = events.map(({ event: { type, ...fields }, id }) =>
    JSON.stringify({ type, ...(id === undefined ? {} : { id }), ...fields }),
  );
  writeData(`${lines.join("\n")}\n`);
}

export const jsonOutput = (): Output => ({ resumes: "since", events: writeEvents });
