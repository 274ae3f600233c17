import { numberIn, indexAttributes, textIn } from "./attribute-index.ts";
import * as FIELD from "./fields.ts";
import type { AttributeIndex } from "./attribute-index.ts";
import type { Span } from "../otel/span.ts";

/** The span to which a version belongs, and whether the span had ended when the version was written. */
export type SpanIdentity = {
  readonly spanId: string;
  /** "" if the span has no parent. */
  readonly parentSpanId: string;
  readonly running: boolean;
  /** Unix nanoseconds; 0n while the span runs. */
  readonly end: bigint;
  /** As in {@link SpanFacts}; 0n if unknown. */
  readonly asOf: bigint;
};

/**
 * Reads every dialect in which exporters report running spans. The log, the stream and exports keep the exporter's bytes;
 * only this function, through facts, says to which span they belong. In OTLP itself a running span has no end.
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
