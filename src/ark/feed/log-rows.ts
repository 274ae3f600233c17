import { MetaTable } from "../../lib/meta-table.ts";
import { DAY_MILLIS } from "../../lib/nanoseconds.ts";
import type { LogHead, LogReport, LogReportsPage } from "../../session/contract/directory.ts";
import type { Cursor } from "../../session/contract/log-page.ts";
import type { Count, CountedLog, ReportedBefore } from "./contract.ts";
import type { FeedRows, ReadAhead } from "./feed-rows.ts";
import type { QueryRows } from "./query-rows.ts";

export const LOGS = `
CREATE TABLE log (
  id TEXT PRIMARY KEY, generation TEXT NOT NULL, revision INTEGER NOT NULL, reported INTEGER NOT NULL,
  pass INTEGER NOT NULL, counted INTEGER NOT NULL DEFAULT 0, events INTEGER NOT NULL DEFAULT 0,
  traces INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE moved (id TEXT PRIMARY KEY, reported INTEGER NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID`;

/** The owner has the time of a span, the directory that of the tombstone: their clocks differ by less. */
const CLOCKS_APART = 1_000;
/** As long as the feed. */
const MOVED_DAYS = 7;

/** Entries that were read ahead of reports, until the rows of their sessions are written. */
const UNSETTLED_ENTRIES = 1_000;

type LogRow = ReadAhead;

/** What the directory reported of each session, up to a cursor of the directory. Applying a report again changes nothing. */
export class LogRows {
  readonly #sql: SqlStorage;
  readonly #meta: MetaTable;
  readonly #feed: FeedRows;
  readonly #queries: QueryRows;
  /** What rows of sessions lack: a row for each head beside its entry would double what heads cost. The entries have it after a wake. */
  #unsettled: { readonly sessions: Map<string, LogRow>; entries: number } | undefined;

  constructor(sql: SqlStorage, feed: FeedRows, queries: QueryRows) {
    this.#sql = sql;
    this.#meta = new MetaTable(sql);
    this.#feed = feed;
    this.#queries = queries;
  }

