import { alertsOf, checkTenant, tenantOf } from "../../place.ts";
import type { CallContext } from "../../place.ts";
import { rememberLocation } from "../../location.ts";
import type { Location } from "../../location.ts";
import type { Bindings } from "../../config.ts";
import type {
  ChangesPage,
  ChangesQuery,
  DirectoryFrame,
  FeedFrame,
  HeldLogs,
  LogHead,
  ListPage,
  ListQuery,
  LogReportsPage,
  RecentPage,
  ReportOutcome,
  SessionRemoval,
  SessionReport,
} from "../../session/contract/directory.ts";
import type { WatchPage, WatchQuery } from "../../session/contract/alerts.ts";
import type { Cursor } from "../../session/contract/log-page.ts";
import type { RecentExportsUpdate } from "../../session/contract/stream-events.ts";
import type { ListFilter } from "../../session/list/list-filter.ts";
import { numbersBy, numbersOf } from "../../session/numbers/numbers.ts";
import type { NumberGrouping } from "../../session/numbers/numbers.ts";
import type { TenantNumbers } from "../../session/numbers/numbers-answer.ts";
import { Subscribers } from "../subscribers.ts";
import { readChanges, recentPage } from "./changes.ts";
import { ListColumns } from "./list/columns.ts";
import { EndedRows } from "./ended-rows.ts";
import { RecentExportsRow } from "./recent-exports.ts";
import { DirectoryRows } from "./rows/session-rows.ts";
import { TenantRetention } from "./tenant-retention.ts";
import { readWatched } from "./watched.ts";
import { log } from "../../lib/log.ts";
import { DurableObject } from "cloudflare:workers";

/** The tags of the sockets of the list's viewers, and of streams of all sessions. */
const LIST = "list";
const FEED = "feed";
/** With more active sessions, a stream of all of them is as late as their reports. */
const FEW_SESSIONS = 100;

/** After a failed call of the alerts' object. */
const CALL_AGAIN_MILLIS = 5_000;

