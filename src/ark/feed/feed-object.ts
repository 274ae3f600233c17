import { DurableObject } from "cloudflare:workers";
import type { Bindings } from "../../config.ts";
import { openTables } from "../../lib/meta-table.ts";
import { checkTenant, directoryOf } from "../../place.ts";
import type { CallContext } from "../../place.ts";
import type { LogHead, LogReportsPage } from "../../session/contract/directory.ts";
import type { Count, CountedLog, FeedPage, FeedQuery, Purges, ReportedBefore } from "./contract.ts";
import { FEED, FEED_STEPS, FeedRows } from "./feed-rows.ts";
import { LOGS, LogRows } from "./log-rows.ts";
import { QUERIES, QueryRows } from "./query-rows.ts";

/** Reports in one read of the directory. */
const REPORTS = 1_000;

/**
 * The order of all sessions of a tenant, and the queries of its posted events. It reads the directory's reports before each answer:
 * a lost message or a kill of either object loses none of them, and a deployment without clients of Ark pays nothing.
 */
export class ArkFeedObject extends DurableObject<Bindings> {
  readonly #feed: FeedRows;
  readonly #queries: QueryRows;
  readonly #logs: LogRows;
  #reading: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    openTables(ctx.storage, `${FEED}; ${QUERIES}; ${LOGS}`, { steps: FEED_STEPS });
    this.#feed = new FeedRows(ctx.storage.sql);
    this.#queries = new QueryRows(ctx.storage.sql);
    this.#logs = new LogRows(ctx.storage.sql, this.#feed, this.#queries);
  }

  /** Entries after a place in the order of all sessions. */
  async feed(context: CallContext, query: FeedQuery): Promise<FeedPage> {
    checkTenant(this.ctx.id, context);
    if (!this.#apply(query.heads)) await this.#catchUp(context);
    return { head: this.#feed.head, entries: this.#feed.entriesAfter(query) };
  }

  /** False if only the directory can say how far all of these sessions are. */
  #apply(heads: readonly LogHead[] | undefined): boolean {
    if (heads === undefined || !this.#logs.knows(heads)) return false;
    this.#write(() => this.#logs.applyHeads(heads, Date.now()));
    return true;
  }

  /** The last revision of each of these traces that the feed had while the trace was its own session. */
  reportedRevisions(context: CallContext, traceIds: readonly string[]): ReportedBefore[] {
    checkTenant(this.ctx.id, context);
    return this.#logs.reportedRevisions(traceIds);
  }

  /** Logs with revisions that are not counted yet. */
  async uncounted(context: CallContext, limit: number): Promise<CountedLog[]> {
    checkTenant(this.ctx.id, context);
    await this.#catchUp(context);
    this.#write(() => this.#logs.settle());
    return this.#logs.uncounted(limit);
  }

  /** Stores counts; answers the totals of all sessions. */
  count(context: CallContext, logs: readonly Omit<CountedLog, "revision">[]): Count {
    checkTenant(this.ctx.id, context);
    this.ctx.storage.transactionSync(() => {
      for (const log of logs) this.#logs.count(log);
    });
    return this.#logs.totals();
  }

  /** Records the session of a query, before its events are sent there. `name`: `<namespace>/<name>`. */
  async recordQuery(context: CallContext, uid: string, session: string, name: string): Promise<void> {
    checkTenant(this.ctx.id, context);
    // Else the report of an earlier deletion of the session would delete the query.
    await this.#catchUp(context);
    this.#queries.insert(uid, session, name, Date.now());
  }

  /** Sessions with events of the query of this UID, the last first. */
  async queriesOf(context: CallContext, uid: string): Promise<{ readonly session: string; readonly name: string }[]> {
    checkTenant(this.ctx.id, context);
    await this.#catchUp(context);
    return this.#queries.byUid(uid);
  }

  /** Names of the queries whose events were posted to a session. */
  postedQueries(context: CallContext, session: string): string[] {
    checkTenant(this.ctx.id, context);
    return this.#queries.namesOf(session);
  }

  /** Hides the events of one query until now, or, with "", of all. */
  purgeEvents(context: CallContext, key: string): void {
    checkTenant(this.ctx.id, context);
    this.#queries.purge(key, Date.now());
  }

  /** Hides the events of one run of a query, by its UID. False for an unknown UID. */
  async purgeRun(context: CallContext, uid: string): Promise<boolean> {
    checkTenant(this.ctx.id, context);
    await this.#catchUp(context);
    return this.#queries.purgeRun(uid, Date.now());
  }

  /** With a session: only the purges of its queries. */
  async purges(context: CallContext, session?: string): Promise<Purges> {
    checkTenant(this.ctx.id, context);
    await this.#catchUp(context);
    return this.#queries.purges(session);
  }

  #write(change: () => void): void {
    try {
      this.ctx.storage.transactionSync(change);
    } catch (error) {
      this.#logs.evict();
      throw error;
    }
  }

  /** Applies everything that the directory had when it was called. Calls that wait share one read, and its cause. */
  async #catchUp(cause: CallContext): Promise<void> {
    if (this.#reading === undefined) {
      this.#reading = this.#readReports(cause).finally(() => (this.#reading = undefined));
      return await this.#reading;
    }
    const before = this.#reading;
    // A read that is under way may have begun too early.
    this.#next ??= before
      .catch(() => undefined)
      .then(async () => {
        this.#next = undefined;
        await this.#catchUp(cause);
      });
    await this.#next;
  }

  async #readReports(cause: CallContext): Promise<void> {
    const directory = directoryOf(this.env, cause);
    for (;;) {
      const cursor = this.#logs.cursor;
      const page: LogReportsPage = await directory.reports(cursor, REPORTS);
      const isNew = page.reset || page.next !== cursor?.revision;
      if (isNew) this.#write(() => this.#logs.apply(page, Date.now()));
      if (page.next >= page.head) return;
    }
  }
}
