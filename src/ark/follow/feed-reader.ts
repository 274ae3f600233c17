import type { Bindings } from "../../config.ts";
import { sessionAt } from "../../place.ts";
import type { Caller, Calls } from "../../place.ts";
import { cursorAfter, cursorAt, positionOf } from "../cursor.ts";
import type { ArkParams } from "../params.ts";
import { Lru } from "../../lib/lru.ts";
import type { FeedFrame, LogHead } from "../../session/contract/directory.ts";
import type { FeedPage, FeedEntry } from "../feed/contract.ts";
import type { ArkFeedObject } from "../feed/feed-object.ts";
import { feedOf } from "../feed/feed-of.ts";
import type { LogEntry, LogPage, View } from "../../session/contract/log-page.ts";
import { countTogether, ITEM_PAGE_BYTES } from "./items.ts";
import type { FeedItems, Item, ItemReader, SessionLog, ReadItems } from "./items.ts";
import { SentTraces } from "./sent-traces.ts";

/**
 * Where a stream of all sessions begins: behind the cursor; else now, or at the beginning if `fromBeginning`. A cursor past the head
 * means now. Call it before the response: everything acknowledged after that is sent.
 */
export async function feedCursor(
  feed: Calls<ArkFeedObject>,
  { cursor, fromBeginning }: Pick<ArkParams, "cursor" | "fromBeginning">,
): Promise<number> {
  const page: FeedPage = await feed.feed({ after: Number.MAX_SAFE_INTEGER, limit: 1 });
  const now = page.head === 0 ? 0 : cursorAfter(page.head);
  if (cursor !== undefined) return Math.min(cursor, now);
  return fromBeginning ? 0 : now;
}

/** Entries of the feed in one read: each is a small row, and at least one read of a session. */
const FEED_ENTRIES = 64;
/** Sessions whose revisions one stream remembers: beyond, it asks the feed once too often. */
const REMEMBERED_SESSIONS = 10_000;
const TRACE_ID = /^[0-9a-f]{32}$/;

export type FeedReaderOptions = {
  readonly env: Bindings;
  readonly caller: Caller;
  readonly readItems: ReadItems;
  /** Everything up to it was sent. */
  readonly cursor: number;
};

/** An entry of a session's log that was read and not sent yet. */
type UnsentEntry = {
  readonly stub: SessionLog;
  readonly session: string;
  readonly entry: LogEntry;
  readonly place: number;
};

/**
 * The items of all sessions of a tenant, in the order of the feed: one log, read page by page. A
 * failed read changes nothing, and can be repeated.
 */
export class FeedReader implements FeedItems {
  readonly #options: FeedReaderOptions;
  readonly #sent: SentTraces;
  /** All places of the feed up to this one were sent, and `#skip` items of the next. */
  #place: number;
  #skip: number;
  #feed: FeedEntry[] = [];
  /** Nothing else was in the feed when it was read last. */
  #isLast = false;
  /** All that changed since the feed was read last; `undefined`: the feed has to look. */
  #ahead: Map<string, LogHead> | undefined;
  /** By session, how far the feed was read. */
  readonly #read = new Lru<string, Pick<FeedEntry, "generation" | "revision">>(REMEMBERED_SESSIONS);
  #unsent: readonly UnsentEntry[] = [];
  /** The last place that was sent once `#unsent` is empty. */
  #through = 0;

  constructor(options: FeedReaderOptions) {
    this.#options = options;
    const { revision, sent } = positionOf(options.cursor);
    this.#place = revision;
    this.#skip = sent;
    const feed = feedOf(options.env, options.caller);
    this.#sent = new SentTraces((ids) => feed.reportedRevisions(ids));
  }

