import { sinkName } from "../../session/contract/upstreams.ts";
import type {
  Parked,
  ParkedPage,
  ParkedQuery,
  SinkSignal,
  StoredUpstream,
  UpstreamReport,
  UpstreamStatus,
} from "../../session/contract/upstreams.ts";

export const UPSTREAMS = `
CREATE TABLE upstream (name TEXT PRIMARY KEY, stored TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE counts (name TEXT PRIMARY KEY, counts TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE parked (
  upstream TEXT NOT NULL, trace TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  reason TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (upstream, trace)
) WITHOUT ROWID;
`;

/** Parked traces of one upstream, some 2 MB. Beyond, those that were parked first are forgotten. */
const MOST_PARKED = 10_000;

/** Of one signal. `spans`: its items. */
type Counts = Omit<UpstreamStatus, "name" | "parked" | "logRecords" | "dataPoints">;
const SIGNALS: readonly SinkSignal[] = ["traces", "logs", "metrics"];
const NO_COUNTS: Counts = { spans: 0, rejected: 0, isUp: true };

/** The tenant's upstreams, what deliveries to them came to, and the traces that they did not get whole. */
export class UpstreamRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  all(): StoredUpstream[] {
    return this.#sql
      .exec<{ stored: string }>("SELECT stored FROM upstream ORDER BY name")
      .toArray()
      .map(({ stored }) => JSON.parse(stored) as StoredUpstream);
  }

  upsert(upstream: StoredUpstream): void {
    this.#sql.exec("INSERT OR REPLACE INTO upstream VALUES (?, ?)", upstream.name, JSON.stringify(upstream));
  }

  /** Answers whether there was one. */
  delete(name: string): boolean {
    this.#sql.exec("DELETE FROM parked WHERE upstream = ?", name);
    this.#sql.exec("DELETE FROM counts WHERE name IN (?, ?, ?)", ...SIGNALS.map((signal) => sinkName(name, signal)));
    return this.#sql.exec("DELETE FROM upstream WHERE name = ? RETURNING name", name).toArray().length > 0;
  }

  count({ name, signal, items, rejected, rejection, message, at, isUp }: UpstreamReport): void {
    const sink = sinkName(name, signal);
    const before = this.#counts(sink);
    const last = rejection === undefined ? before.rejection : { reason: rejection, at };
    const counts: Counts = {
      spans: before.spans + items,
      rejected: before.rejected + rejected,
      isUp,
      ...(isUp ? {} : { failingSince: before.failingSince ?? at }),
      at,
      ...(message === undefined ? {} : { message }),
      ...(last === undefined ? {} : { rejection: last }),
    };
    this.#sql.exec("INSERT OR REPLACE INTO counts VALUES (?, ?)", sink, JSON.stringify(counts));
  }

  statusOf(name: string): UpstreamStatus {
    const traces = this.#counts(name);
    const logs = inWords("logs", this.#counts(sinkName(name, "logs")));
    const metrics = inWords("metrics", this.#counts(sinkName(name, "metrics")));
    return {
      name,
      ...joined([traces, logs, metrics]),
      spans: traces.spans,
      logRecords: logs.spans,
      dataPoints: metrics.spans,
      parked: this.#parkedCount(name),
    };
  }

  #counts(name: string): Counts {
    const row = this.#sql.exec<{ counts: string }>("SELECT counts FROM counts WHERE name = ?", name).toArray()[0];
    return row === undefined ? NO_COUNTS : (JSON.parse(row.counts) as Counts);
  }

  /** A trace that is parked again keeps its first revision. */
  park({ upstream, traceId, first, last, reason, at }: Parked): void {
    this.#sql.exec(
      `INSERT INTO parked VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        first = min(first, excluded.first), last = max(last, excluded.last), reason = excluded.reason, at = excluded.at`,
      upstream,
      traceId,
      first,
      last,
      reason,
      at,
    );
    const surplus = this.#parkedCount(upstream) - MOST_PARKED;
    if (surplus > 0)
      this.#sql.exec(
        "DELETE FROM parked WHERE upstream = ?1 AND trace IN (SELECT trace FROM parked WHERE upstream = ?1 ORDER BY at LIMIT ?2)",
        upstream,
        surplus,
      );
  }

  /** By trace id. */
  parked(upstream: string, { limit, from = 0, until = Number.MAX_SAFE_INTEGER, after = "" }: ParkedQuery): ParkedPage {
    const where = "upstream = ? AND at BETWEEN ? AND ? AND trace > ?";
    const parked = this.#sql
      .exec<Parked>(
        `SELECT upstream, trace AS traceId, first, last, reason, at FROM parked WHERE ${where} ORDER BY trace LIMIT ?`,
        upstream,
        from,
        until,
        after,
        limit,
      )
      .toArray();
    const { count } = this.#sql
      .exec<{ count: number }>(`SELECT count(*) AS count FROM parked WHERE ${where}`, upstream, from, until, after)
      .one();
    const omitted = count - parked.length;
    const next = omitted > 0 ? parked.at(-1)?.traceId : undefined;
    return { parked, total: this.#parkedCount(upstream), omitted, ...(next === undefined ? {} : { next }) };
  }

  parkedTrace(upstream: string, traceId: string): Parked | undefined {
    return this.#sql
      .exec<Parked>(
        "SELECT upstream, trace AS traceId, first, last, reason, at FROM parked WHERE upstream = ? AND trace = ?",
        upstream,
        traceId,
      )
      .toArray()[0];
  }

  /** Unless it was parked again since. */
  deleteParked({ upstream, traceId, at }: Pick<Parked, "upstream" | "traceId" | "at">): void {
    this.#sql.exec("DELETE FROM parked WHERE upstream = ? AND trace = ? AND at <= ?", upstream, traceId, at);
  }

  #parkedCount(upstream: string): number {
    return this.#sql.exec<{ count: number }>("SELECT count(*) AS count FROM parked WHERE upstream = ?", upstream).one()
      .count;
  }
}

/** Of all signals: an upstream fails if one of them does. */
function joined(signals: readonly Counts[]): Counts {
  const { rejection: _, ...shown } = signals.find(({ isUp }) => !isUp) ?? signals[0] ?? NO_COUNTS;
  const [at] = signals.flatMap((counts) => counts.at ?? []).toSorted((a, b) => b - a);
  const [rejection] = signals.flatMap((counts) => counts.rejection ?? []).toSorted((a, b) => b.at - a.at);
  return {
    ...shown,
    rejected: signals.reduce((sum, { rejected }) => sum + rejected, 0),
    ...(at === undefined ? {} : { at }),
    ...(rejection === undefined ? {} : { rejection }),
  };
}

/** Its messages say which signal they are about. */
function inWords(signal: SinkSignal, counts: Counts): Counts {
  const { message, rejection } = counts;
  return {
    ...counts,
    ...(message === undefined ? {} : { message: `${signal}: ${message}` }),
    ...(rejection === undefined ? {} : { rejection: { ...rejection, reason: `${signal}: ${rejection.reason}` } }),
  };
}
