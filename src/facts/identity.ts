import { numberIn, indexAttributes, FIELD, textIn } from "./attribute-index.ts";
import type { AttributeIndex } from "./attribute-index.ts";
import type { Span } from "../otel/span.ts";

/** Which span an encoding is of, and whether that span had ended when it was written. */
export type SpanIdentity = {
  readonly spanId: string;
  /** "" where the span has none. */
  readonly parentSpanId: string;
  readonly running: boolean;
  /** Unix nanoseconds; 0n while it runs. */
  readonly end: bigint;
  /** As in {@link SpanFacts}; 0n where nothing says. */
  readonly asOf: bigint;
};

/**
 * Reads every dialect in which exporters tell of spans that have not ended. The log, the stream and export keep the
 * exporter's bytes; whoever asks whose they are asks here, through facts. OTLP's own sign is an end that is absent.
 */
export function spanIdentity(span: Span, index: AttributeIndex = indexAttributes(span.attributes)): SpanIdentity {
  const { spanId, parentSpanId = "" } = span;
  const end = BigInt(span.endTimeUnixNano ?? 0);
  if (index[FIELD.pendingCopy] !== undefined && parentSpanId !== "") {
    return { spanId: parentSpanId, parentSpanId: pendingParent(index), running: true, end: 0n, asOf: end };
  }
  const version = index[FIELD.wasLongRunning] === undefined ? numberIn(index, FIELD.partialVersion) : undefined;
  if (version !== undefined) return { spanId, parentSpanId, running: true, end: 0n, asOf: BigInt(version) };
  if (index[FIELD.pending] !== undefined) return { spanId, parentSpanId, running: true, end: 0n, asOf: end };
  return { spanId, parentSpanId, running: end === 0n, end, asOf: 0n };
}

const SPAN_ID = /^(?!0{16}$)[0-9a-f]{16}$/i;

function pendingParent(index: AttributeIndex): string {
  const id = textIn(index, FIELD.pendingParent);
  return id !== undefined && SPAN_ID.test(id) ? id.toLowerCase() : "";
}
