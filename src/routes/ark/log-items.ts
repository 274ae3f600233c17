import { cursorInLife, placeInLife } from "../../trace/ark/cursor.ts";
import type { Cursor, LogPage, View } from "../../trace/watch.ts";
import { PAGE_BYTES } from "../stream/session-source.ts";
import type { Item, ItemReader, SessionStub, Tell } from "./items.ts";

export type LogAsked = {
  readonly stub: SessionStub;
  readonly view: View;
  /** The id of the session or trace. */
  readonly id: string;
  readonly tell: Tell;
  /** Everything up to it was told; without one, nothing was. One of another life of the log is none. */
  readonly cursor: number | undefined;
};

/** What one session's or one trace's log tells, page by page. A log that is not there yet is waited for. */
export class LogItems implements ItemReader {
  readonly #asked: LogAsked;
  #cursor: Cursor | undefined;
  #skip = 0;

  constructor(asked: LogAsked) {
    this.#asked = asked;
  }

  async read(): ReturnType<ItemReader["read"]> {
    const { stub, view, id, tell } = this.#asked;
    const page: LogPage = await stub.read(view, this.#cursor ?? (await this.#start()), PAGE_BYTES);
    if (page.state !== "present") return { items: [], caughtUp: true, ended: this.#cursor !== undefined };
    const { incarnation, next, head } = page;
    const skip = page.reset ? 0 : this.#skip;
    const after = page.reset ? 0 : (this.#cursor?.revision ?? 0);
    const items: Item[] = [];
    for (const entry of page.entries) {
      const past = entry.revision === after + 1 ? skip : 0;
      for (const { place, data } of await tell(stub, entry, id)) {
        if (place > past) items.push({ cursor: cursorInLife(incarnation, entry.revision, place), data });
      }
    }
    this.#skip = 0;
    this.#cursor = { incarnation, revision: next };
    return { items, caughtUp: next >= head, ended: false };
  }

  /** A cursor does not say its whole life: the log does. */
  async #start(): Promise<Cursor | undefined> {
    const { stub, view, cursor } = this.#asked;
    if (cursor === undefined) return undefined;
    const page: LogPage = await stub.peek(view);
    const place = page.state === "present" ? placeInLife(page.incarnation, cursor) : undefined;
    if (page.state !== "present" || place === undefined) return undefined;
    this.#skip = place.told;
    return (this.#cursor = { incarnation: page.incarnation, revision: Math.max(0, place.revision) });
  }
}

/** The cursor behind all that a log holds now; `undefined` where it holds nothing. */
export function endOf(page: LogPage): number | undefined {
  return page.state === "present" ? cursorInLife(page.incarnation, page.head, Number.MAX_SAFE_INTEGER) : undefined;
}