  /** Behind everything that was read. */
  get cursor(): number {
    return cursorAfter(this.#place);
  }

  notice(frame: FeedFrame): boolean {
    if (frame.type === "changed") {
      this.#ahead = undefined;
      return true;
    }
    const heads = frame.heads.filter(({ id, generation, revision }) => {
      const read = this.#read.peek(id);
      return read?.generation !== generation || revision > read.revision;
    });
    for (const head of heads) this.#ahead?.set(head.id, head);
    return heads.length > 0;
  }

  async read(): ReturnType<ItemReader["read"]> {
    if (this.#unsent.length === 0) {
      const report = this.#feed[0] ?? (await this.#readFeed());
      if (report === undefined) return { items: [], caughtUp: true, ended: false };
      await this.#readReport(report);
    }
    const items = await this.#nextItems();
    const isRead = this.#isLast && this.#feed.length === 0 && this.#unsent.length === 0;
    // What was noticed in an earlier step of this reading is still to be read.
    return { items, caughtUp: isRead && this.#ahead?.size === 0, ended: false };
  }

  async #readFeed(): Promise<FeedEntry | undefined> {
    const { env, caller } = this.#options;
    const heads = Array.from(this.#ahead?.values() ?? []);
    this.#ahead = new Map();
    try {
      const query = { after: this.#place, limit: FEED_ENTRIES, ...(heads.length === 0 ? {} : { heads }) };
      const page: FeedPage = await feedOf(env, caller).feed(query);
      this.#feed = [...page.entries];
    } catch (error) {
      this.#ahead = undefined;
      throw error;
    }
    this.#isLast = this.#feed.length < FEED_ENTRIES;
    for (const { id, generation, revision } of this.#feed) this.#read.set(id, { generation, revision });
    return this.#feed[0];
  }

  /** Reads one page of the revisions that a session reported. */
  async #readReport(report: FeedEntry): Promise<void> {
    const behind = report.revision - (report.place - this.#place);
    const from = Math.max(report.after, behind);
    const stub = sessionAt(this.#options.env, this.#options.caller, report.id);
    const page = await readPage(stub, report, from);
    const entries = (page?.entries ?? []).filter(({ revision }) => revision <= report.revision);
    await this.#sent.learn(report.id, entries);
    this.#unsent = entries.map((entry) => {
      const place = report.place - (report.revision - entry.revision);
      return { stub, session: report.id, entry, place };
    });
    const isRead = page === undefined || page.next >= report.revision || page.next >= page.head;
    this.#through = isRead ? report.place : report.place - (report.revision - page.next);
  }

  async #nextItems(): Promise<readonly Item[]> {
    const batch = this.#unsent.slice(0, countTogether(this.#unsent));
    const items: Item[] = [];
    for (const { stub, session, entry, place } of batch) {
      if (this.#sent.has(entry)) continue;
      const past = place === this.#place + 1 ? this.#skip : 0;
      for (const { index, data } of await this.#options.readItems(stub, entry, session)) {
        if (index > past) items.push({ cursor: cursorAt(place, index), data });
      }
    }
    for (const { entry } of batch) this.#sent.add(entry);
    this.#unsent = this.#unsent.slice(batch.length);
    this.#place = this.#unsent.length === 0 ? this.#through : (batch.at(-1)?.place ?? this.#place);
    this.#skip = 0;
    if (this.#place === this.#feed[0]?.place) this.#feed.shift();
    return items;
  }
}

type Present = Extract<LogPage, { state: "present" }>;

/** `undefined` if the log is of another generation by now, or absent. A trace that moved to another session is read from its owner. */
async function readPage(stub: SessionLog, report: FeedEntry, revision: number): Promise<Present | undefined> {
  const cursor = { generation: report.generation, revision };
  const views: readonly View[] = TRACE_ID.test(report.id) ? ["session", "trace"] : ["session"];
  for (const view of views) {
    const page: LogPage = await stub.read(view, cursor, ITEM_PAGE_BYTES);
    if (page.state === "present" && !page.reset && page.generation === report.generation) return page;
  }
  return undefined;
}
