import type { ChunkEncoding, SpilledValue } from "../trace/delivery.ts";
import { BODY_PART_BYTES, cutBytes, joinBytes } from "./chunk-parts.ts";

/** Large values by the hash of their content: each once, however many previews name it. */
export class ValueRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  put(value: SpilledValue): void {
    if (this.#sql.exec("SELECT 1 FROM value WHERE hash = ?", value.hash).toArray().length > 0) return;
    const parts = cutBytes(value.body, BODY_PART_BYTES);
    parts.forEach((body, part) =>
      this.#sql.exec("INSERT INTO value VALUES (?, ?, ?, ?, ?)", value.hash, part, parts.length, value.encoding, body),
    );
  }

  get(hash: string): SpilledValue | undefined {
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

  /** What no chunk names any more. */
  dropUnnamed(): void {
    this.#sql.exec(
      "DELETE FROM value WHERE hash NOT IN (SELECT j.value FROM chunk, json_each(chunk.hashes) AS j WHERE chunk.hashes IS NOT NULL)",
    );
  }
}
