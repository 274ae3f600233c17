import { streamOf } from "../../lib/stream-of.ts";
import { plainValue } from "../../otel/any-value.ts";
import type { Resource, ResourceSpans, Span } from "../../otel/span.ts";
import { LogChunk, withWholeValues } from "../../routes/read/log-chunks.ts";
import { walkLog } from "../../session/contract/log-reader.ts";
import type { View, LogEntry } from "../../session/contract/log-page.ts";
import type { SessionLog, ReadItems } from "../follow/items.ts";
import type { BareSpan } from "../schemas.ts";

function bareSpan(span: Span, resource: Readonly<Record<string, unknown>>): BareSpan {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? "",
    name: span.name ?? "",
    kind: span.kind ?? 0,
    startTimeUnixNano: span.startTimeUnixNano ?? "0",
    endTimeUnixNano: span.endTimeUnixNano ?? "0",
    attributes: span.attributes ?? [],
    status: { code: span.status?.code ?? 0, message: span.status?.message ?? "" },
    resource,
  };
}

/** The attributes as plain data. `fromEntries` defines properties: a key from outside may be `__proto__`. */
function flatResource(resource: Resource | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries((resource?.attributes ?? []).map(({ key, value }) => [key, plainValue(value)]));
}

/** All spans, in the order of the log. */
function bareSpans(resourceSpans: readonly ResourceSpans[]): BareSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const flat = flatResource(resource);
    return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => bareSpan(span, flat)));
  });
}

/** The spans of a revision that are not superseded. An Ark client knows no previews: large values are put back. */
export async function currentSpans(
  stub: SessionLog,
  entry: LogEntry,
): Promise<readonly { readonly position: number; readonly span: BareSpan }[]> {
  if (entry.kind !== "spans") return [];
  const { spans } = new LogChunk(entry);
  const superseded = new Set(entry.superseded);
  const positions = Array.from({ length: spans.length }, (_, at) => at).filter((at) => !superseded.has(at));
  const picked = spans.pick(positions);
  const whole = entry.hashes.length === 0 ? picked : await withWholeValues(stub, picked, entry.hashes);
  return bareSpans(whole).map((span, at) => ({ position: positions[at] ?? 0, span }));
}

/** The spans of a revision, as items. */
export const spanItems: ReadItems = async (stub, entry) =>
  (await currentSpans(stub, entry)).map(({ position, span }) => ({ index: itemIndexOf(position), data: span }));

/** The index of a span's last item: a stream of events has one for its start and one for its end. */
export function itemIndexOf(position: number): number {
  return 2 * position + 2;
}

/** The bare spans of a log, up to its head when reading begins. */
async function* spansInLog(stub: SessionLog, view: View): AsyncGenerator<BareSpan, void> {
  // Spans that were sent can't be taken back: if the log changes meanwhile, the document must not end well.
  for await (const { entries } of walkLog(stub, { view }))
    for (const entry of entries) for (const { span } of await currentSpans(stub, entry)) yield span;
}

/** The spans of a log as JSON with commas between them; all, or those that are wanted. */
export async function* spanTexts(
  stub: SessionLog,
  view: View,
  isWanted: (span: BareSpan) => boolean = () => true,
): AsyncGenerator<string, void> {
  let first = true;
  for await (const span of spansInLog(stub, view)) {
    if (!isWanted(span)) continue;
    yield `${first ? "" : ","}${JSON.stringify(span)}`;
    first = false;
  }
}

/** The size of one write, in UTF-16 units. */
const PIECE = 64_000;

/** A body that is produced only as fast as the reader takes it. */
export function textStream(texts: AsyncGenerator<string, void>): ReadableStream<Uint8Array> {
  return streamOf(inPieces(texts));
}

async function* inPieces(texts: AsyncGenerator<string, void>): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder();
  let piece = "";
  for await (const text of texts) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield encoder.encode(piece);
    piece = "";
  }
  if (piece !== "") yield encoder.encode(piece);
}