  /** Behind the last report that was applied. */
  get cursor(): Cursor | undefined {
    const generation = this.#meta.get("directory");
    return generation === undefined ? undefined : { generation, revision: Number(this.#meta.get("read")) };
  }

  /** Applies the page that follows the cursor; call inside a transaction. */
  apply({ generation, reset, reports, next, head }: LogReportsPage, now: number): void {
    this.settle();
    const pass = Number(this.#meta.get("pass") ?? 0) + (reset ? 1 : 0);
    for (const report of reports) {
      if (report.kind === "log") this.#upsert(report, pass, now);
      else this.#remove(report);
    }
    for (const [key, value] of [
      ["directory", generation],
      ["read", next],
      ["pass", pass],
    ] as const)
      this.#meta.set(key, String(value));
    if (next >= head && this.#meta.get("ended") !== String(pass)) this.#endPass(pass, now);
    this.#sql.exec("DELETE FROM moved WHERE until < ?", now - MOVED_DAYS * DAY_MILLIS);
  }

  /** Whether all of these sessions were reported in this generation. */
  knows(heads: readonly LogHead[]): boolean {
    return heads.every(({ id, generation }) => this.#logOf(id)?.generation === generation);
  }

  /** Applies heads of sessions that it knows; call inside a transaction. */
  applyHeads(heads: readonly LogHead[], now: number): void {
    const unsettled = this.#readUnsettled();
    for (const { id, generation, revision, reportedRevision: reported } of heads) {
      const known = this.#logOf(id)?.revision ?? 0;
      if (revision <= known) continue;
      this.#feed.append(id, generation, known, revision, now, reported);
      unsettled.sessions.set(id, { generation, revision, reported });
      unsettled.entries++;
    }
    if (unsettled.entries >= UNSETTLED_ENTRIES) this.settle();
  }

  /** Writes what the rows of sessions lack; call inside a transaction. */
  settle(): void {
    const { sessions, entries } = this.#readUnsettled();
    if (entries === 0) return;
    for (const [id, { generation, revision, reported }] of sessions) {
      const sql = "UPDATE log SET revision = ?, reported = ? WHERE id = ? AND generation = ? AND revision < ?";
      this.#sql.exec(sql, revision, reported, id, generation, revision);
    }
    this.#meta.set("settled", String(this.#feed.head));
    this.#unsettled = { sessions: new Map(), entries: 0 };
  }

  /** After a transaction that failed. */
  evict(): void {
    this.#unsettled = undefined;
  }

  #readUnsettled() {
    return (this.#unsettled ??= this.#feed.readAhead(Number(this.#meta.get("settled") ?? 0)));
  }

  /** The last revision of each trace that the feed had while the trace was its own session. */
  reportedRevisions(traceIds: readonly string[]): ReportedBefore[] {
    return traceIds.map((id) => {
      const known = this.#logOf(id);
      return known === undefined ? (this.#movedOf(id) ?? { revision: 0 }) : { revision: known.reported };
    });
  }

  /** Logs with revisions whose events and traces are not counted yet; call it after `settle`. */
  uncounted(limit: number): CountedLog[] {
    return this.#sql
      .exec<CountedLog>(
        "SELECT id, generation, revision, counted, events, traces FROM log WHERE counted < revision LIMIT ?",
        limit,
      )
      .toArray();
  }

  /** Stores a count up to a revision, unless the log is of another generation by now. */
  count({ id, generation, counted, events, traces }: Omit<CountedLog, "revision">): void {
    const sql = "UPDATE log SET counted = ?, events = ?, traces = ? WHERE id = ? AND generation = ?";
    this.#sql.exec(sql, counted, events, traces, id, generation);
  }

  /** Over all logs, as far as they were counted. */
  totals(): Count {
    return this.#sql.exec<Count>("SELECT total(events) AS events, total(traces) AS traces FROM log").one();
  }

  #upsert(
    { id, generation, revision, reportedRevision }: Extract<LogReport, { kind: "log" }>,
    pass: number,
    now: number,
  ): void {
    const known = this.#logOf(id);
    const isSame = known?.generation === generation;
    // The deletion between the two generations was not seen: its tombstone is gone.
    if (known !== undefined && !isSame) this.#delete(id);
    this.#feed.append(id, generation, isSame ? known.revision : 0, revision, now);
    this.#sql.exec(
      `INSERT INTO log (id, generation, revision, reported, pass) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET revision = max(revision, excluded.revision),
       reported = CASE WHEN excluded.revision < revision THEN reported ELSE excluded.reported END, pass = excluded.pass`,
      id,
      generation,
      revision,
      reportedRevision,
      pass,
    );
    this.#sql.exec("DELETE FROM moved WHERE id = ?", id);
  }

  #remove({ id, because, at }: Extract<LogReport, { kind: "gone" }>): void {
    if (because === "deleted") return this.#delete(id);
    const reported = this.#logOf(id)?.reported ?? this.#movedOf(id)?.revision ?? 0;
    this.#sql.exec("INSERT OR REPLACE INTO moved VALUES (?, ?, ?)", id, reported, at + CLOCKS_APART);
    this.#sql.exec("DELETE FROM log WHERE id = ?", id);
  }

  #delete(id: string): void {
    this.#queries.delete(id);
    this.#sql.exec("DELETE FROM log WHERE id = ?", id);
    this.#sql.exec("DELETE FROM moved WHERE id = ?", id);
  }

  /** Logs that a whole pass did not report left the list, and their tombstones have expired. */
  #endPass(pass: number, now: number): void {
    const left = this.#sql.exec<{ id: string }>("SELECT id FROM log WHERE pass < ?", pass).toArray();
    for (const { id } of left) {
      this.#queries.delete(id);
      this.#remove({ kind: "gone", id, because: "empty", at: now });
    }
    this.#meta.set("ended", String(pass));
  }

  #logOf(id: string): LogRow | undefined {
    const sql = "SELECT generation, revision, reported FROM log WHERE id = ?";
    const row = this.#sql.exec<LogRow>(sql, id).toArray()[0];
    const ahead = this.#readUnsettled().sessions.get(id);
    return ahead !== undefined && ahead.generation === row?.generation && ahead.revision > row.revision ? ahead : row;
  }

  #movedOf(id: string): Required<ReportedBefore> | undefined {
    const sql = "SELECT reported AS revision, until FROM moved WHERE id = ?";
    return this.#sql.exec<Required<ReportedBefore>>(sql, id).toArray()[0];
  }
}
