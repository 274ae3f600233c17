import type { OffloadedValue } from "../../../facts/delivery.ts";
import type { ChunkEncoding } from "../../../lib/chunk-encoding.ts";
import { BODY_PART_BYTES, cutBytes, joinBytes } from "./chunk.ts";
import type { Chunk } from "./chunk.ts";

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

/** The trace rows of an object, in memory as on disk. */
export class TraceRows {
  readonly #sql: SqlStorage;
  readonly #rows = new Map<string, TraceRow>();

  constructor(sql: SqlStorage, exists: boolean) {
    this.#sql = sql;
    if (!exists) return;
    for (const row of sql.exec<StoredTraceRow>("SELECT * FROM trace")) {
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

  /** The trace that this object owns, if it does: an object owns at most the trace that it is named by. */
  owned(): TraceRow | undefined {
    for (const row of this.#rows.values()) if (row.role === "owner") return row;
    return undefined;
  }

  all(): Iterable<TraceRow> {
    return this.#rows.values();
  }

  upsert(row: TraceRow): void {
    this.#rows.set(row.traceId, row);
    this.#sql.exec(
      "INSERT OR REPLACE INTO trace VALUES (?, ?, ?, ?, ?, ?)",
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
    this.#sql.exec("DELETE FROM trace WHERE trace <> ?", traceId);
  }

  /** Deletes rows of replicas that were revoked before this time, Unix milliseconds, and have no tombstone any more. Returns their last epoch. */
  expireRevoked(before: number): number {
    const sql = `DELETE FROM trace WHERE role = 'revoked' AND epoch < ? AND trace NOT IN (SELECT trace FROM chunk)
      RETURNING trace, epoch`;
    let last = 0;
    for (const { trace, epoch } of this.#sql.exec<{ trace: string; epoch: number }>(sql, before)) {
      this.#rows.delete(trace);
      last = Math.max(last, epoch);
    }
    return last;
  }

  delete(traceId: string): void {
    this.#rows.delete(traceId);
    this.#sql.exec("DELETE FROM trace WHERE trace = ?", traceId);
  }
}

export type Tombstone = Pick<Chunk, "revision" | "traceId" | "facts">;

/** Tombstones of traces that left the log. Times are Unix milliseconds. */
export class TombstoneRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Those after a revision, in order. */
  after(revision: number): Tombstone[] {
    const sql =
      "SELECT revision, trace AS traceId, facts FROM chunk WHERE revision > ? AND kind = 'tombstone' ORDER BY revision";
    return this.#sql.exec<Tombstone>(sql, revision).toArray();
  }

  /** The time of the last tombstone; 0 without one. */
  lastReceived(): number {
    const sql = "SELECT max(received) AS last FROM chunk WHERE kind = 'tombstone'";
    return this.#sql.exec<{ last: number | null }>(sql).one().last ?? 0;
  }

  countBefore(time: number): number {
    const sql = "SELECT count(*) AS count FROM chunk WHERE kind = 'tombstone' AND received < ?";
    return this.#sql.exec<{ count: number }>(sql, time).one().count;
  }

  /** Only together with a new generation of the log, which keeps its head. */
  expire(before: number): void {
    this.#sql.exec("DELETE FROM chunk WHERE kind = 'tombstone' AND received < ?", before);
  }
}

/** Offloaded values by the hash of their content: each is stored once, however many previews name it. */
export class ValueRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Returns how many bytes it stored: none if the value is known. */
  insert(value: OffloadedValue): number {
    if (this.#sql.exec("SELECT 1 FROM value WHERE hash = ?", value.hash).toArray().length > 0) return 0;
    const parts = cutBytes(value.body, BODY_PART_BYTES);
    parts.forEach((body, part) =>
      this.#sql.exec("INSERT INTO value VALUES (?, ?, ?, ?, ?)", value.hash, part, parts.length, value.encoding, body),
    );
    return value.body.length;
  }

  get(hash: string): OffloadedValue | undefined {
    const rows = this.#sql
      .exec<{ encoding: string; body: ArrayBuffer }>(
        "SELECT encoding, body FROM value WHERE hash = ? ORDER BY part",
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
    return this.#sql.exec<{ bytes: number }>("SELECT total(length(body)) AS bytes FROM value").one().bytes;
  }

  /** Deletes values that no chunk names any more. */
  deleteUnreferenced(): void {
    this.#sql.exec(
      "DELETE FROM value WHERE hash NOT IN (SELECT j.value FROM chunk, json_each(chunk.hashes) AS j WHERE chunk.hashes IS NOT NULL)",
    );
  }
}
