import { inflate } from "../../lib/body-codec.ts";
import { Lru } from "../../lib/lru.ts";
import { ChunkSpans, spansIn } from "../../otel/chunk.ts";
import type { SpanInScope } from "../../otel/chunk.ts";
import type { KeyValue, ResourceSpans, Span } from "../../otel/span.ts";
import { offloadedIn, restoreValues } from "../../otlp/restore-values.ts";
import type { Outbox, OutboxRow, OwnedChunk } from "../../session/contract/outbox.ts";
import { wholeValues } from "../../session/whole-values.ts";
import { MAX_REQUEST_BYTES } from "./otlp-upstream.ts";
import type { TraceBatch } from "./otlp-upstream.ts";

/** OpenTelemetry's default for the largest batch of an exporter. */
const MOST_SPANS = 512;
/** Bytes of text of one reading. */
const PAGE_BYTES = 1_000_000;

/** Pages of a trace that a run keeps for upstreams that are as far. */
const MOST_PAGES = 2;

/** How far an upstream is: it has this revision of the trace, and so many spans of the next one, by position. */
export type Cursor = Pick<OutboxRow, "delivered" | "position">;

/** `ends`: for each span the cursor after it. `end`: after the batch. */
export type NumberedBatch = { readonly batch: TraceBatch; readonly ends: readonly Cursor[]; readonly end: Cursor };

type ReadChunk = Pick<OwnedChunk, "traceRevision" | "via"> & {
  /** None of a chunk with log records. */
  readonly spans: ChunkSpans;
  readonly superseded: ReadonlySet<number>;
  /** About as many as the span has in a request, large values included. */
  readonly bytes: (position: number, span: Span) => number;
};

/** Reads a trace for all upstreams of a run: those that are as far share the reading and the parsing. */
export class TraceReader {
  readonly outbox: Outbox;
  readonly #traceId: string;
  /** By the revision before. */
  readonly #pages: Lru<number, Promise<readonly ReadChunk[]>>;

  /** `readers`: how many upstreams may share it. One alone needs no page but the one that it reads. */
  constructor(outbox: Outbox, traceId: string, readers: number) {
    this.outbox = outbox;
    this.#traceId = traceId;
    this.#pages = new Lru(Math.min(readers, MOST_PAGES));
  }

  async *chunksAfter(after: number): AsyncGenerator<ReadChunk, void> {
    for (let last = after; ;) {
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
    return chunks.map(readChunk);
  }
}

function readChunk({ kind, traceRevision, via, encoding, body, superseded }: OwnedChunk): ReadChunk {
  // Our own canonical text.
  const resourceSpans =
    kind === "spans" ? (JSON.parse(new TextDecoder().decode(inflate(encoding, body))) as ResourceSpans[]) : [];
  const sizes: number[] = [];
  return {
    traceRevision,
    via,
    spans: new ChunkSpans(resourceSpans),
    superseded: new Set(superseded),
    bytes: (position, span) => (sizes[position] ??= bytesOf(span)),
  };
}

/**
 * The spans of a trace after a cursor, in order and whole, in batches of at most 512 spans and about 4 MB. Spans that came by
 * different ways are in different batches. The last batch may be empty: of the chunks after the one before nothing has to be sent.
 */
export async function* traceBatches(
  reader: TraceReader,
  { delivered, position: first }: Cursor,
  isSent: (span: SpanInScope) => boolean,
): AsyncGenerator<NumberedBatch, void> {
  const open = new OpenBatch();
  let complete = delivered;
  const close = async (position: number): Promise<NumberedBatch> => ({
    ...(await open.close(reader.outbox)),
    end: { delivered: complete, position },
  });
  for await (const { traceRevision, via, spans, superseded, bytes } of reader.chunksAfter(delivered)) {
    if (open.via !== undefined && open.via.join(",") !== via.join(",")) yield await close(0);
    const begin = complete === delivered ? first : 0;
    let position = 0;
    for (const span of spansIn(spans.resourceSpans)) {
      const isDelivered = position < begin;
      if (!isDelivered && !superseded.has(position) && isSent(span)) {
        const size = bytes(position, span.span);
        if (!open.hasRoom(size)) yield await close(position);
        open.add(spans, position, size, via, { delivered: complete, position: position + 1 });
      }
      position++;
    }
    complete = traceRevision;
  }
  if (complete > delivered) yield await close(0);
}

class OpenBatch {
  via: readonly string[] | undefined;
  readonly #positions = new Map<ChunkSpans, number[]>();
  #ends: Cursor[] = [];
  #bytes = 0;

  hasRoom(bytes: number): boolean {
    const spans = this.#ends.length;
    return spans === 0 || (spans < MOST_SPANS && this.#bytes + bytes <= MAX_REQUEST_BYTES);
  }

  add(chunk: ChunkSpans, position: number, bytes: number, via: readonly string[], end: Cursor): void {
    const positions = this.#positions.get(chunk);
    if (positions === undefined) this.#positions.set(chunk, [position]);
    else positions.push(position);
    this.via = via;
    this.#ends.push(end);
    this.#bytes += bytes;
  }

  async close(outbox: Outbox): Promise<Omit<NumberedBatch, "end">> {
    const picked = Array.from(this.#positions, ([chunk, positions]) => chunk.pick(positions)).flat();
    const ends = this.#ends;
    const batch = { spans: ends.length, resourceSpans: await whole(outbox, picked), via: this.via ?? [] };
    this.via = undefined;
    this.#positions.clear();
    this.#ends = [];
    this.#bytes = 0;
    return { batch, ends };
  }
}

/** About as many as the span has in a request, large values included. */
function bytesOf(span: Span): number {
  return offloadedIn(span).reduce((sum, { bytes }) => sum + bytes, JSON.stringify(span).length);
}

async function whole(outbox: Outbox, resourceSpans: readonly ResourceSpans[]): Promise<readonly ResourceSpans[]> {
  const hashes = new Set<string>();
  const note = (attributes: readonly KeyValue[] = []): void => {
    for (const { value } of attributes) if (value?.offloaded !== undefined) hashes.add(value.offloaded.hash);
  };
  for (const { resource, scopeSpans = [] } of resourceSpans) {
    note(resource?.attributes);
    for (const { scope } of scopeSpans) note(scope?.attributes);
  }
  for (const { span } of spansIn(resourceSpans)) {
    for (const { hash } of offloadedIn(span)) hashes.add(hash);
    for (const { attributes } of span.links ?? []) note(attributes);
  }
  if (hashes.size === 0) return resourceSpans;
  return restoreValues(resourceSpans, await wholeValues(outbox, Array.from(hashes)));
}

/** The halves of a batch, by spans. */
export function halves({ batch, ends, end }: NumberedBatch): readonly NumberedBatch[] {
  const chunk = new ChunkSpans(batch.resourceSpans);
  const middle = Math.ceil(batch.spans / 2);
  const half = (first: number, after: number, last: Cursor): NumberedBatch => ({
    batch: {
      ...batch,
      spans: after - first,
      resourceSpans: chunk.pick(Array.from({ length: after - first }, (_, at) => first + at)),
    },
    ends: ends.slice(first, after),
    end: last,
  });
  return [half(0, middle, ends[middle - 1] ?? end), half(middle, batch.spans, end)];
}
