import type { Receipt } from "../../../facts/delivery.ts";
import type { ChunkEncoding } from "../../../lib/chunk-encoding.ts";
import { joinBytes } from "../../../lib/join-bytes.ts";
import { BODY_PART_BYTES, cutBytes, cutText, FACTS_PART_UNITS } from "./chunk.ts";
import type { Chunk, ChunkKind, NewChunk } from "./chunk.ts";
import type { LogMeta } from "./log-meta.ts";
import { TombstoneRows, ValueRows } from "./rows.ts";
import { PLACES } from "./tables.ts";

type ChunkRow = {
  place: number;
  trace: string;
  trace_revision: number;
  kind: string;
  received: number;
  encoding: string;
  receipt: string;
  hashes: string | null;
  facts: string;
  body: ArrayBuffer;
  parts: number;
};

/** One append-only log of a shard, as rows. Bodies and facts are opaque here. */
export class SessionLog {
  readonly meta: LogMeta;
  readonly values: ValueRows;
  readonly tombstones: TombstoneRows;
  readonly #sql: SqlStorage;
  #head = 0;
  #changes = 0;
  /** Of each trace's chunks, without tombstones. */
  #revisions: Map<string, number[]> | undefined;

  constructor(sql: SqlStorage, meta: LogMeta) {
    this.#sql = sql;
    this.meta = meta;
    this.values = new ValueRows(sql, meta);
    this.tombstones = new TombstoneRows(sql, meta);
    if (meta.number === 0) return;
    const last = "SELECT max(place) AS place FROM chunk WHERE place > ? AND place < ?";
    const { place } = sql.exec<{ place: number | null }>(last, meta.firstPlace, this.#end).one();
    this.#head = Math.max(place === null ? 0 : place - meta.firstPlace, meta.storedHead);
  }

  /** The chunks of this log have places before it. */
  get #end(): number {
    return this.meta.firstPlace + PLACES;
  }

  /** The last revision given out. No revision is given twice in one generation. */
  get head(): number {
    return this.#head;
  }

  /** Rises when stored chunks change or go, and not when others are appended. In memory only. */
  get changes(): number {
    return this.#changes;
  }

  append(chunk: NewChunk): number {
    const revision = this.#head + 1;
    this.insert({ ...chunk, revision });
    return revision;
  }

