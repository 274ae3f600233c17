import { inflate } from "../../lib/body-codec.ts";
import { Lru } from "../../lib/lru.ts";
import { ChunkRecords, ChunkSpans, recordsIn, spansIn } from "../../otel/chunk.ts";
import type { RecordInScope, SpanInScope } from "../../otel/chunk.ts";
import type { LogRecord, ResourceLogs } from "../../otel/log-record.ts";
import type { ResourceSpans, Span } from "../../otel/span.ts";
import { offloadedIn, restoreLogValues, restoreValues } from "../../otlp/restore-values.ts";
import type { Lookup } from "../../otlp/restore-values.ts";
import type { Outbox, OutboxRow, OwnedChunk } from "../../session/contract/outbox.ts";
import { wholeValues } from "../../session/whole-values.ts";
import { MAX_REQUEST_BYTES } from "./otlp-upstream.ts";
import type { SignalBatch } from "./otlp-upstream.ts";

/** OpenTelemetry's default for the largest batch of an exporter. */
const MOST_ITEMS = 512;
/** Bytes of text of one reading. */
const PAGE_BYTES = 1_000_000;

/** Pages of a trace that a run keeps for upstreams that are as far. */
const MOST_PAGES = 2;

/** What a trace has. */
export type TraceSignal = "traces" | "logs";
type TraceBatch = SignalBatch & { readonly signal: TraceSignal };

/** How far an upstream is: it has this revision of the trace, and so many items of the next one, by position. */
export type Cursor = Pick<OutboxRow, "delivered" | "position">;

/** `ends`: for each item the cursor after it. `end`: after the batch. */
export type NumberedBatch = { readonly batch: TraceBatch; readonly ends: readonly Cursor[]; readonly end: Cursor };

/** What is sent of a trace: of one signal, all but these spans. */
export type Wanted = { readonly signal: "logs" } | { readonly signal: "traces"; isSent(span: SpanInScope): boolean };

/** Reads a trace for all upstreams of a run: those that are as far share the reading and the parsing. */
export class TraceReader {
  readonly outbox: Outbox;
  readonly #traceId: string;
  readonly #head: number;
  /** By the revision before. */
  readonly #pages: Lru<number, Promise<readonly ReadChunk[]>>;

  /**
   * `head`: the trace's last revision; what came after it is left to the next run. `readers`: how many upstreams may share it. One
   * alone needs no page but the one that it reads.
   */
  constructor(outbox: Outbox, traceId: string, head: number, readers: number) {
    this.outbox = outbox;
    this.#traceId = traceId;
    this.#head = head;
    this.#pages = new Lru(Math.min(readers, MOST_PAGES));
  }

  async *chunksAfter(after: number): AsyncGenerator<ReadChunk, void> {
    for (let last = after; last < this.#head;) {
      const known = this.#pages.get(last);
      const reading = known ?? this.#read(last);
      if (known === undefined) this.#pages.set(last, reading);
      const chunks = await reading;
      yield* chunks;
      const end = chunks.at(-1)?.traceRevision;
      if (end === undefined) return;
      last = end;
    }
  }

  async #read(after: number): Promise<readonly ReadChunk[]> {
    const chunks = await this.outbox.readOwned(this.#traceId, after, PAGE_BYTES);
    return chunks.map((chunk) => new ReadChunk(chunk));
  }
}

/** UTF-16 units. The text of a smaller delivery counts as divided evenly: to measure each item took a seventh of a run's time. */
const SHARED_UNITS = 262_144;

/** A delivery as it is stored: its items, parsed when they are looked at first. */
class ReadChunk {
  readonly traceRevision: number;
  readonly via: readonly string[];
  readonly #chunk: OwnedChunk;
  readonly #sizes: number[] = [];
  /** Of each item, where they are not measured. */
  #share: number | undefined;
  #items: ChunkSpans | ChunkRecords | undefined;

  constructor(chunk: OwnedChunk) {
    this.traceRevision = chunk.traceRevision;
    this.via = chunk.via;
    this.#chunk = chunk;
  }

  get signal(): TraceSignal {
    return this.#chunk.kind === "logs" ? "logs" : "traces";
  }

