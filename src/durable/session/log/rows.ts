import type { OffloadedValue } from "../../../facts/delivery.ts";
import type { ChunkEncoding } from "../../../lib/chunk-encoding.ts";
import { BODY_PART_BYTES, cutBytes, joinBytes } from "./chunk.ts";
import type { Chunk } from "./chunk.ts";

/** What one object knows of one trace beside its chunks. */
export type TraceRow = {
  readonly traceId: string;
  /**
   * `home`: the object named by the trace id, which admits its spans. `copy`: held for a home elsewhere. `withdrawn`: was held,
   * and must not come back by a late copy.
   */
  readonly role: "home" | "copy" | "withdrawn";
  /** Home only: the id of the session that the trace's spans name. */
  readonly session?: string;
  /** Rises with each binding; a copy of an earlier one is void. Unix milliseconds when it can be, so that a new life of a home mostly outranks the old at once. */
  readonly epoch: number;
  /** Home only: the session whose ceiling refused the copy; the trace then stays its own session. */
  readonly refused?: string;
  /** Home only: sessions that may still show the trace and must be told that it is gone. */
  readonly leaving: readonly string[];
};

type Row = {
  trace: string;
  role: string;
  session: string | null;
  epoch: number;
  refused: string | null;
  leaving: string;
};

/** The trace rows of an object, in memory as they are on disk. */
export class TraceRows {
  readonly #sql: SqlStorage;
  readonly #rows = new Map<string, TraceRow>();

  constructor(sql: SqlStorage, exists: boolean) {
    this.#sql = sql;
    if (!exists) return;
    for (const row of sql.exec<Row>("SELECT * FROM trace")) {
      this.#rows.set(row.trace, {
        traceId: row.trace,
        role: row.role as TraceRow["role"],
        epoch: row.epoch,
        leaving: JSON.parse(row.leaving) as string[],
        ...(row.session === null ? {} : { session: row.session }),
        ...(row.refused === null ? {} : { refused: row.refused }),
      });
    }
  }

  get(traceId: string): TraceRow | undefined {
    return this.#rows.get(traceId);
  }

  /** The trace that lives here, if one does: an object is home of at most the trace that it is named by. */
  home(): TraceRow | undefined {
    for (const row of this.#rows.values()) if (row.role === "home") return row;
    return undefined;
  }

  all(): Iterable<TraceRow> {
    return this.#rows.values();
  }

  put(row: TraceRow): void {
    this.#rows.set(row.traceId, row);
    this.#sql.exec(
      "INSERT OR REPLACE INTO trace VALUES (?, ?, ?, ?, ?, ?)",
      row.traceId,
      row.role,
      row.session ?? null,
      row.epoch,
      row.refused ?? null,
      JSON.stringify(row.leaving),
    );
  }

  removeOthers(traceId: string): void {
    for (const other of Array.from(this.#rows.keys())) if (other !== traceId) this.#rows.delete(other);
    this.#sql.exec("DELETE FROM trace WHERE trace <> ?", traceId);
  }

  /** Copies that were withdrawn before this time, Unix milliseconds, and of which nothing tells any more. Answers the last epoch of those. */
  forgetWithdrawn(before: number): number {
    const sql = `DELETE FROM trace WHERE role = 'withdrawn' AND epoch < ? AND trace NOT IN (SELECT trace FROM chunk)
      RETURNING trace, epoch`;
    let last = 0;
    for (const { trace, epoch } of this.#sql.exec<{ trace: string; epoch: number }>(sql, before)) {
      this.#rows.delete(trace);
      last = Math.max(last, epoch);
    }
    return last;
  }

  remove(traceId: string): void {
    this.#rows.delete(traceId);
    this.#sql.exec("DELETE FROM trace WHERE trace = ?", traceId);
  }
}

/** Whether the object named `own` shows this trace's chunks as its session's. */
export function isShown(row: TraceRow | undefined, own: string): boolean {
  if (row === undefined || row.role === "withdrawn") return false;
  return row.role === "copy" || !isBoundAway(row, own);
}

/** Whether a home copies on to another object's session. */
export function isBoundAway(row: TraceRow, own: string): boolean {
  return row.role === "home" && row.session !== undefined && row.session !== own && row.refused === undefined;
}

export type Tombstone = Pick<Chunk, "revision" | "traceId" | "facts">;

/** The marks that traces left in a log when they went. Times are Unix milliseconds. */
export class TombstoneRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Of traces that left after a revision, in order. */
  after(revision: number): Tombstone[] {
    const sql =
      "SELECT revision, trace AS traceId, facts FROM chunk WHERE revision > ? AND kind = 'gone' ORDER BY revision";
    return this.#sql.exec<Tombstone>(sql, revision).toArray();
  }

  /** When the last trace left; 0 where no mark says it. */
  last(): number {
    const sql = "SELECT max(received) AS last FROM chunk WHERE kind = 'gone'";
    return this.#sql.exec<{ last: number | null }>(sql).one().last ?? 0;
  }

  countBefore(time: number): number {
    const sql = "SELECT count(*) AS count FROM chunk WHERE kind = 'gone' AND received < ?";
    return this.#sql.exec<{ count: number }>(sql, time).one().count;
  }

  /** Only together with a new life of the log, which keeps its head. */
  drop(before: number): void {
    this.#sql.exec("DELETE FROM chunk WHERE kind = 'gone' AND received < ?", before);
  }
}

/** Large values by the hash of their content: each once, however many previews name it. */
export class ValueRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Answers how many bytes it stored: none where the value is known. */
  put(value: OffloadedValue): number {
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

  /** What no chunk names any more. */
  dropUnnamed(): void {
    this.#sql.exec(
      "DELETE FROM value WHERE hash NOT IN (SELECT j.value FROM chunk, json_each(chunk.hashes) AS j WHERE chunk.hashes IS NOT NULL)",
    );
  }
}
