import type { EventSourceMessage } from "eventsource-parser";
import { MessageReader } from "../../src/client/message-reader.ts";
import { readPrices } from "../../src/session/prices/prices.ts";
import type { SessionView } from "../../src/session/view/session-view.ts";
import { wholeView } from "../session/whole-view.ts";
import type { SessionStreamEvent } from "../../src/session/contract/stream-events.ts";
import { request } from "./world.ts";

/** An event as it crossed the stream. `at`: its `id:`. */
export type Seen = { readonly at: string | undefined; readonly event: SessionStreamEvent };

/** A client of one stream, which reads on request. */
export class StreamReader {
  readonly #reader: MessageReader;
  #pending: Promise<readonly EventSourceMessage[] | "end"> | undefined;
  readonly comments: string[] = [];
  ended = false;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = new MessageReader(body, { comment: (comment) => this.comments.push(comment) });
  }

  /** The events of the next piece of the stream, if it arrives within this time. */
  async read(millis = 30_000): Promise<Seen[]> {
    if (this.ended) return [];
    this.#pending ??= this.#reader.read().then((messages) => messages ?? "end");
    const messages = await Promise.race([this.#pending, sleep(millis)]);
    if (messages === undefined) return [];
    this.#pending = undefined;
    if (messages === "end") {
      this.ended = true;
      return [];
    }
    return messages.map(({ id, event, data }) => ({
      at: id,
      event: { type: event, ...(JSON.parse(data) as object) } as SessionStreamEvent,
    }));
  }

  /** Events up to the first of which `isLast` holds, or to the stream's end. */
  async readUntil(isLast: (seen: Seen) => boolean): Promise<Seen[]> {
    const all: Seen[] = [];
    while (!this.ended) {
      const seen = await this.read();
      all.push(...seen);
      if (seen.some(isLast)) return all;
      if (seen.length === 0 && !this.ended && this.#pending !== undefined)
        throw new Error(`nothing more came; so far ${all.map(({ at, event }) => `${event.type} ${at}`).join(", ")}`);
    }
    return all;
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
    this.ended = true;
  }
}

export async function openStream(path: string, headers: Record<string, string> = {}): Promise<StreamReader> {
  const response = await request(path, { headers: { accept: "text/event-stream", ...headers } });
  if (response.status !== 200 || response.body === null) throw new Error(`GET ${path}: ${response.status}`);
  return new StreamReader(response.body);
}

/** A viewer of a session for a whole test: folds the events, and resumes where the last stream was cut. */
export class Viewer {
  readonly path: string;
  view: SessionView;
  /** Id of the last event that had one. */
  at: string | undefined;
  readonly seen: Seen[] = [];
  #stream: StreamReader | undefined;

  constructor(id: string, path = `/sessions/${encodeURIComponent(id)}`) {
    this.path = path;
    this.view = wholeView(id, readPrices);
  }

  get isConnected(): boolean {
    return this.#stream !== undefined && !this.#stream.ended;
  }

  /** Returns the status; any other than 200 changes nothing. */
  async connect(): Promise<number> {
    const response = await request(this.path, {
      headers: { accept: "text/event-stream", ...(this.at === undefined ? {} : { "last-event-id": this.at }) },
    });
    if (response.status === 200 && response.body !== null) this.#stream = new StreamReader(response.body);
    else await response.body?.cancel();
    return response.status;
  }

  async disconnect(): Promise<void> {
    await this.#stream?.close();
    this.#stream = undefined;
  }

  /** Folds the events that arrive within this time. */
  async read(millis: number): Promise<void> {
    for (const seen of (await this.#stream?.read(millis)) ?? []) this.#fold(seen);
  }

  async readUntil(isLast: (seen: Seen) => boolean): Promise<void> {
    for (const seen of (await this.#stream?.readUntil(isLast)) ?? []) this.#fold(seen);
  }

  #fold(seen: Seen): void {
    const { at, event } = seen;
    if (event.type === "spans" || event.type === "gone") expectLater(this.at, at);
    if (at !== undefined) this.at = at;
    this.seen.push(seen);
    this.view.apply(event);
  }
}

/** No event comes twice, and none out of order. */
function expectLater(last: string | undefined, next: string | undefined): void {
  const [generation, revision] = next?.split(".") ?? [];
  const [lastGeneration, lastRevision] = last?.split(".") ?? [];
  if (generation === undefined) throw new Error("an event of the log without an id");
  if (lastGeneration !== undefined && generation !== lastGeneration)
    throw new Error(`${next} after ${last}, and no reset between`);
  if (lastRevision !== undefined && Number(revision) <= Number(lastRevision))
    throw new Error(`${next} came after ${last}`);
}

function sleep(millis: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), millis));
}
