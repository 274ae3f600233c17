import { context, isSpanContextValid, SpanKind, trace, TraceFlags } from "@opentelemetry/api";
import type { Attributes, Span } from "@opentelemetry/api";
import { AnchoredSpan } from "./anchored-span.ts";
import { now } from "./clock.ts";
import { sessionAttributes } from "./session.ts";

const SCOPE = "@spanfold/producer";

/**
 * Runs `fn` in a span that ends with it, or with the promise that it answers. What it throws is the span's status ERROR and an
 * `exception` event, and is thrown on.
 */
export function withSpan<T>(name: string, attributes: Attributes, fn: (span: Span) => T): T {
  return inSpan({ name, attributes, kind: SpanKind.INTERNAL }, (span) => new AnchoredSpan(span), fn);
}

type SpanOptions = { readonly name: string; readonly attributes: Attributes; readonly kind: SpanKind };

/** The same, with the span as `wrap` makes it. */
export function inSpan<S extends AnchoredSpan, T>(
  { name, attributes, kind }: SpanOptions,
  wrap: (span: Span) => S,
  fn: (span: S) => T,
): T {
  const parent = context.active();
  const options = { kind, attributes: { ...sessionAttributes(parent), ...attributes }, startTime: now() };
  const span = wrap(trace.getTracer(SCOPE).startSpan(name, options, parent));
  const failed = (error: unknown): never => {
    span.fail(error);
    span.end();
    throw error;
  };
  let result: T;
  try {
    result = context.with(trace.setSpan(parent, span), () => fn(span));
  } catch (error) {
    return failed(error);
  }
  if (isPromise(result)) {
    return result.then((value) => {
      span.end();
      return value;
    }, failed) as T;
  }
  span.end();
  return result;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** The span around the caller, to set attributes and events on. */
export function currentSpan(): Span | undefined {
  return trace.getActiveSpan();
}

export type CurrentTrace = {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
  /** The header of that name, for a request of one's own. */
  readonly traceparent: string;
};

/** The ids around the caller, for logs and links; `undefined` outside any span. */
export function currentTrace(): CurrentTrace | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  if (active === undefined || !isSpanContextValid(active)) return undefined;
  const { traceId, spanId, traceFlags } = active;
  const flags = traceFlags.toString(16).padStart(2, "0");
  const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  return { traceId, spanId, isSampled, traceparent: `00-${traceId}-${spanId}-${flags}` };
}
