import { cursorInGeneration, positionInGeneration } from "../cursor.ts";
import type { LogEntry, LogPage, View } from "../../session/contract/log-page.ts";
import { countTogether, ITEM_PAGE_BYTES } from "./items.ts";
import type { Item, ItemReader, SessionLog, ReadItems } from "./items.ts";

export type LogItemsOptions = {
  readonly stub: SessionLog;
  readonly view: View;
  /** The id of the session or trace. */
  readonly id: string;
  readonly readItems: ReadItems;
  /** Everything up to it was sent. Without one, or with one of another generation of the log, nothing was. */
  readonly cursor: number | undefined;
};

/**
 * The items of one session's or one trace's log, page by page. A log that does not exist yet is waited for. A failed read changes
 * nothing, and can be repeated.
 */
export class LogItems implements ItemReader {
  readonly #options: LogItemsOptions;
  /** The generation of the log that was read. */
  #generation = "";
  /** All revisions up to this one were sent, and `#skip` items of the next; `undefined` before the first read. */
  #revision: number | undefined;
  #skip = 0;
  #unsent: readonly { readonly entry: LogEntry }[] = [];
  /** The last revision that was sent once `#unsent` is empty, and whether it is the head. */
  #through = { revision: 0, isHead: false };

  constructor(options: LogItemsOptions) {
    this.#options = options;
  }

  async read(): ReturnType<ItemReader["read"]> {
    const isNew = this.#unsent.length === 0;
    if (isNew) {
      const wasPresent = this.#revision !== undefined;
      if (!(await this.#readPage())) return { items: [], caughtUp: true, ended: wasPresent };
    }
    const items = await this.#nextItems();
    // What came since an earlier step read the page is still to be read.
    return { items, caughtUp: isNew && this.#unsent.length === 0 && this.#through.isHead, ended: false };
  }

  /** Answers whether the log exists. */
  async #readPage(): Promise<boolean> {
    const { stub, view } = this.#options;
    if (this.#revision === undefined) await this.#start();
    const from = this.#revision === undefined ? undefined : { generation: this.#generation, revision: this.#revision };
    const page: LogPage = await stub.read(view, from, ITEM_PAGE_BYTES);
    if (page.state !== "present") return false;
    if (page.reset || from === undefined) {
      this.#revision = 0;
      this.#skip = 0;
    }
    this.#generation = page.generation;
    this.#unsent = page.entries.map((entry) => ({ entry }));
    this.#through = { revision: page.next, isHead: page.next >= page.head };
    return true;
  }

  async #nextItems(): Promise<readonly Item[]> {
    const { stub, id, readItems } = this.#options;
    const batch = this.#unsent.slice(0, countTogether(this.#unsent));
    const items: Item[] = [];
    for (const { entry } of batch) {
      const past = entry.revision === (this.#revision ?? 0) + 1 ? this.#skip : 0;
      for (const { index, data } of await readItems(stub, entry, id)) {
        if (index > past) items.push({ cursor: cursorInGeneration(this.#generation, entry.revision, index), data });
      }
    }
    this.#unsent = this.#unsent.slice(batch.length);
    this.#revision =
      this.#unsent.length === 0 ? this.#through.revision : (batch.at(-1)?.entry.revision ?? this.#revision);
    this.#skip = 0;
    return items;
  }

  /** A cursor holds only a hash of the generation: the log has the whole. */
  async #start(): Promise<void> {
    const { stub, view, cursor } = this.#options;
    if (cursor === undefined) return;
    const page: LogPage = await stub.peek(view);
    const position = page.state === "present" ? positionInGeneration(page.generation, cursor) : undefined;
    if (page.state !== "present" || position === undefined) return;
    this.#generation = page.generation;
    this.#revision = Math.max(0, position.revision);
    this.#skip = position.sent;
  }
}

/** The cursor behind everything that a log holds now; `undefined` if it is empty. */
export function endOf(page: LogPage): number | undefined {
  return page.state === "present" ? cursorInGeneration(page.generation, page.head, Number.MAX_SAFE_INTEGER) : undefined;
}
