import type { OffloadedValue } from "../../../facts/delivery.ts";
import type { ChunkEncoding } from "../../../lib/chunk-encoding.ts";
import { joinBytes } from "../../../lib/join-bytes.ts";
import { BODY_PART_BYTES, cutBytes } from "./chunk.ts";
import type { Chunk } from "./chunk.ts";
import type { LogMeta } from "./log-meta.ts";
import { PLACES } from "./tables.ts";

/** One trace in one object, beside its chunks. */
export type TraceRow = {
  readonly traceId: string;
  /**
   * `owner`: the object named by the trace id, which admits its spans. `replica`: a copy for the session that its spans name.
   * `revoked`: a replica was here, and a late copy must not bring it back.
   */
  readonly role: "owner" | "replica" | "revoked";
  /** Owner only: the id of the session that the trace's spans name. */
  readonly session?: string;
  /** Rises with each binding; a copy of an earlier one is void. Unix milliseconds where possible, so that a new generation of an owner mostly outranks the old one at once. */
  readonly epoch: number;
  /** Owner only: the session that had no room for the replica; the trace then stays its own session. */
  readonly refused?: string;
  /** Owner only: sessions that may still hold a replica of an earlier binding, which is to be revoked. */
  readonly revoking: readonly string[];
};

type StoredTraceRow = {
  trace: string;
  role: string;
  session: string | null;
  epoch: number;
  refused: string | null;
  revoking: string;
};

/** The trace rows of a log, in memory as on disk. */
export class TraceRows {
  readonly #sql: SqlStorage;
  readonly #meta: LogMeta;
  readonly #rows = new Map<string, TraceRow>();

