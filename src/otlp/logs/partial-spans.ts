import type { OffloadedValue } from "../../facts/delivery.ts";
import { inflate } from "../../lib/body-codec.ts";
import { timeOfRecord } from "../../otel/log-record.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import { PARTIAL_EVENT_KEYS, PARTIAL_HEARTBEAT, PARTIAL_STOP } from "../../otel/semconv/running.ts";
import type { AnyValue, Span } from "../../otel/span.ts";
import { canonicalSpan } from "../canonical.ts";
import { decodeTraces } from "../decode-traces.ts";
import { OpenTraceGroup } from "../group/open-group.ts";
import type { TraceGroup } from "../group/trace-group.ts";
import { MAX_GROUP_TEXT } from "../limits.ts";
import type { OtlpEncoding } from "../media-type.ts";
import { statusOf } from "../refusals.ts";
import { Buffer } from "node:buffer";

/**
 * Spans inside log records (G-Research's partial spans). Such a record adds nothing to its span, so only the span is stored.
 * Readers of the log then see running spans, never their wrapping.
 */
export class PartialSpans {
  readonly #encoding: OtlpEncoding;
  readonly #open = new Map<string, OpenTraceGroup>();
  readonly #all: OpenTraceGroup[] = [];
  #size = 0;
  #spans = 0;

  constructor(encoding: OtlpEncoding) {
    this.#encoding = encoding;
  }

  /** `undefined` if the record holds no span; `fault`: the reason if it was refused. */
  add(record: LogRecord, values: readonly OffloadedValue[]): { readonly fault?: string } | undefined {
    const partial = readPartial(record, values);
    if (partial === undefined) return undefined;
    const decoded = decodeTraces(partial.body, partial.encoding, (span) => spanAsOf(partial, span));
    if (!decoded.ok) return { fault: `body: ${statusOf(decoded.error).message}` };
    const { groups, rejected } = decoded.value;
    if (rejected.reason !== undefined) return { fault: `body: ${rejected.reason}` };
    if (groups.length === 0) return { fault: "body: it contains no span" };
    for (const group of groups) this.#take(group);
    return {};
  }

  /** Counts towards the request's limit, like a group's size. */
  get size(): number {
    return this.#size;
  }

  /** Repeats included: a record may hold many spans. */
  get spans(): number {
    return this.#spans;
  }

  get traces(): number {
    return this.#open.size;
  }

  close(): readonly TraceGroup[] {
    return this.#all.map((group) => group.close(this.#encoding, undefined));
  }

  #take({ traceId, resources }: TraceGroup): void {
    let open = this.#open.get(traceId);
    if (open === undefined || open.size > MAX_GROUP_TEXT / 2) {
      open = new OpenTraceGroup(traceId);
      this.#open.set(traceId, open);
      this.#all.push(open);
    }
    const before = open.size;
    for (const { resource, scopes } of resources) {
      for (const { scope, items } of scopes) {
        for (const item of items) open.add(resource, scope, item);
        this.#spans += items.length;
      }
    }
    this.#size += open.size - before;
  }
}

/** A log record with a span inside: reports a running span, or its end. */
export type PartialRecord = {
  readonly event: typeof PARTIAL_HEARTBEAT | typeof PARTIAL_STOP;
  /** Time of the report: Unix nanoseconds, decimal. */
  readonly time: string;
  /** TracesData, in either encoding. */
  readonly encoding: OtlpEncoding;
  readonly body: Uint8Array;
};

/** `undefined` for any other record. `values`: the record's offloaded values. */
export function readPartial(record: LogRecord, values: readonly OffloadedValue[]): PartialRecord | undefined {
  const event = record.attributes?.find(({ key }) => key === PARTIAL_EVENT_KEYS[0])?.value?.stringValue;
  if (event !== PARTIAL_HEARTBEAT && event !== PARTIAL_STOP) return undefined;
  const { stringValue: text = "", bytesValue } = whole(record.body ?? {}, values);
  const isJson = bytesValue === undefined && /^\s*\{/.test(text);
  const body = isJson ? Buffer.from(text) : Buffer.from(bytesValue ?? text, "base64");
  return { event, time: timeOfRecord(record), encoding: isJson ? "json" : "protobuf", body };
}

function whole(body: AnyValue, values: readonly OffloadedValue[]): AnyValue {
  const taken = values.find(({ hash }) => hash === body.offloaded?.hash);
  if (taken === undefined) return body;
  const value: AnyValue = JSON.parse(Buffer.from(inflate(taken.encoding, taken.body)).toString());
  return value;
}

/** The span in the state that the record reports: a running span is marked as running at that time, a stopped span has an end. */
export function spanAsOf({ event, time }: PartialRecord, span: Span): Span {
  const end = span.endTimeUnixNano ?? "";
  const attributes = span.attributes ?? [];
  if (event === PARTIAL_STOP) return end === "" ? rewritten(span, time, attributes) : span;
  const report = { key: PARTIAL_EVENT_KEYS[0], value: { stringValue: event } };
  return rewritten(span, time, [...attributes.filter(({ key }) => key !== report.key), report]);
}

function rewritten(span: Span, endTimeUnixNano: string, attributes: Span["attributes"] & {}): Span {
  return canonicalSpan({
    traceId: span.traceId,
    spanId: span.spanId,
    traceState: span.traceState ?? "",
    parentSpanId: span.parentSpanId ?? "",
    flags: span.flags ?? 0,
    name: span.name ?? "",
    kind: span.kind ?? 0,
    startTimeUnixNano: span.startTimeUnixNano ?? "",
    endTimeUnixNano,
    attributes,
    droppedAttributesCount: span.droppedAttributesCount ?? 0,
    events: span.events ?? [],
    droppedEventsCount: span.droppedEventsCount ?? 0,
    links: span.links ?? [],
    droppedLinksCount: span.droppedLinksCount ?? 0,
    statusMessage: span.status?.message ?? "",
    statusCode: span.status?.code ?? 0,
  });
}
