import type { Bindings } from "../../config.ts";
import type {
  ChangesPage,
  ChangesQuery,
  DirectoryFrame,
  ListPage,
  ListQuery,
  Purges,
  RecentPage,
  ReportOutcome,
  SessionRemoval,
  SessionReport,
} from "../../session/contract/directory.ts";
import type { FeedPage, FeedQuery, ReportedBefore } from "../../session/contract/feed.ts";
import type { RecentExportsUpdate } from "../../session/contract/stream-events.ts";
import type { ListFilter } from "../../session/list/list-filter.ts";
import { Subscribers } from "../subscribers.ts";
import { readChanges, recentPage } from "./changes.ts";
import { ListColumns } from "./list/columns.ts";
import { RecentArrivals } from "./recent-exports.ts";
import { DirectoryRows } from "./rows/session-rows.ts";
import { Sweeper } from "./sweeper.ts";
import { DurableObject } from "cloudflare:workers";

/** The list of a tenant's sessions, live. Rows hold what sessions report; status is computed by whoever reads, from them and the present. */
export class DirectoryObject extends DurableObject<Bindings> {
  readonly #rows: DirectoryRows;
  readonly #subscribers: Subscribers;
  readonly #active = new ActiveSessions();
  readonly #sweeper: Sweeper;
  readonly #arrivals: RecentArrivals;
  /** Read from the rows when a list is asked for: reports alone do without. */
  #columns: ListColumns | undefined;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#rows = new DirectoryRows(ctx.storage);
    this.#subscribers = new Subscribers(ctx);
    this.#arrivals = new RecentArrivals(this.#rows);
    this.#sweeper = new Sweeper(ctx, env, this.#rows, (removal) => this.remove(removal, "over"));
  }

  report(news: SessionReport): ReportOutcome {
    const now = Date.now();
    const previous = this.#rows.head;
    const taken = this.#rows.write(() => this.#rows.put(news, now));
    if (taken !== undefined) {
      this.#sweeper.change(taken.before, taken.stored.kept, now);
      const { id, facts, summary, search } = taken.stored;
      this.#columns?.put(taken.n, facts, search);
      const entry = { kind: "session", revision: this.#rows.head, id, summary } as const;
      this.#publish({ type: "change", generation: this.#rows.generation, previous, entry, facts, now });
    }
    const later = taken === undefined ? this.#rows.laterLife(news) : undefined;
    return { interval: this.#active.interval(news.id, now), ...(later === undefined ? {} : { later }) };
  }

  /** `over`: forgotten; `empty`: its traces are elsewhere. */
  remove(removal: SessionRemoval, because: "over" | "empty"): void {
    const now = Date.now();
    const previous = this.#rows.head;
    const removed = this.#rows.write(() => this.#rows.remove(removal, because, now));
    if (removed === undefined) return;
    this.#sweeper.change(removed, undefined, now);
    this.#active.forget(removal.id);
    this.#columns?.remove(removed.n);
    const { id, session } = removal;
    const entry = {
      kind: "gone",
      revision: this.#rows.head,
      id,
      ...(session === undefined ? {} : { session }),
    } as const;
    this.#publish({ type: "change", generation: this.#rows.generation, previous, entry, now });
  }

  list(query: ListQuery): ListPage {
    const find = (filter: ListFilter) => this.#rows.matching(filter);
    const { rows: found, counts } = this.#read().page({ ...query, limit: query.limit + 1 }, find, Date.now());
    const summaries = this.#rows.summaries(found.slice(0, query.limit).map(({ n }) => n));
    const last = found[summaries.length - 1];
    return {
      generation: this.#rows.generation,
      head: this.#rows.head,
      sessions: summaries.map((summary, at) => `${summary.slice(0, -1)},"status":"${found[at]?.status}"}`),
      counts,
      recentExports: this.#arrivals.value,
      retention: this.#sweeper.retention(),
      ...(found.length > summaries.length && last !== undefined ? { next: { value: last.value, n: last.n } } : {}),
    };
  }

  changes(query: ChangesQuery): ChangesPage {
    const directory = { rows: this.#rows, columns: () => this.#read() };
    return { ...readChanges(directory, query, Date.now()), recentExports: this.#arrivals.value };
  }

  /** What follows a place in the order in which sessions told of their logs. */
  feed(query: FeedQuery): FeedPage {
    return { head: this.#rows.feed.head, entries: this.#rows.feed.turns(query) };
  }

  /** Up to where, in its own order, each of these traces was told of as a session of its own. */
  told(traceIds: readonly string[]): ReportedBefore[] {
    return this.#rows.told(traceIds);
  }

  /** Notes where the events of an Ark query go; before they do. `name`: `<namespace>/<name>`. */
  noteQuery(uid: string, session: string, name: string): void {
    this.#rows.queries.note(uid, session, name, Date.now());
  }

  /** Where events of a query of this UID went, the last first. */
  queriesOf(uid: string): { readonly session: string; readonly name: string }[] {
    return this.#rows.queries.named(uid);
  }

  /** Names of the queries whose events were posted to a session. */
  postedTo(session: string): string[] {
    return this.#rows.queries.posted(session);
  }

  /** What was told of the events of one query, or, with "", of all, is not told any more. */
  purgeEvents(key: string): void {
    this.#rows.queries.purge(key, Date.now());
  }

  /** The same of one run of a query, by its UID. False for an unknown UID. */
  purgeRun(uid: string): boolean {
    return this.#rows.queries.purgeRun(uid, Date.now());
  }

  /** With a session: the purges of its queries only. */
  purges(session?: string): Purges {
    return this.#rows.queries.purges(session);
  }

  /** Sessions that changed last, before a revision of the list; at most `limit` of those that the filter admits. */
  recent(before: number, limit: number, filter: ListFilter): RecentPage {
    return recentPage(this.#rows, before, limit, filter, Date.now());
  }

  /** Notes what reached the receiver; a Worker sends at most one call a second. */
  arrived(news: RecentExportsUpdate): void {
    this.#arrivals.add(news, Date.now());
    this.#publish({ type: "recentExports", recentExports: this.#arrivals.value });
  }

  override async alarm(): Promise<void> {
    await this.#sweeper.sweep();
  }

  override fetch(request: Request): Response {
    if (request.headers.get("Upgrade") !== "websocket") return new Response(null, { status: 426 });
    return this.#subscribers.accept("list");
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }

  #read(): ListColumns {
    this.#columns ??= new ListColumns(this.ctx.storage.sql);
    return this.#columns;
  }

  #publish(frame: DirectoryFrame): void {
    this.#subscribers.announce(JSON.stringify(frame));
  }
}

/** A session reports at most this often. */
const LEAST_INTERVAL_MILLIS = 2_000;
/** Reports a second that one directory takes, with room to serve its readers: sessions share them. */
const REPORTS_PER_SECOND = 200;
const ACTIVE_MILLIS = 60_000;

/** Who reported lately. In memory only: after a wake everybody may come at once, once. */
export class ActiveSessions {
  /** When each reported last, the longest ago first. */
  readonly #reported = new Map<string, number>();

  forget(id: string): void {
    this.#reported.delete(id);
  }

  /** Notes a report; answers after how many milliseconds its session may report again. */
  interval(id: string, now: number): number {
    this.#reported.delete(id);
    this.#reported.set(id, now);
    for (const [other, at] of this.#reported) {
      // What is later than now was noted before the clock was set back.
      if (at >= now - ACTIVE_MILLIS && at <= now) break;
      this.#reported.delete(other);
    }
    return Math.max(LEAST_INTERVAL_MILLIS, (this.#reported.size / REPORTS_PER_SECOND) * 1_000);
  }
}
