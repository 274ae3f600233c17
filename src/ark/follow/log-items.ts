import { cursorInLife, placeInLife } from "../cursor.ts";
import type { LogEntry, LogPage, View } from "../../session/contract/log-page.ts";
import { countTogether } from "./feed-reader.ts";
import { ITEM_PAGE_BYTES } from "./items.ts";
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

/**
 * What one session's or one trace's log tells, page by page. A log that is not there yet is waited for. A read that fails has changed
 * nothing, and can be tried again.
 */
export class LogItems implements ItemReader {
  readonly #asked: LogAsked;
  /** What was read is of this life of the log. */
  #life = "";
  /** All revisions up to this one are told, and of the next so many places; `undefined` before the first read. */
  #revision: number | undefined;
  #skip = 0;
  #due: readonly { readonly entry: LogEntry }[] = [];
  /** Up to where all is told when nothing is due, and whether that was the head. */
  #through = { revision: 0, isHead: false };

  constructor(asked: LogAsked) {
    this.#asked = asked;
  }

  async read(): ReturnType<ItemReader["read"]> {
    if (this.#due.length === 0) {
      const wasThere = this.#revision !== undefined;
      if (!(await this.#readPage())) return { items: [], caughtUp: true, ended: wasThere };
    }
    const items = await this.#tell();
    return { items, caughtUp: this.#due.length === 0 && this.#through.isHead, ended: false };
  }

  /** Answers whether there is a log. */
  async #readPage(): Promise<boolean> {
    const { stub, view } = this.#asked;
    if (this.#revision === undefined) await this.#start();
    const from = this.#revision === undefined ? undefined : { generation: this.#life, revision: this.#revision };
    const page: LogPage = await stub.read(view, from, ITEM_PAGE_BYTES);
    if (page.state !== "present") return false;
    if (page.reset || from === undefined) {
      this.#revision = 0;
      this.#skip = 0;
    }
    this.#life = page.generation;
    this.#due = page.entries.map((entry) => ({ entry }));
    this.#through = { revision: page.next, isHead: page.next >= page.head };
    return true;
  }

  async #tell(): Promise<readonly Item[]> {
    const { stub, id, tell } = this.#asked;
    const told = this.#due.slice(0, countTogether(this.#due));
    const items: Item[] = [];
    for (const { entry } of told) {
      const past = entry.revision === (this.#revision ?? 0) + 1 ? this.#skip : 0;
      for (const { place, data } of await tell(stub, entry, id)) {
        if (place > past) items.push({ cursor: cursorInLife(this.#life, entry.revision, place), data });
      }
    }
    this.#due = this.#due.slice(told.length);
    this.#revision = this.#due.length === 0 ? this.#through.revision : (told.at(-1)?.entry.revision ?? this.#revision);
    this.#skip = 0;
    return items;
  }

  /** A cursor does not say its whole life: the log does. */
  async #start(): Promise<void> {
    const { stub, view, cursor } = this.#asked;
    if (cursor === undefined) return;
    const page: LogPage = await stub.peek(view);
    const place = page.state === "present" ? placeInLife(page.generation, cursor) : undefined;
    if (page.state !== "present" || place === undefined) return;
    this.#life = page.generation;
    this.#revision = Math.max(0, place.revision);
    this.#skip = place.told;
  }
}

/** The cursor behind all that a log holds now; `undefined` where it holds nothing. */
export function endOf(page: LogPage): number | undefined {
  return page.state === "present" ? cursorInLife(page.generation, page.head, Number.MAX_SAFE_INTEGER) : undefined;
}
