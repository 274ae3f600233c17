import type { ChunkEncoding, Receipt, SpilledValue } from "../trace/delivery.ts";
import { mintIncarnation } from "./incarnation.ts";
import { createSessionSchema, isEmpty } from "./schema.ts";

/** A row may hold 2,000,000 bytes; the body's and the facts' share of one leave room for the rest of it. */
export const BODY_PART_BYTES = 1_000_000;
/** In UTF-16 units, each at most three bytes of UTF-8. */
export const FACTS_PART_UNITS = 300_000;

export type ChunkKind = "spans" | "gone";

export type Chunk = {
  readonly revision: number;
  readonly traceId: string;
  /** Place in the trace's own order; 0 for `gone`. */
  readonly traceRevision: number;
  readonly kind: ChunkKind;
  /** Unix milliseconds. */
  readonly received: number;
  readonly encoding: ChunkEncoding;
  readonly receipt: Receipt;
  /** Hashes of the values that its previews name. */
  readonly hashes: readonly string[];
  /** Of `spans`: encoded facts. Of `gone`: the session the trace went to, or "". */
  readonly facts: string;
  readonly body: Uint8Array;
};

export type NewChunk = Omit<Chunk, "revision">;

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

/** The append-only log of one object, as rows. Knows bytes and revisions, not what they mean. */
export class SessionLog {
  readonly #sql: SqlStorage;
  #incarnation: string | undefined;
  #tenant = "";
  #id = "";
  #listed = false;
  #forgetting = false;
  #head = 0;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    if (isEmpty(sql)) return;
    this.#incarnation = this.meta("incarnation");
    this.#tenant = this.meta("tenant") ?? "";
    this.#id = this.meta("id") ?? "";
    this.#listed = this.meta("listed") !== undefined;
    this.#forgetting = this.meta("forgetting") !== undefined;
    const last = sql.exec<{ head: number | null }>("SELECT max(revision) AS head FROM chunk").one().head ?? 0;
    this.#head = Math.max(last, Number(this.meta("head") ?? 0));
  }

  /** `undefined` until the first append. */
  get incarnation(): string | undefined {
    return this.#incarnation;
  }

  get tenant(): string {
    return this.#tenant;
  }

  /** The id that names the object: a trace's, or a session's. */
  get id(): string {
    return this.#id;
  }

  /** Whether the directory may have a row of this session, to be removed when nothing is left of it. */
  get listed(): boolean {
    return this.#listed;
  }

  /** Set in the transaction that owes the first report: before the directory hears of it. */
  setListed(listed: boolean): void {
    if (listed === this.#listed) return;
    this.#listed = listed;
    if (listed) this.setMeta("listed", "yes");
    else this.deleteMeta("listed");
  }

  /** Being forgotten: nothing is shown or taken any more, until nothing is left. */
  get forgetting(): boolean {
    return this.#forgetting;
  }

  setForgetting(forgetting: boolean): void {
    this.#forgetting = forgetting;
    if (forgetting) this.setMeta("forgetting", "yes");
    else this.deleteMeta("forgetting");
  }

  /** The last revision given out; revisions are never given twice in one incarnation. */
  get head(): number {
    return this.#head;
  }

  /** Creates the tables on first use; call inside the transaction that writes. */
  open(tenant: string, id: string, now: number): void {
    if (this.#incarnation !== undefined) return;
    createSessionSchema(this.#sql);
    this.#tenant = tenant;
    this.#id = id;
    this.setMeta("tenant", tenant);
    this.setMeta("id", id);
    this.renew(now);
  }

  /** Begins a new life over the same rows: every viewer reads from the beginning. */
  renew(now: number): void {
    this.#incarnation = mintIncarnation(now, this.#incarnation);
    this.setMeta("incarnation", this.#incarnation);
  }

  meta(key: string): string | undefined {
    const row = this.#sql.exec<{ value: string }>("SELECT value FROM meta WHERE key = ?", key).toArray()[0];
    return row === undefined ? undefined : String(row.value);
  }

  setMeta(key: string, value: string): void {
    this.#sql.exec("INSERT OR REPLACE INTO meta VALUES (?, ?)", key, value);
  }

  deleteMeta(key: string): void {
    this.#sql.exec("DELETE FROM meta WHERE key = ?", key);
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
    return revision;
  }

  /** Chunks after a revision, oldest first, one row in memory at a time. `traceId` narrows to one trace. */
  *chunks(after: number, traceId?: string): Generator<Chunk> {
    let cursor = after;
    while (true) {
      const row = this.#sql
        .exec<ChunkRow>(
          `SELECT * FROM chunk WHERE revision > ? ${traceId === undefined ? "" : "AND trace = ?"} ORDER BY revision LIMIT 1`,
          ...(traceId === undefined ? [cursor] : [cursor, traceId]),
        )
        .toArray()[0];
      if (row === undefined) return;
      cursor = row.revision;
      yield this.#chunk(row);
    }
  }

  /** The revision before which nothing of the trace's own order from `traceRevision` on stands. */
  revisionBefore(traceId: string, traceRevision: number): number {
    if (traceRevision <= 1) return 0;
    const row = this.#sql
      .exec<{ revision: number | null }>(
        "SELECT max(revision) AS revision FROM chunk WHERE trace = ? AND kind = 'spans' AND trace_revision < ?",
        traceId,
        traceRevision,
      )
      .one();
    return row.revision ?? 0;
  }

  /** Facts alone, for folding: bodies stay on disk. */
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

  /** Bodies and facts of a trace leave; its `gone` marks stay. */
  dropTrace(traceId: string): void {
    this.#keepHead();
    this.#sql.exec(
      "DELETE FROM chunk_part WHERE revision IN (SELECT revision FROM chunk WHERE trace = ? AND kind <> 'gone')",
      traceId,
    );
    this.#sql.exec("DELETE FROM chunk WHERE trace = ? AND kind <> 'gone'", traceId);
    this.#dropOrphanValues();
  }

  /** The marks of traces that left; only together with a new life of the log. */
  dropMarks(): void {
    this.#keepHead();
    this.#sql.exec("DELETE FROM chunk WHERE kind = 'gone'");
  }

  /** Begins a new life in which a trace is shown that was here all along: its marks would void what stands before them. */
  takeBack(traceId: string, now: number): void {
    this.#keepHead();
    this.#sql.exec("DELETE FROM chunk WHERE kind = 'gone' AND trace = ?", traceId);
    this.renew(now);
  }

  /** Bytes of a trace's bodies. */
  bytesOf(traceId: string): number {
    const row = this.#sql.exec<{ bytes: number }>("SELECT total(bytes) AS bytes FROM chunk WHERE trace = ?", traceId);
    return row.one().bytes;
  }

  putValue(value: SpilledValue): void {
    if (this.#sql.exec("SELECT 1 FROM value WHERE hash = ?", value.hash).toArray().length > 0) return;
    const parts = cutBytes(value.body, BODY_PART_BYTES);
    parts.forEach((body, part) =>
      this.#sql.exec("INSERT INTO value VALUES (?, ?, ?, ?, ?)", value.hash, part, parts.length, value.encoding, body),
    );
  }

  value(hash: string): SpilledValue | undefined {
    const rows = this.#sql
      .exec<{ encoding: string; body: ArrayBuffer }>(
        "SELECT encoding, body FROM value WHERE hash = ? ORDER BY part",
        hash,
      )
      .toArray();
    const first = rows[0];
    if (first === undefined) return undefined;
    return { hash, encoding: first.encoding as ChunkEncoding, body: join(rows.map((row) => new Uint8Array(row.body))) };
  }

  /** Revisions must not be given again after their rows were deleted. */
  #keepHead(): void {
    this.setMeta("head", String(this.#head));
  }

  #dropOrphanValues(): void {
    this.#sql.exec(
      "DELETE FROM value WHERE hash NOT IN (SELECT j.value FROM chunk, json_each(chunk.hashes) AS j WHERE chunk.hashes IS NOT NULL)",
    );
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
      body: more === undefined ? body : join([body, ...more.bodies]),
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

function cutBytes(bytes: Uint8Array, size: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size));
  return parts;
}

/** Never between the halves of a surrogate pair: SQLite's text is UTF-8. */
function cutText(text: string, units: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    let end = Math.min(at + units, text.length);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last < 0xdc00) end--;
    parts.push(text.slice(at, end));
    at = end;
  }
  return parts;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] ?? new Uint8Array();
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
