import type { Receipt } from "../../../facts/delivery.ts";
import type { ChunkEncoding } from "../../../lib/chunk-encoding.ts";
import { BODY_PART_BYTES, cutBytes, cutText, FACTS_PART_UNITS, joinBytes } from "./chunk.ts";
import type { Chunk, ChunkKind, NewChunk } from "./chunk.ts";
import { LogMeta } from "./log-meta.ts";
import { TombstoneRows, ValueRows } from "./rows.ts";

type ChunkRow = {
  revision: number;
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

/** The append-only log of one object, as rows. Bodies and facts are opaque here. */
export class SessionLog {
  readonly meta: LogMeta;
  readonly values: ValueRows;
  readonly tombstones: TombstoneRows;
  readonly #sql: SqlStorage;
  #head = 0;
  /** Of each trace's chunks, without tombstones. */
  #revisions: Map<string, number[]> | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.meta = new LogMeta(sql);
    this.values = new ValueRows(sql);
    this.tombstones = new TombstoneRows(sql);
    if (this.meta.generation === undefined) return;
    const last = sql.exec<{ head: number | null }>("SELECT max(revision) AS head FROM chunk").one().head ?? 0;
    this.#head = Math.max(last, this.meta.storedHead);
  }

  /** The last revision given out. No revision is given twice in one generation. */
  get head(): number {
    return this.#head;
  }

  append(chunk: NewChunk): number {
    const revision = ++this.#head;
    const facts = cutText(chunk.facts, FACTS_PART_UNITS);
    const body = cutBytes(chunk.body, BODY_PART_BYTES);
    const parts = Math.max(facts.length, body.length);
    this.#sql.exec(
      "INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      revision,
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
        revision,
        part,
        facts[part] ?? "",
        body[part] ?? new Uint8Array(),
      );
    }
    if (this.#revisions !== undefined && chunk.kind !== "tombstone")
      addRevision(this.#revisions, chunk.traceId, revision);
    return revision;
  }

  /** Chunks after a revision, oldest first, one row in memory at a time. `traceId` and `kind` narrow to one trace and kind. */
  *chunks(after: number, traceId?: string, kind?: ChunkKind): Generator<Chunk> {
    const ofTrace = traceId === undefined ? "" : "AND trace = ?";
    const ofKind = kind === undefined ? "" : "AND kind = ?";
    const given = [traceId, kind].filter((value) => value !== undefined);
    let cursor = after;
    while (cursor < this.#head) {
      const row = this.#sql
        .exec<ChunkRow>(
          `SELECT * FROM chunk WHERE revision > ? ${ofTrace} ${ofKind} ORDER BY revision LIMIT 1`,
          cursor,
          ...given,
        )
        .toArray()[0];
      if (row === undefined) return;
      cursor = row.revision;
      yield this.#chunk(row);
    }
  }

  /** The revision after which the trace's chunks from `traceRevision` on stand. */
  revisionBefore(traceId: string, traceRevision: number): number {
    if (traceRevision <= 1) return 0;
    const row = this.#sql
      .exec<{ revision: number | null }>(
        "SELECT max(revision) AS revision FROM chunk WHERE trace = ? AND kind <> 'tombstone' AND trace_revision < ?",
        traceId,
        traceRevision,
      )
      .one();
    return row.revision ?? 0;
  }

  /** Facts without bodies, for folding. */
  *facts(): Generator<
    Pick<Chunk, "revision" | "traceId" | "traceRevision" | "kind" | "received" | "facts"> & { readonly bytes: number }
  > {
    let cursor = 0;
    while (true) {
      const rows = this.#sql
        .exec<Omit<ChunkRow, "body"> & { bytes: number }>(
          "SELECT revision, trace, trace_revision, kind, received, facts, parts, bytes FROM chunk WHERE revision > ? ORDER BY revision LIMIT 16",
          cursor,
        )
        .toArray();
      if (rows.length === 0) return;
      for (const row of rows) {
        cursor = row.revision;
        yield {
          revision: row.revision,
          traceId: row.trace,
          traceRevision: row.trace_revision,
          kind: row.kind as ChunkKind,
          received: row.received,
          facts: row.parts > 1 ? row.facts + this.#parts(row.revision).facts : row.facts,
          bytes: row.bytes,
        };
      }
    }
  }

  chunk(revision: number): Chunk | undefined {
    const row = this.#sql.exec<ChunkRow>("SELECT * FROM chunk WHERE revision = ?", revision).toArray()[0];
    return row && this.#chunk(row);
  }

  /** Replaces facts that an older version derived. */
  rewriteFacts(revision: number, facts: string): void {
    const cut = cutText(facts, FACTS_PART_UNITS);
    const parts = this.#sql.exec<{ parts: number }>("SELECT parts FROM chunk WHERE revision = ?", revision).one().parts;
    this.#sql.exec(
      "UPDATE chunk SET facts = ?, parts = ? WHERE revision = ?",
      cut[0] ?? "",
      Math.max(parts, cut.length),
      revision,
    );
    for (let part = 1; part < Math.max(parts, cut.length); part++) {
      this.#sql.exec(
        "INSERT INTO chunk_part VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET facts = excluded.facts",
        revision,
        part,
        cut[part] ?? "",
        new Uint8Array(),
      );
    }
  }

  /** Deletes the chunks of traces; their tombstones stay. */
  deleteTraces(traceIds: readonly string[]): void {
    this.meta.storeHead(this.#head);
    const revisions = traceIds.flatMap((traceId) => this.#byTrace().get(traceId) ?? []);
    for (const traceId of traceIds) this.#revisions?.delete(traceId);
    this.#delete("revision IN (SELECT value FROM json_each(?))", JSON.stringify(revisions));
  }

  /** Deletes the chunks of all other traces, and all tombstones; only together with a new generation of the log. */
  deleteOthers(traceId: string): void {
    this.meta.storeHead(this.#head);
    this.#revisions = undefined;
    this.#delete("trace <> ? OR kind = 'tombstone'", traceId);
  }

  /** Begins a new generation that shows a moved trace again. Its tombstones are deleted: they would void the chunks before them. */
  restore(traceId: string, now: number): void {
    this.meta.storeHead(this.#head);
    this.#sql.exec("DELETE FROM chunk WHERE kind = 'tombstone' AND trace = ?", traceId);
    this.meta.renew(now);
  }

  /** When the first stored delivery of a trace was received, Unix milliseconds; 0 without one. */
  firstReceived(traceId: string): number {
    const sql = "SELECT min(received) AS first FROM chunk WHERE trace = ? AND kind <> 'tombstone'";
    return this.#sql.exec<{ first: number | null }>(sql, traceId).one().first ?? 0;
  }

  /** Read once, then kept up to date: the log has no index by trace, since a row more with each delivery would cost more than it saves. */
  #byTrace(): Map<string, number[]> {
    if (this.#revisions !== undefined) return this.#revisions;
    const revisions = new Map<string, number[]>();
    for (const { revision, trace } of this.#sql.exec<{ revision: number; trace: string }>(
      "SELECT revision, trace FROM chunk WHERE kind <> 'tombstone' ORDER BY revision",
    ))
      addRevision(revisions, trace, revision);
    return (this.#revisions = revisions);
  }

  #delete(where: string, parameter: string): void {
    const deleted = this.#sql
      .exec<{ revision: number; parts: number; named: number }>(
        `DELETE FROM chunk WHERE ${where} RETURNING revision, parts, hashes IS NOT NULL AS named`,
        parameter,
      )
      .toArray();
    for (const { revision, parts } of deleted) {
      if (parts > 1) this.#sql.exec("DELETE FROM chunk_part WHERE revision = ?", revision);
    }
    if (deleted.some(({ named }) => named === 1)) this.meta.setUnreferenced(true);
  }

  #chunk(row: ChunkRow): Chunk {
    const more = row.parts > 1 ? this.#parts(row.revision) : undefined;
    const body = new Uint8Array(row.body);
    return {
      revision: row.revision,
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

  #parts(revision: number): { facts: string; bodies: Uint8Array[] } {
    const rows = this.#sql
      .exec<{ facts: string; body: ArrayBuffer }>(
        "SELECT facts, body FROM chunk_part WHERE revision = ? ORDER BY part",
        revision,
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