/** The list of a tenant's sessions, live. Rows hold the reports of sessions; a status is computed on reading, from them and the time. */
export class DirectoryObject extends DurableObject<Bindings> {
  readonly #rows: DirectoryRows;
  readonly #subscribers: Subscribers;
  readonly #active = new ActiveSessions();
  readonly #retention: TenantRetention;
  readonly #recentExports: RecentExportsRow;
  readonly #ended: EndedRows;
  /** Read from the rows when a list is read first: reports alone do not need it. */
  #columns: ListColumns | undefined;
  /** `called`: the alerts' object was called, and has not read since. In memory only: calling once too often is harmless. */
  #alerts: "off" | "on" | "called";

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#rows = new DirectoryRows(ctx.storage);
    this.#subscribers = new Subscribers(ctx);
    this.#ended = new EndedRows(ctx.storage.sql);
    this.#recentExports = new RecentExportsRow(this.#rows);
    this.#retention = new TenantRetention(ctx, env, this.#rows, (removal) => this.#remove(removal, "deleted"));
    const location = this.#rows.meta.get("location");
    if (location !== undefined) rememberLocation(tenantOf(ctx.id), location as Location);
    this.#alerts = this.#rows.meta.get("alerts") === "on" ? "on" : "off";
  }

  /** The number of shards that the tenant's logs are divided into: the given one for a tenant that had none, and the same ever after. */
  shards(context: CallContext, given: number): number {
    checkTenant(this.ctx.id, context);
    const known = this.#rows.meta.get("shards");
    if (known !== undefined) return Number(known);
    this.#rows.meta.set("shards", String(given));
    return given;
  }

  /** Where the tenant's objects are made: as its first export wants it, and the same ever after. */
  locate(context: CallContext, wanted: Location): Location {
    checkTenant(this.ctx.id, context);
    const known = this.#rows.meta.get("location") as Location | undefined;
    if (known !== undefined) return known;
    this.#rows.meta.set("location", wanted);
    return wanted;
  }

  /**
   * Reports of sessions of one shard, stored together; the outcomes are in their order. Alerts know of them before the answer: a
   * shard without an answer reports again.
   */
  async report(context: CallContext, reports: readonly SessionReport[]): Promise<ReportOutcome[]> {
    checkTenant(this.ctx.id, context);
    const outcomes = this.#report(reports, Date.now());
    await this.#callAlerts();
    return outcomes;
  }

  #report(reports: readonly SessionReport[], now: number): ReportOutcome[] {
    this.#retention.load();
    const all = this.#write(reports, now);
    this.#recentExports.write(now);
    this.#publishToFeed({
      type: "heads",
      heads: all.flatMap((one) => (one.written === undefined ? [] : headOf(one.report))),
    });
    return all.map(({ report, written, previous, revision }) => {
      if (written !== undefined) {
        this.#retention.change(written.before, written.stored.storage, now);
        const { id, facts, summary, search } = written.stored;
        this.#columns?.upsert(written.n, facts, search);
        const entry = { kind: "session", revision, id, summary } as const;
        this.#publish({ type: "change", generation: this.#rows.generation, previous, entry, facts, now });
      }
      const later = written === undefined ? this.#rows.laterGeneration(report) : undefined;
      const interval = this.#active.interval(report.id, now);
      return {
        interval,
        ...(this.#isFollowed ? { isFollowed: true } : {}),
        ...(later === undefined ? {} : { later }),
      };
    });
  }

  /** Sessions of one shard are so far, and report later: nothing keeps it. Answers whether heads are still wanted. */
  announceHeads(context: CallContext, heads: readonly LogHead[]): boolean {
    checkTenant(this.ctx.id, context);
    this.#publishToFeed({ type: "heads", heads });
    return this.#isFollowed;
  }

  get #isFollowed(): boolean {
    return this.#active.size <= FEW_SESSIONS && this.#subscribers.count(FEED) > 0;
  }

  #write(reports: readonly SessionReport[], now: number) {
    try {
      return this.#rows.write(() => {
        const all = reports.map((report) => {
          const previous = this.#rows.head;
          const written = this.#rows.upsert(report);
          return { report, written, previous, revision: this.#rows.head };
        });
        const ended = all.flatMap(({ report, written }) => (written === undefined ? [] : (report.ended ?? [])));
        this.#ended.admit(ended, now);
        return all;
      });
    } catch (error) {
      this.#ended.evict();
      throw error;
    }
  }

  /** `deleted`: the session was deleted; `empty`: its traces moved to other sessions. */
  remove(context: CallContext, removal: SessionRemoval, because: "deleted" | "empty"): void {
    checkTenant(this.ctx.id, context);
    this.#remove(removal, because);
  }

  #remove(removal: SessionRemoval, because: "deleted" | "empty"): void {
    const now = Date.now();
    const previous = this.#rows.head;
    const removed = this.#rows.write(() => this.#rows.remove(removal, because, now));
    if (removed === undefined) return;
    this.#retention.change(removed, undefined, now);
    this.#active.remove(removal.id);
    this.#columns?.remove(removed.n);
    const { id, session } = removal;
    const entry = {
      kind: "gone",
      revision: this.#rows.head,
      id,
      ...(session === undefined ? {} : { session }),
    } as const;
    this.#publish({ type: "change", generation: this.#rows.generation, previous, entry, now });
    this.#publishToFeed({ type: "changed" });
    this.ctx.waitUntil(this.#callAlerts());
  }

  /** Marks sessions that the list has and their shard does not know: its storage was damaged. Returns how many. */
  markDamaged(context: CallContext, held: HeldLogs): number {
    checkTenant(this.ctx.id, context);
    const marked = this.#rows.write(() => this.#rows.markDamaged(held));
    if (marked > 0) this.#damageMarked();
    return marked;
  }

  /** A log had moved to an object of its own, whose file was lost. */
  markLost(context: CallContext, id: string): void {
    checkTenant(this.ctx.id, context);
    if (this.#rows.write(() => this.#rows.markLost(id))) this.#damageMarked();
  }

  #damageMarked(): void {
    this.#columns = undefined;
    this.#retention.evict();
    this.#subscribers.closeAll(LIST);
    this.#publishToFeed({ type: "changed" });
  }

  /** The sessions of a shard that the list has and that it does not hold. */
  missing(context: CallContext, held: HeldLogs): string[] {
    checkTenant(this.ctx.id, context);
    return this.#rows.missing(held).map(({ id }) => id);
  }

  /** Whether this generation of a session was deleted, as far as the list knows: for a week. */
  isVoid(context: CallContext, session: Pick<SessionRemoval, "id" | "generation">): boolean {
    checkTenant(this.ctx.id, context);
    return this.#rows.isVoid(session);
  }

  isDamaged(context: CallContext, id: string): boolean {
    checkTenant(this.ctx.id, context);
    return this.#rows.damagedGeneration(id) !== undefined;
  }

  /** Removes a session whose storage was damaged; false for any other. */
  removeDamaged(context: CallContext, id: string): boolean {
    checkTenant(this.ctx.id, context);
    const generation = this.#rows.damagedGeneration(id);
    if (generation === undefined) return false;
    this.#remove({ id, generation }, "deleted");
    return true;
  }

  list(context: CallContext, query: ListQuery): ListPage {
    checkTenant(this.ctx.id, context);
    const find = (filter: ListFilter) => this.#rows.matching(filter);
    const page = this.#listColumns().page({ ...query, limit: query.limit + 1 }, find, Date.now());
    const { rows: found, counts, sums } = page;
    const summaries = this.#rows.summaries(found.slice(0, query.limit).map(({ n }) => n));
    const last = found[summaries.length - 1];
    return {
      generation: this.#rows.generation,
      head: this.#rows.head,
      sessions: summaries.map((summary, at) => `${summary.slice(0, -1)},"status":"${found[at]?.status}"}`),
      counts,
      sums,
      recentExports: this.#recentExports.value,
      retention: this.#retention.retention(),
      ...(found.length > summaries.length && last !== undefined ? { next: { value: last.value, n: last.n } } : {}),
    };
  }

  /** Numbers of the spans that ended last: all, and by each of these. */
  numbers(context: CallContext, groupings: readonly NumberGrouping[]): TenantNumbers {
    checkTenant(this.ctx.id, context);
    const { spans } = this.#ended;
    return {
      ...numbersOf(spans),
      by: Object.fromEntries(groupings.map((by) => [by, numbersBy(spans, by)])),
      sessions: this.#listColumns().counts(Date.now()),
    };
  }

  changes(context: CallContext, query: ChangesQuery): ChangesPage {
    checkTenant(this.ctx.id, context);
    const directory = { rows: this.#rows, columns: () => this.#listColumns() };
    return { ...readChanges(directory, query, Date.now()), recentExports: this.#recentExports.value };
  }

  /** Whether the tenant has alerts, which are then called when the list changes. */
  setAlerts(context: CallContext, alerts: "on" | "off"): void {
    checkTenant(this.ctx.id, context);
    this.#rows.meta.set("alerts", alerts);
    this.#alerts = alerts;
  }

  /** What alerts have to look at. */
  watched(context: CallContext, query: WatchQuery): WatchPage {
    checkTenant(this.ctx.id, context);
    if (this.#alerts === "called") this.#alerts = "on";
    return readWatched(this.#rows, query, Date.now());
  }

  /** Never rejects: reports do not depend on it. */
  async #callAlerts(): Promise<void> {
    if (this.#alerts !== "on") return;
    this.#alerts = "called";
    try {
      await alertsOf(this.env, tenantOf(this.ctx.id)).changed();
    } catch (error) {
      log("alerts-not-called", { level: "warn", error });
      this.#alerts = "on";
      this.#retention.schedule(Date.now() + CALL_AGAIN_MILLIS);
    }
  }

  /** The logs of the sessions that changed after a cursor, for a reader that follows all of them. */
  reports(context: CallContext, from: Cursor | undefined, limit: number): LogReportsPage {
    checkTenant(this.ctx.id, context);
    const { generation, head } = this.#rows;
    const resumed = this.#rows.isKnown(from) ? this.#rows.reports(from.revision, limit) : undefined;
    const found = resumed ?? this.#rows.reports(0, limit) ?? [];
    return {
      generation,
      head,
      reset: resumed === undefined,
      reports: found.map(({ report }) => report),
      next: found.length < limit ? head : (found.at(-1)?.at ?? head),
    };
  }

  /** The last changed sessions before a revision of the list; at most `limit` that the filter admits. */
  recent(context: CallContext, before: number, limit: number, filter: ListFilter): RecentPage {
    checkTenant(this.ctx.id, context);
    return recentPage(this.#rows, before, limit, filter, Date.now());
  }

  /** Records exports; a Worker sends at most one call a second. */
  recordExports(context: CallContext, update: RecentExportsUpdate): void {
    checkTenant(this.ctx.id, context);
    this.#recentExports.add(update, Date.now());
    this.#publish({ type: "recentExports", recentExports: this.#recentExports.value });
  }

  override async alarm(): Promise<void> {
    // Both say when the alarm fires next: the earlier time counts.
    await Promise.all([this.#retention.run(), this.#callAlerts()]);
  }

  override fetch(request: Request): Response {
    if (request.headers.get("Upgrade") !== "websocket") return new Response(null, { status: 426 });
    return this.#subscribers.accept(new URL(request.url).searchParams.get("view") === FEED ? FEED : LIST);
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }

  #listColumns(): ListColumns {
    this.#columns ??= new ListColumns(this.ctx.storage.sql);
    return this.#columns;
  }

  #publish(frame: DirectoryFrame): void {
    this.#subscribers.announce(LIST, JSON.stringify(frame));
  }

  #publishToFeed(frame: FeedFrame): void {
    if (this.#subscribers.count(FEED) > 0) this.#subscribers.announce(FEED, JSON.stringify(frame));
  }
}

function headOf({ id, generation, revision, reportedRevision = 0 }: SessionReport): LogHead {
  return { id, generation, revision, reportedRevision };
}

/** Least interval between two reports of a session. */
const LEAST_INTERVAL_MILLIS = 2_000;
/** Reports a second that one directory can write, with room to serve its readers: sessions share them. */
const REPORTS_PER_SECOND = 200;
const ACTIVE_MILLIS = 60_000;

/** Sessions that reported lately. In memory only: after a wake all may report at once, once. */
export class ActiveSessions {
  /** When each reported last, the longest ago first. */
  readonly #reported = new Map<string, number>();

  remove(id: string): void {
    this.#reported.delete(id);
  }

  get size(): number {
    return this.#reported.size;
  }

  /** Records a report; returns after how many milliseconds its session may report again. */
  interval(id: string, now: number): number {
    this.#reported.delete(id);
    this.#reported.set(id, now);
    for (const [other, at] of this.#reported) {
      // A time later than now was recorded before the clock was set back.
      if (at >= now - ACTIVE_MILLIS && at <= now) break;
      this.#reported.delete(other);
    }
    return Math.max(LEAST_INTERVAL_MILLIS, (this.#reported.size / REPORTS_PER_SECOND) * 1_000);
  }
}