  get items(): ChunkSpans | ChunkRecords {
    if (this.#items !== undefined) return this.#items;
    const { kind, encoding, body } = this.#chunk;
    const text = new TextDecoder().decode(inflate(encoding, body));
    // Our own canonical text.
    const resources: unknown = JSON.parse(text);
    this.#items =
      kind === "logs" ? new ChunkRecords(resources as ResourceLogs[]) : new ChunkSpans(resources as ResourceSpans[]);
    const { length } = this.#items instanceof ChunkSpans ? this.#items : this.#items.records();
    const hasLarge = text.length > SHARED_UNITS || text.includes('"offloaded"');
    if (!hasLarge) this.#share = Math.ceil(text.length / length);
    return this.#items;
  }

  *spans(): Generator<SpanInScope, void> {
    if (this.items instanceof ChunkSpans) yield* spansIn(this.items.resourceSpans);
  }

  *records(): Generator<RecordInScope, void> {
    if (this.items instanceof ChunkRecords) yield* recordsIn(this.items.resourceLogs);
  }

  /** Positions and sizes of the items that are sent, in order. Sizes: about as in a request, large values included. */
  *wanted(wanted: Wanted): Generator<{ readonly position: number; readonly bytes: number }, void> {
    if (wanted.signal !== this.signal) return;
    const superseded = new Set(this.#chunk.superseded);
    let position = 0;
    if (wanted.signal === "logs")
      for (const { record } of this.records()) yield { position, bytes: this.#bytes(position++, record) };
    else
      for (const span of this.spans()) {
        if (!superseded.has(position) && wanted.isSent(span))
          yield { position, bytes: this.#bytes(position, span.span) };
        position++;
      }
  }

  #bytes(position: number, item: Span | LogRecord): number {
    return this.#share ?? (this.#sizes[position] ??= bytesOf(item));
  }
}

/**
 * What an upstream wants of a trace after a cursor, in order and whole, in batches of at most 512 items and about 4 MB. Items that
 * came by different ways are in different batches. The last batch may be empty: of the chunks after the one before nothing has to
 * be sent.
 */
export async function* traceBatches(
  reader: TraceReader,
  { delivered, position: first }: Cursor,
  wanted: Wanted,
): AsyncGenerator<NumberedBatch, void> {
  const open = new OpenBatch(wanted.signal);
  let complete = delivered;
  const close = async (position: number): Promise<NumberedBatch> => ({
    ...(await open.close(reader.outbox)),
    end: { delivered: complete, position },
  });
  for await (const chunk of reader.chunksAfter(delivered)) {
    const { traceRevision, via } = chunk;
    const begin = complete === delivered ? first : 0;
    for (const { position, bytes } of chunk.wanted(wanted)) {
      if (position < begin) continue;
      if (open.via !== undefined && open.via.join(",") !== via.join(",")) yield await close(0);
      else if (!open.hasRoom(bytes)) yield await close(position);
      open.add(chunk, position, bytes, { delivered: complete, position: position + 1 });
    }
    complete = traceRevision;
  }
  if (complete > delivered) yield await close(0);
}

class OpenBatch {
  readonly #signal: TraceSignal;
  via: readonly string[] | undefined;
  readonly #positions = new Map<ReadChunk, number[]>();
  #ends: Cursor[] = [];
  #bytes = 0;

  constructor(signal: TraceSignal) {
    this.#signal = signal;
  }

  hasRoom(bytes: number): boolean {
    const items = this.#ends.length;
    return items === 0 || (items < MOST_ITEMS && this.#bytes + bytes <= MAX_REQUEST_BYTES);
  }

  add(chunk: ReadChunk, position: number, bytes: number, end: Cursor): void {
    const positions = this.#positions.get(chunk);
    if (positions === undefined) this.#positions.set(chunk, [position]);
    else positions.push(position);
    this.via = chunk.via;
    this.#ends.push(end);
    this.#bytes += bytes;
  }

  async close(outbox: Outbox): Promise<Omit<NumberedBatch, "end">> {
    const ends = this.#ends;
    const about = { items: ends.length, via: this.via ?? [] };
    const picked = Array.from(this.#positions);
    this.via = undefined;
    this.#positions.clear();
    this.#ends = [];
    this.#bytes = 0;
    const pick = <Resource>(of: (chunk: ReadChunk, positions: readonly number[]) => readonly Resource[]): Resource[] =>
      picked.flatMap(([chunk, positions]) => of(chunk, positions));
    if (this.#signal === "logs") {
      const resourceLogs = pick(({ items }, positions) => (items instanceof ChunkRecords ? items.pick(positions) : []));
      return {
        batch: { ...about, signal: "logs", resourceLogs: await whole(outbox, resourceLogs, restoreLogValues) },
        ends,
      };
    }
    const resourceSpans = pick(({ items }, positions) => (items instanceof ChunkSpans ? items.pick(positions) : []));
    return {
      batch: { ...about, signal: "traces", resourceSpans: await whole(outbox, resourceSpans, restoreValues) },
      ends,
    };
  }
}

/** About as many as the item has in a request, large values included. */
function bytesOf(item: Span | LogRecord): number {
  return offloadedIn(item).reduce((sum, { bytes }) => sum + bytes, JSON.stringify(item).length);
}

/** With the large values in place of their previews. `restore` puts them in wherever they can be. */
async function whole<Resources>(
  outbox: Outbox,
  resources: Resources,
  restore: (resources: Resources, lookup: Lookup) => Resources,
): Promise<Resources> {
  const hashes = new Set<string>();
  restore(resources, (hash) => void hashes.add(hash));
  return hashes.size === 0 ? resources : restore(resources, await wholeValues(outbox, Array.from(hashes)));
}

/** The halves of a batch, by items. */
export function halves({ batch, ends, end }: NumberedBatch): readonly NumberedBatch[] {
  const middle = Math.ceil(batch.items / 2);
  const half = (first: number, after: number, last: Cursor): NumberedBatch => {
    const positions = Array.from({ length: after - first }, (_, at) => first + at);
    const items = positions.length;
    return {
      batch:
        batch.signal === "logs"
          ? { ...batch, items, resourceLogs: new ChunkRecords(batch.resourceLogs).pick(positions) }
          : { ...batch, items, resourceSpans: new ChunkSpans(batch.resourceSpans).pick(positions) },
      ends: ends.slice(first, after),
      end: last,
    };
  };
  return [half(0, middle, ends[middle - 1] ?? end), half(middle, batch.items, end)];
}
