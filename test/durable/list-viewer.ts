import type { ListStreamEvent } from "../../src/session/contract/stream-events.ts";
import { openStream } from "./viewer.ts";
import type { Seen, StreamReader } from "./viewer.ts";

const SETTLED_MILLIS = 1_500;

/** Folds the list's stream as a viewer does: ids and spans of the sessions. */
export class ListViewer {
  readonly sessions = new Map<string, number>();
  readonly words: string[] = [];
  at: string | undefined;
  readonly #stream: StreamReader;

  private constructor(stream: StreamReader) {
    this.#stream = stream;
  }

  static async open(query = "", from?: string): Promise<ListViewer> {
    const stream = await openStream(
      `/sessions?watch=true${query}`,
      from === undefined ? {} : { "last-event-id": from },
    );
    return new ListViewer(stream);
  }

  async until(type: ListStreamEvent["type"], holds: (event: ListStreamEvent) => boolean = () => true): Promise<void> {
    await this.#stream.readUntil((seen) => {
      const event = this.#take(seen);
      return event.type === type && holds(event);
    });
  }

  /** Reads until nothing comes for longer than a stream takes to settle. */
  async drain(): Promise<void> {
    while (!this.#stream.ended) {
      const begun = performance.now();
      const seen = await this.#stream.read(SETTLED_MILLIS);
      for (const one of seen) this.#take(one);
      // A piece without an event is a comment or the retry time.
      if (seen.length === 0 && performance.now() - begun > SETTLED_MILLIS * 0.9) return;
    }
  }

  async close(): Promise<void> {
    await this.#stream.close();
  }

  #take(seen: Seen): ListStreamEvent {
    const event = seen.event as unknown as ListStreamEvent;
    this.at = seen.at ?? this.at;
    this.words.push(worded(event));
    if (event.type === "session") this.sessions.set(event.summary.id, event.summary.spans);
    if (event.type === "gone") this.sessions.delete(event.id);
    if (event.type === "reset") this.sessions.clear();
    return event;
  }
}

function worded(event: ListStreamEvent): string {
  if (event.type === "session") return `${event.summary.id} of ${event.summary.spans}`;
  if (event.type === "gone") return `${event.id} gone${event.session === undefined ? "" : ` to ${event.session}`}`;
  return event.type;
}
