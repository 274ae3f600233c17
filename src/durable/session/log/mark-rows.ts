import type { Chunk } from "./chunk.ts";

export type Mark = Pick<Chunk, "revision" | "traceId" | "facts">;

/** The marks that traces left in a log when they went. Times are Unix milliseconds. */
export class MarkRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Of traces that left after a revision, in order. */
  after(revision: number): Mark[] {
    const sql =
      "SELECT revision, trace AS traceId, facts FROM chunk WHERE revision > ? AND kind = 'gone' ORDER BY revision";
    return this.#sql.exec<Mark>(sql, revision).toArray();
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
