import { inflate } from "../../lib/body-codec.ts";
import { ChunkSpans, spansIn } from "../../otel/chunk.ts";
import type { SpanInScope } from "../../otel/chunk.ts";
import type { KeyValue, ResourceSpans, Span } from "../../otel/span.ts";
import { offloadedIn, restoreValues } from "../../otlp/restore-values.ts";
import type { Outbox, OwnedChunk } from "../../session/contract/outbox.ts";
import { wholeValues } from "../../session/whole-values.ts";
import { MAX_REQUEST_BYTES } from "./otlp-upstream.ts";
import type { TraceBatch } from "./otlp-upstream.ts";

/** OpenTelemetry's default for the largest batch of an exporter. */
const MOST_SPANS = 512;
/** Bytes of text of one reading. */
const PAGE_BYTES = 1_000_000;

/** `complete`: the last revision of the trace that is whole with this batch and those before. */
export type NumberedBatch = { readonly batch: TraceBatch; readonly complete: number };

/** The chunks of a trace after a revision. */
export async function* chunksAfter(outbox: Outbox, traceId: string, after: number): AsyncGenerator<OwnedChunk, void> {
  for (let last = after; ;) {
    const chunks = await outbox.readOwned(traceId, last, PAGE_BYTES);
    yield* chunks;
    const end = chunks.at(-1)?.traceRevision;
    if (end === undefined) return;
    last = end;
  }
}

/** The spans of a chunk; none of one with log records. */
export function resourceSpansOf({ kind, encoding, body }: OwnedChunk): readonly ResourceSpans[] {
  // Our own canonical text.
  return kind === "spans" ? (JSON.parse(new TextDecoder().decode(inflate(encoding, body))) as ResourceSpans[]) : [];
}

/**
 * The spans of a trace after a revision, in order and whole, in batches of at most 512 spans and about 4 MB. Spans that came by
 * different ways are in different batches. The last batch may be empty: of the chunks after the one before nothing has to be sent.
 */
export async function* traceBatches(
  outbox: Outbox,
  traceId: string,
  after: number,
  isSent: (span: SpanInScope) => boolean,
): AsyncGenerator<NumberedBatch, void> {
  const open = new OpenBatch();
  let complete = after;
  const close = async (): Promise<NumberedBatch> => ({ batch: await open.close(outbox), complete });
  for await (const chunk of chunksAfter(outbox, traceId, after)) {
    if (open.via !== undefined && open.via.join(",") !== chunk.via.join(",")) yield await close();
    const resourceSpans = resourceSpansOf(chunk);
    const spans = new ChunkSpans(resourceSpans);
    const superseded = new Set(chunk.superseded);
    let position = 0;
    for (const span of spansIn(resourceSpans)) {
      if (!superseded.has(position) && isSent(span)) {
        const bytes = bytesOf(span.span);
        if (!open.hasRoom(bytes)) yield await close();
        open.add(spans, position, bytes, chunk.via);
      }
      position++;
    }
    complete = chunk.traceRevision;
  }
  if (complete > after) yield await close();
}

class OpenBatch {
  via: readonly string[] | undefined;
  readonly #positions = new Map<ChunkSpans, number[]>();
  #spans = 0;
  #bytes = 0;

  hasRoom(bytes: number): boolean {
    return this.#spans === 0 || (this.#spans < MOST_SPANS && this.#bytes + bytes <= MAX_REQUEST_BYTES);
  }

  add(chunk: ChunkSpans, position: number, bytes: number, via: readonly string[]): void {
    const positions = this.#positions.get(chunk);
    if (positions === undefined) this.#positions.set(chunk, [position]);
    else positions.push(position);
    this.via = via;
    this.#spans++;
    this.#bytes += bytes;
  }

  async close(outbox: Outbox): Promise<TraceBatch> {
    const picked = Array.from(this.#positions, ([chunk, positions]) => chunk.pick(positions)).flat();
    const batch = { spans: this.#spans, resourceSpans: await whole(outbox, picked), via: this.via ?? [] };
    this.via = undefined;
    this.#positions.clear();
    this.#spans = 0;
    this.#bytes = 0;
    return batch;
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
export function halves({ resourceSpans, spans, via }: TraceBatch): readonly TraceBatch[] {
  const chunk = new ChunkSpans(resourceSpans);
  const middle = Math.ceil(spans / 2);
  const positions = Array.from({ length: spans }, (_, at) => at);
  return [positions.slice(0, middle), positions.slice(middle)].map((half) => ({
    spans: half.length,
    resourceSpans: chunk.pick(half),
    via,
  }));
}
