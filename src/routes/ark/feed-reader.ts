import type { Bindings } from "../../bindings.ts";
import { directoryOf, sessionAt } from "../../place.ts";
import { cursorAfter, cursorAt, placeOf } from "../../trace/ark/cursor.ts";
import type { FeedPage, FeedTurn } from "../../trace/feed.ts";
import type { LogPage, View } from "../../trace/watch.ts";
import { PAGE_BYTES } from "../stream/session-source.ts";
import type { Item, ItemReader, SessionStub, Tell } from "./items.ts";
import { ToldTraces } from "./told-traces.ts";

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

/** What all sessions of a tenant tell, in the order in which they told the directory of it: one log, read page by page. */
export class FeedReader implements ItemReader {
  readonly #asked: FeedAsked;
  readonly #told: ToldTraces;
  /** All places up to this one are told, and of the next so many. */
  #place: number;
  #skip: number;
  #turns: FeedTurn[] = [];

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
    const turn = this.#turns[0] ?? (await this.#next());
    if (turn === undefined) return { items: [], caughtUp: true, ended: false };
    const { items, place } = await this.#readTurn(turn);
    this.#place = place;
    if (place === turn.place) this.#turns.shift();
    return { items, caughtUp: false, ended: false };
  }

  async #next(): Promise<FeedTurn | undefined> {
    const { env, tenant } = this.#asked;
    const page: FeedPage = await directoryOf(env, tenant).feed({ after: this.#place, limit: TURNS });
    this.#turns = [...page.turns];
    return this.#turns[0];
  }

  /** One page of a turn. `place`: up to where it is told now; the turn's own where nothing of it is left. */
  async #readTurn(turn: FeedTurn): Promise<{ readonly items: readonly Item[]; readonly place: number }> {
    const behind = turn.revision - (turn.place - this.#place);
    const from = Math.max(turn.after, behind);
    const skip = from === behind ? this.#skip : 0;
    this.#skip = 0;
    const stub = sessionAt(this.#asked.env, this.#asked.tenant, turn.id);
    const page = await readPage(stub, turn, from);
    if (page === undefined) return { items: [], place: turn.place };
    const entries = page.entries.filter(({ revision }) => revision <= turn.revision);
    await this.#told.learn(turn.id, entries);
    const items: Item[] = [];
    for (const entry of entries) {
      const place = turn.place - (turn.revision - entry.revision);
      if (this.#told.take(entry)) continue;
      const past = entry.revision === from + 1 ? skip : 0;
      for (const told of await this.#asked.tell(stub, entry, turn.id)) {
        if (told.place > past) items.push({ cursor: cursorAt(place, told.place), data: told.data });
      }
    }
    const isRead = page.next >= turn.revision || page.next >= page.head;
    return { items, place: isRead ? turn.place : turn.place - (turn.revision - page.next) };
  }
}

type Present = Extract<LogPage, { state: "present" }>;

/** `undefined` where the log is another one by now, or none. A trace that went to another session is read from its home. */
async function readPage(stub: SessionStub, turn: FeedTurn, revision: number): Promise<Present | undefined> {
  const cursor = { incarnation: turn.incarnation, revision };
  const views: readonly View[] = TRACE_ID.test(turn.id) ? ["session", "trace"] : ["session"];
  for (const view of views) {
    const page: LogPage = await stub.read(view, cursor, PAGE_BYTES);
    if (page.state === "present" && !page.reset && page.incarnation === turn.incarnation) return page;
  }
  return undefined;
}
