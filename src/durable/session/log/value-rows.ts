import type { ChunkEncoding, SpilledValue } from "../../../trace/delivery.ts";
import { BODY_PART_BYTES, cutBytes, joinBytes } from "./chunk-parts.ts";

/** Large values by the hash of their content: each once, however many previews name it. */
export class ValueRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Answers how many bytes it stored: none where the value is known. */
  put(value: SpilledValue): number {
    if (this.#sql.exec("SELECT 1 FROM value WHERE hash = ?", value.hash).toArray().length > 0) return 0;
    const parts = cutBytes(value.body, BODY_PART_BYTES);
    parts.forEach((body, part) =>
      this.#sql.exec("INSERT INTO value VALUES (?, ?, ?, ?, ?)", value.hash, part, parts.length, value.encoding, body),
    );
    return value.body.length;
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
