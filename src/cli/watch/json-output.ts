import type { StreamEvent } from "../../client/decode-event.ts";
import { writeData } from "../terminal/write-data.ts";
import type { Output } from "./output.ts";

type Received = { readonly event: StreamEvent; readonly id: string | undefined };

/** A silent stream repeats its bookmark in a pipe, milliseconds: only a write shows that a reader such as `head` has ended. */
const SILENCE = 5_000;

/** Events of a stream, one a line: `type`, `id` where a reader can resume, and the event's fields. */
export class EventLines {
  #bookmark: { readonly received: Received; readonly at: number } | undefined;
  #repeat: NodeJS.Timeout | undefined;

  write(events: readonly Received[]): void {
    writeData(`${events.map(lineOf).join("\n")}\n`);
    // An older one would send a reader back that goes on from the last line.
    const last = events.at(-1);
    this.#bookmark = last?.event.type === "bookmark" ? { received: last, at: Date.now() } : undefined;
    this.#wait();
  }

  end(): void {
    clearTimeout(this.#repeat);
  }

  #wait(): void {
    clearTimeout(this.#repeat);
    if (!process.stdout.isTTY) this.#repeat = setTimeout(() => this.#again(), SILENCE);
  }

  #again(): void {
    const { received, at } = this.#bookmark ?? {};
    if (received?.event.type === "bookmark" && at !== undefined) {
      const now = received.event.now + Date.now() - at;
      writeData(`${lineOf({ ...received, event: { ...received.event, now } })}\n`);
    }
    this.#wait();
  }
}

function lineOf({ event: { type, ...fields }, id }: Received): string {
  return JSON.stringify({ type, ...(id === undefined ? {} : { id }), ...fields });
}

export function jsonOutput(): Output {
  const lines = new EventLines();
  return { resumes: "since", events: (events) => lines.write(events), end: () => lines.end() };
}
