import { writeData } from "../terminal/write-data.ts";
import type { Output } from "./output.ts";

/** The stream's events, one a line: `type`, `id` where a reader can resume, and the event's fields. */
export const jsonOutput = (): Output => ({
  resumes: "since",
  events(events) {
    const lines = events.map(({ event: { type, ...fields }, id }) =>
      JSON.stringify({ type, ...(id === undefined ? {} : { id }), ...fields }),
    );
    writeData(`${lines.join("\n")}\n`);
  },
});
