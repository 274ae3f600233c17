import type { FeedFrame } from "../../session/contract/directory.ts";
import type { Source, Received } from "../../routes/stream/follower.ts";
import { openSocket } from "../../routes/stream/session-source.ts";
import type { Attachable } from "../../routes/stream/session-source.ts";
import { STREAM_HEADERS } from "../../lib/sse.ts";
import { Follower } from "../../routes/stream/follower.ts";
import type { FeedItems, Item, ItemReader } from "./items.ts";

const encoder = new TextEncoder();
/** The greeting of Ark's broker, and the delay after which a client that was cut off reconnects. */
const CONNECTED = ": connected\n\nretry: 1000\n\n";

/** The first things in a stream. */
export type Opening = {
  /** Where the stream begins: an event without data, so that a client that is cut off before the first item resumes there. */
  readonly cursor: number | undefined;
  /** An event with the same cursor as data, for clients that wait for one. */
  readonly event?: string;
};

/** An object with a socket. */
type Attached = {
  readonly object: Attachable;
  readonly url: string;
  /** A socket is new: messages may have been missed. */
  readonly onAttached?: () => void;
  /** Whether a message of the socket means that there may be more to read. */
  readonly hasUpdate: (message: string | ArrayBuffer) => boolean;
};

/** Items as an event stream: `data:` is the bare item, `id:` the cursor to resume from. */
export class ItemSource implements Source {
  readonly needsBookmark = false;
  readonly #attached: Attached;
  readonly #items: ItemReader;
  readonly #event: string | undefined;

  constructor(attached: Attached, items: ItemReader, event: string | undefined) {
    this.#attached = attached;
    this.#items = items;
    this.#event = event;
  }

  async attach(): Promise<WebSocket> {
    const { object, url, onAttached } = this.#attached;
    const socket = await openSocket(object, url);
    onAttached?.();
    return socket;
  }

  async read() {
    const { items, caughtUp, ended } = await this.#items.read();
    // In one piece: a viewer that does not read holds one buffer, not one for each item.
    const events = items.length === 0 ? [] : [encoder.encode(items.map((item) => this.#write(item)).join(""))];
    return { events, caughtUp, ended };
  }

  /** Items are always read in order: an object publishes other events than those of an Ark stream. */
  receive(message: string | ArrayBuffer): Received {
    return { kind: this.#attached.hasUpdate(message) ? "behind" : "ignored" };
  }

  overtake(message: string | ArrayBuffer): void {
    this.#attached.hasUpdate(message);
  }

  #write({ cursor, data }: Item): string {
    const name = this.#event === undefined ? "" : `event: ${this.#event}\n`;
    return `id: ${cursor}\n${name}data: ${JSON.stringify(data)}\n\n`;
  }
}

/** A stream of the items of one session or trace. */
export function followObject(object: Attachable, view: "session" | "trace", items: ItemReader, event?: string): Source {
  return new ItemSource({ object, url: `https://object/?view=${view}`, hasUpdate: () => true }, items, event);
}

/** A stream of the items of all sessions. */
export function followDirectory(object: Attachable, items: ItemReader & Partial<FeedItems>, event?: string): Source {
  const notice = (frame: FeedFrame): boolean => items.notice?.(frame) ?? true;
  const hasUpdate = (message: string | ArrayBuffer): boolean =>
    notice(typeof message === "string" ? (JSON.parse(message) as FeedFrame) : { type: "changed" });
  const onAttached = () => void notice({ type: "changed" });
  return new ItemSource({ object, url: "https://object/?view=feed", onAttached, hasUpdate }, items, event);
}

export function respondStream(source: Source, signal: AbortSignal, { cursor, event }: Opening): Response {
  const id = cursor === undefined ? "" : `id: ${cursor}\n\n`;
  const first = event === undefined ? "" : `event: ${event}\ndata: {"resourceVersion":${cursor ?? 0}}\n\n`;
  return new Response(new Follower(source, encoder.encode(CONNECTED + id + first)).stream(signal), {
    headers: STREAM_HEADERS,
  });
}