  /** Inserts a chunk under its revision, later than all others. */
  insert(chunk: Chunk): void {
    const { revision } = chunk;
    this.#head = revision;
    const place = this.meta.firstPlace + revision;
    const facts = cutText(chunk.facts, FACTS_PART_UNITS);
    const body = cutBytes(chunk.body, BODY_PART_BYTES);
    const parts = Math.max(facts.length, body.length);
    this.#sql.exec(
      "INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      place,
      chunk.traceId,
      chunk.traceRevision,
      chunk.kind,
      chunk.received,
      chunk.encoding,
      JSON.stringify(chunk.receipt),
      chunk.hashes.length === 0 ? null : JSON.stringify(chunk.hashes),
      facts[0] ?? "",
      body[0] ?? new Uint8Array(),
      parts,
      chunk.body.length,
    );
    for (let part = 1; part < parts; part++) {
      this.#sql.exec(
        "INSERT INTO chunk_part VALUES (?, ?, ?, ?)",
        place,
        part,
        facts[part] ?? "",
        body[part] ?? new Uint8Array(),
      );
    }
    if (this.#revisions !== undefined && chunk.kind !== "tombstone")
      addRevision(this.#revisions, chunk.traceId, revision);
  }

  /** Chunks after a revision, oldest first, one row in memory at a time. `traceId` and `kind` narrow to one trace and kind. */
  *chunks(after: number, traceId?: string, kind?: ChunkKind): Generator<Chunk> {
    const ofTrace = traceId === undefined ? "" : "AND trace = ?";
    const ofKind = kind === undefined ? "" : "AND kind = ?";
    const given = [traceId, kind].filter((value) => value !== undefined);
    const sql = `SELECT * FROM chunk WHERE place > ? AND place < ? ${ofTrace} ${ofKind} ORDER BY place LIMIT 1`;
    let cursor = after;
    while (cursor < this.#head) {
      const { firstPlace } = this.meta;
      const row = this.#sql.exec<ChunkRow>(sql, firstPlace + cursor, this.#end, ...given).toArray()[0];
      if (row === undefined) return;
      cursor = row.place - firstPlace;
      yield this.#chunk(row);
    }
  }

  /** The revision after which the trace's chunks from `traceRevision` on stand. */
  revisionBefore(traceId: string, traceRevision: number): number {
    if (traceRevision <= 1) return 0;
    const { firstPlace } = this.meta;
    const { place } = this.#sql
      .exec<{ place: number | null }>(
        `SELECT max(place) AS place FROM chunk
         WHERE place > ? AND place < ? AND trace = ? AND kind <> 'tombstone' AND trace_revision < ?`,
        firstPlace,
        this.#end,
        traceId,
        traceRevision,
      )
      .one();
    return place === null ? 0 : place - firstPlace;
  }

  /** Facts without bodies, for folding. */
  *facts(): Generator<
    Pick<Chunk, "revision" | "traceId" | "traceRevision" | "kind" | "received" | "facts"> & {
      readonly bytes: number;
      readonly isImported: boolean;
    }
  > {
    const { firstPlace } = this.meta;
    const sql = `SELECT place, trace, trace_revision, kind, received, receipt ->> '$.isImported' AS imported, facts, parts, bytes FROM chunk
      WHERE place > ? AND place < ? ORDER BY place LIMIT 16`;
    let cursor = firstPlace;
    while (true) {
      const rows = this.#sql
        .exec<Omit<ChunkRow, "body"> & { bytes: number; imported: number | null }>(sql, cursor, this.#end)
        .toArray();
      if (rows.length === 0) return;
      for (const row of rows) {
        cursor = row.place;
        yield {
          revision: row.place - firstPlace,
          traceId: row.trace,
          traceRevision: row.trace_revision,
          kind: row.kind as ChunkKind,
          received: row.received,
          facts: row.parts > 1 ? row.facts + this.#parts(row.place).facts : row.facts,
          bytes: row.bytes,
          isImported: row.imported === 1,
        };
      }
    }
  }

  chunk(revision: number): Chunk | undefined {
    const place = this.meta.firstPlace + revision;
    const row = this.#sql.exec<ChunkRow>("SELECT * FROM chunk WHERE place = ?", place).toArray()[0];
    return row && this.#chunk(row);
  }

  /** Replaces facts that an older version derived. */
  rewriteFacts(revision: number, facts: string): void {
    this.#changes++;
    const cut = cutText(facts, FACTS_PART_UNITS);
    const place = this.meta.firstPlace + revision;
    const { parts } = this.#sql.exec<{ parts: number }>("SELECT parts FROM chunk WHERE place = ?", place).one();
    this.#sql.exec(
      "UPDATE chunk SET facts = ?, parts = ? WHERE place = ?",
      cut[0] ?? "",
      Math.max(parts, cut.length),
      place,
    );
    for (let part = 1; part < Math.max(parts, cut.length); part++) {
      this.#sql.exec(
        "INSERT INTO chunk_part VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET facts = excluded.facts",
        place,
        part,
        cut[part] ?? "",
        new Uint8Array(),
      );
    }
  }

  /** Deletes the chunks of traces; their tombstones stay. */
  deleteTraces(traceIds: readonly string[]): void {
    this.meta.storeHead(this.#head);
    const { firstPlace } = this.meta;
    const places = traceIds.flatMap((traceId) => this.#byTrace().get(traceId) ?? []).map((at) => firstPlace + at);
    for (const traceId of traceIds) this.#revisions?.delete(traceId);
    this.#delete("place IN (SELECT value FROM json_each(?))", JSON.stringify(places));
  }

  /** Deletes the chunks of all other traces, and all tombstones; only together with a new generation of the log. */
  deleteOthers(traceId: string): void {
    this.meta.storeHead(this.#head);
    this.#revisions = undefined;
    const { firstPlace } = this.meta;
    this.#delete("place > ? AND place < ? AND (trace <> ? OR kind = 'tombstone')", firstPlace, this.#end, traceId);
  }

  /** Deletes the log's rows but its own one. */
  deleteAll(): void {
    this.#changes++;
    const { firstPlace, number } = this.meta;
    for (const table of ["chunk", "chunk_part"])
      this.#sql.exec(`DELETE FROM ${table} WHERE place > ? AND place < ?`, firstPlace, this.#end);
    for (const table of ["value", "trace"]) this.#sql.exec(`DELETE FROM ${table} WHERE log = ?`, number);
  }

  /** Begins a new generation that shows a moved trace again. Its tombstones are deleted: they would void the chunks before them. */
  restore(traceId: string, now: number): void {
    this.#changes++;
    this.meta.storeHead(this.#head);
    const sql = "DELETE FROM chunk WHERE place > ? AND place < ? AND kind = 'tombstone' AND trace = ?";
    this.#sql.exec(sql, this.meta.firstPlace, this.#end, traceId);
    this.meta.renew(now);
  }

  /** The last of a trace's own revisions that is stored; 0 without one. */
  traceHead(traceId: string): number {
    const revision = this.#byTrace().get(traceId)?.at(-1);
    if (revision === undefined) return 0;
    const sql = "SELECT trace_revision AS head FROM chunk WHERE place = ?";
    return this.#sql.exec<{ head: number }>(sql, this.meta.firstPlace + revision).one().head;
  }

  /** When the last stored delivery of a trace was received, Unix milliseconds; 0 without one. */
  lastReceived(traceId: string): number {
    const sql = `SELECT received FROM chunk WHERE place > ? AND place < ? AND trace = ? AND kind <> 'tombstone'
      ORDER BY place DESC LIMIT 1`;
    const given = [this.meta.firstPlace, this.#end, traceId];
    return this.#sql.exec<{ received: number }>(sql, ...given).toArray()[0]?.received ?? 0;
  }

  /** Read once, then kept up to date: the log has no index by trace, since a row more with each delivery would cost more than it saves. */
  #byTrace(): Map<string, number[]> {
    if (this.#revisions !== undefined) return this.#revisions;
    const revisions = new Map<string, number[]>();
    const { firstPlace } = this.meta;
    const sql = "SELECT place, trace FROM chunk WHERE place > ? AND place < ? AND kind <> 'tombstone' ORDER BY place";
    for (const { place, trace } of this.#sql.exec<{ place: number; trace: string }>(sql, firstPlace, this.#end))
      addRevision(revisions, trace, place - firstPlace);
    return (this.#revisions = revisions);
  }

  #delete(where: string, ...given: (string | number)[]): void {
    this.#changes++;
    const deleted = this.#sql
      .exec<{ place: number; parts: number; named: number }>(
        `DELETE FROM chunk WHERE ${where} RETURNING place, parts, hashes IS NOT NULL AS named`,
        ...given,
      )
      .toArray();
    for (const { place, parts } of deleted) {
      if (parts > 1) this.#sql.exec("DELETE FROM chunk_part WHERE place = ?", place);
    }
    if (deleted.some(({ named }) => named === 1)) this.meta.setUnreferenced(true);
  }

  #chunk(row: ChunkRow): Chunk {
    const more = row.parts > 1 ? this.#parts(row.place) : undefined;
    const body = new Uint8Array(row.body);
    return {
      revision: row.place - this.meta.firstPlace,
      traceId: row.trace,
      traceRevision: row.trace_revision,
      kind: row.kind as ChunkKind,
      received: row.received,
      encoding: row.encoding as ChunkEncoding,
      receipt: JSON.parse(row.receipt) as Receipt,
      hashes: row.hashes === null ? [] : (JSON.parse(row.hashes) as string[]),
      facts: more === undefined ? row.facts : row.facts + more.facts,
      body: more === undefined ? body : joinBytes([body, ...more.bodies]),
    };
  }

  #parts(place: number): { facts: string; bodies: Uint8Array[] } {
    const rows = this.#sql
      .exec<{ facts: string; body: ArrayBuffer }>(
        "SELECT facts, body FROM chunk_part WHERE place = ? ORDER BY part",
        place,
      )
      .toArray();
    return { facts: rows.map((row) => row.facts).join(""), bodies: rows.map((row) => new Uint8Array(row.body)) };
  }
}

function addRevision(revisions: Map<string, number[]>, traceId: string, revision: number): void {
  const known = revisions.get(traceId);
  if (known === undefined) revisions.set(traceId, [revision]);
  else known.push(revision);
}