  constructor(sql: SqlStorage, meta: LogMeta) {
    this.#sql = sql;
    this.#meta = meta;
    if (meta.number === 0) return;
    for (const row of sql.exec<StoredTraceRow>("SELECT * FROM trace WHERE log = ?", meta.number)) {
      this.#rows.set(row.trace, {
        traceId: row.trace,
        role: row.role as TraceRow["role"],
        epoch: row.epoch,
        revoking: JSON.parse(row.revoking) as string[],
        ...(row.session === null ? {} : { session: row.session }),
        ...(row.refused === null ? {} : { refused: row.refused }),
      });
    }
  }

  get(traceId: string): TraceRow | undefined {
    return this.#rows.get(traceId);
  }

  /** The trace that this log owns, if it does: the one that it is named by. */
  owned(): TraceRow | undefined {
    const row = this.#rows.get(this.#meta.id);
    return row?.role === "owner" ? row : undefined;
  }

  all(): Iterable<TraceRow> {
    return this.#rows.values();
  }

  upsert(row: TraceRow): void {
    this.#rows.set(row.traceId, row);
    this.#sql.exec(
      "INSERT OR REPLACE INTO trace VALUES (?, ?, ?, ?, ?, ?, ?)",
      this.#meta.number,
      row.traceId,
      row.role,
      row.session ?? null,
      row.epoch,
      row.refused ?? null,
      JSON.stringify(row.revoking),
    );
  }

  deleteOthers(traceId: string): void {
    for (const other of Array.from(this.#rows.keys())) if (other !== traceId) this.#rows.delete(other);
    this.#sql.exec("DELETE FROM trace WHERE log = ? AND trace <> ?", this.#meta.number, traceId);
  }

  /** Deletes rows of revoked replicas that have no tombstone any more. Returns their last epoch, up to which copies are void then. */
  expireRevoked(): number {
    const { number, firstPlace } = this.#meta;
    const sql = `DELETE FROM trace WHERE log = ? AND role = 'revoked'
      AND trace NOT IN (SELECT trace FROM chunk WHERE place > ? AND place < ?) RETURNING trace, epoch`;
    let last = 0;
    const given = [number, firstPlace, firstPlace + PLACES];
    for (const { trace, epoch } of this.#sql.exec<{ trace: string; epoch: number }>(sql, ...given)) {
      this.#rows.delete(trace);
      last = Math.max(last, epoch);
    }
    return last;
  }

  delete(traceId: string): void {
    this.#rows.delete(traceId);
    this.#sql.exec("DELETE FROM trace WHERE log = ? AND trace = ?", this.#meta.number, traceId);
  }
}

export type Tombstone = Pick<Chunk, "revision" | "traceId" | "facts">;

/** Tombstones of traces that left the log. Times are Unix milliseconds. */
export class TombstoneRows {
  readonly #sql: SqlStorage;
  readonly #meta: LogMeta;

  constructor(sql: SqlStorage, meta: LogMeta) {
    this.#sql = sql;
    this.#meta = meta;
  }

  /** Those after a revision, in order. */
  after(revision: number): Tombstone[] {
    const { firstPlace } = this.#meta;
    const sql = `SELECT place - ? AS revision, trace AS traceId, facts FROM chunk
      WHERE place > ? AND place < ? AND kind = 'tombstone' ORDER BY place`;
    return this.#sql.exec<Tombstone>(sql, firstPlace, firstPlace + revision, firstPlace + PLACES).toArray();
  }

  /** The time of the last tombstone; 0 without one. */
  lastReceived(): number {
    const { firstPlace } = this.#meta;
    const sql = `SELECT max(received) AS last FROM chunk WHERE place > ? AND place < ? AND kind = 'tombstone'`;
    return this.#sql.exec<{ last: number | null }>(sql, firstPlace, firstPlace + PLACES).one().last ?? 0;
  }

  countBefore(time: number): number {
    const { firstPlace } = this.#meta;
    const sql = `SELECT count(*) AS count FROM chunk
      WHERE place > ? AND place < ? AND kind = 'tombstone' AND received < ?`;
    return this.#sql.exec<{ count: number }>(sql, firstPlace, firstPlace + PLACES, time).one().count;
  }

  /** Only together with a new generation of the log, which keeps its head. */
  expire(before: number): void {
    const { firstPlace } = this.#meta;
    const sql = "DELETE FROM chunk WHERE place > ? AND place < ? AND kind = 'tombstone' AND received < ?";
    this.#sql.exec(sql, firstPlace, firstPlace + PLACES, before);
  }
}

/** Offloaded values of a log by the hash of their content: each is stored once, however many previews name it. */
export class ValueRows {
  readonly #sql: SqlStorage;
  readonly #meta: LogMeta;

  constructor(sql: SqlStorage, meta: LogMeta) {
    this.#sql = sql;
    this.#meta = meta;
  }

  /** Returns how many bytes it stored: none if the value is known. */
  insert({ hash, encoding, body: whole }: OffloadedValue): number {
    const log = this.#meta.number;
    if (this.#sql.exec("SELECT 1 FROM value WHERE log = ? AND hash = ?", log, hash).toArray().length > 0) return 0;
    const parts = cutBytes(whole, BODY_PART_BYTES);
    parts.forEach((body, part) =>
      this.#sql.exec("INSERT INTO value VALUES (?, ?, ?, ?, ?, ?)", log, hash, part, parts.length, encoding, body),
    );
    return whole.length;
  }

  get(hash: string): OffloadedValue | undefined {
    const rows = this.#sql
      .exec<{ encoding: string; body: ArrayBuffer }>(
        "SELECT encoding, body FROM value WHERE log = ? AND hash = ? ORDER BY part",
        this.#meta.number,
        hash,
      )
      .toArray();
    const first = rows[0];
    if (first === undefined) return undefined;
    return {
      hash,
      encoding: first.encoding as ChunkEncoding,
      body: joinBytes(rows.map((row) => new Uint8Array(row.body))),
    };
  }

  /** Bytes of all values. */
  weight(): number {
    const sql = "SELECT total(length(body)) AS bytes FROM value WHERE log = ?";
    return this.#sql.exec<{ bytes: number }>(sql, this.#meta.number).one().bytes;
  }

  /** Deletes values that no chunk names any more. */
  deleteUnreferenced(): void {
    const { number, firstPlace } = this.#meta;
    this.#sql.exec(
      `DELETE FROM value WHERE log = ? AND hash NOT IN (
        SELECT j.value FROM chunk, json_each(chunk.hashes) AS j WHERE place > ? AND place < ? AND chunk.hashes IS NOT NULL)`,
      number,
      firstPlace,
      firstPlace + PLACES,
    );
  }
}
