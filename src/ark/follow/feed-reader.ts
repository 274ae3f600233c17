import type { Bindings } from "../../config.ts";
import { directoryOf, sessionAt } from "../../place.ts";
import { cursorAfter, cursorAt, placeOf } from "../cursor.ts";
import type { FeedPage, FeedEntry } from "../../session/contract/feed.ts";
import type { LogEntry, LogPage, View } from "../../session/contract/log-page.ts";
import { ITEM_PAGE_BYTES } from "./items.ts";
import type { Item, ItemReader, SessionStub, Tell } from "./items.ts";
import { ToldTraces } from "./sent-traces.ts";

/** Turns asked for at once: each is a small row, and at least one read of a session. */
const TURNS = 64;
const TRACE_ID = /^[0-9a-f]{32}$/;

export type FeedAsked = {
  readonly env: Bindings;
  readonly tenant: string;
  readonly tell: Tell;
  /** Everything up to it was told. */
  readonly cursor: number;
};

/** An entry that was read and not told yet. */
type Due = { readonly stub: SessionStub; readonly session: string; readonly entry: LogEntry; readonly place: number };

/**
 * What all sessions of a tenant tell, in the order in which they told the directory of it: one log, read page by page. A read that fails
 * has changed nothing, and can be tried again.
 */
export class FeedReader implements ItemReader {
  readonly #asked: FeedAsked;
  readonly #told: ToldTraces;
  /** All places up to this one are told, and of the next so many. */
  #place: number;
  #skip: number;
  #turns: FeedEntry[] = [];
  #due: readonly Due[] = [];
  /** Up to where all is told when nothing is due. */
  #through = 0;

  constructor(asked: FeedAsked) {
    this.#asked = asked;
    const { revision, told } = placeOf(asked.cursor);
    this.#place = revision;
    this.#skip = told;
    const directory = directoryOf(asked.env, asked.tenant);
    this.#told = new ToldTraces((ids) => directory.told(ids));
  }

  /** Behind all that was read. */
  get cursor(): number {
    return cursorAfter(this.#place);
  }

  async read(): ReturnType<ItemReader["read"]> {
    if (this.#due.length === 0) {
      const turn = this.#turns[0] ?? (await this.#next());
      if (turn === undefined) return { items: [], caughtUp: true, ended: false };
      await this.#readTurn(turn);
    }
    return { items: await this.#tell(), caughtUp: false, ended: false };
  }

  async #next(): Promise<FeedEntry | undefined> {
    const { env, tenant } = this.#asked;
    const page: FeedPage = await directoryOf(env, tenant).feed({ after: this.#place, limit: TURNS });
    this.#turns = [...page.entries];
    return this.#turns[0];
  }

  /** One page of a turn: what is new of it is due. */
  async #readTurn(turn: FeedEntry): Promise<void> {
    const behind = turn.revision - (turn.place - this.#place);
    const from = Math.max(turn.after, behind);
    const stub = sessionAt(this.#asked.env, this.#asked.tenant, turn.id);
    const page = await readPage(stub, turn, from);
    const entries = (page?.entries ?? []).filter(({ revision }) => revision <= turn.revision);
    await this.#told.learn(turn.id, entries);
    this.#due = entries.map((entry) => {
      const place = turn.place - (turn.revision - entry.revision);
      return { stub, session: turn.id, entry, place };
    });
    const isRead = page === undefined || page.next >= turn.revision || page.next >= page.head;
    this.#through = isRead ? turn.place : turn.place - (turn.revision - page.next);
  }

  async #tell(): Promise<readonly Item[]> {
    const told = this.#due.slice(0, countTogether(this.#due));
    const items: Item[] = [];
    for (const { stub, session, entry, place } of told) {
      if (this.#told.has(entry)) continue;
      const past = place === this.#place + 1 ? this.#skip : 0;
      for (const one of await this.#asked.tell(stub, entry, session)) {
        if (one.place > past) items.push({ cursor: cursorAt(place, one.place), data: one.data });
      }
    }
    for (const { entry } of told) this.#told.note(entry);
    this.#due = this.#due.slice(told.length);
    this.#place = this.#due.length === 0 ? this.#through : (told.at(-1)?.place ?? this.#place);
    this.#skip = 0;
    if (this.#place === this.#turns[0]?.place) this.#turns.shift();
    return items;
  }
}

/** A page's text is bounded, the large values that it names are not: an entry that has some is told by itself. */
export function countTogether(due: readonly { readonly entry: LogEntry }[]): number {
  const isLarge = ({ entry }: { readonly entry: LogEntry }) => entry.kind !== "gone" && entry.hashes.length > 0;
  const large = due.findIndex(isLarge);
  return large < 0 ? due.length : Math.max(1, large);
}

type Present = Extract<LogPage, { state: "present" }>;

/** `undefined` where the log is another one by now, or none. A trace that went to another session is read from its home. */
async function readPage(stub: SessionStub, turn: FeedEntry, revision: number): Promise<Present | undefined> {
  const cursor = { generation: turn.generation, revision };
  const views: readonly View[] = TRACE_ID.test(turn.id) ? ["session", "trace"] : ["session"];
  for (const view of views) {
    const page: LogPage = await stub.read(view, cursor, ITEM_PAGE_BYTES);
    if (page.state === "present" && !page.reset && page.generation === turn.generation) return page;
  }
  return undefined;
}
