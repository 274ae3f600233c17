import type { AnyValue, KeyValue, Span } from "../../src/otel/span.ts";

/** A sent span, with the service of its resource. */
export type Sent = { readonly service: string; readonly span: Span };

/** Keys of a session's name by rank. */
export const SESSION_KEYS = { 1: "ark.session.id", 2: "session.id", 3: "gen_ai.conversation.id" } as const;

export type Attributes = Readonly<Record<string, string | number | AnyValue>>;

/** 16 hex digits that end in the given ones. */
export function spanId(digits: number | string): string {
  return (typeof digits === "number" ? digits.toString(16) : digits).padStart(16, "0");
}

/** A trace id that a test chooses by a word, the same in every run. */
export function traceIdOf(word: string): string {
  let hex = "";
  for (const unit of word) hex += unit.charCodeAt(0).toString(16);
  return hex.slice(0, 32).padEnd(32, "0");
}

/** Unix nanoseconds of this second of a day in 2026, decimal. */
export function at(seconds: number): string {
  return String(1_790_000_000_000_000_000n + BigInt(Math.round(seconds * 1e9)));
}

export function attributesOf(attributes: Attributes): KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

/** A span that ran for its first second, in the canonical form. */
export function aSpan(
  traceId: string,
  id: number | string,
  given: Partial<Span> = {},
  attributes: Attributes = {},
): Span {
  const { spanId: _, traceId: __, endTimeUnixNano, ...rest } = { endTimeUnixNano: at(1), ...given };
  const span: Span = {
    traceId,
    spanId: spanId(id),
    name: `span ${id}`,
    kind: 1,
    startTimeUnixNano: at(0),
    ...rest,
    ...(endTimeUnixNano === "0" ? {} : { endTimeUnixNano }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes: attributesOf(attributes) }),
  };
  return span;
}

/** This number of spans of a trace; the first is its root. */
export function someSpans(traceId: string, first: number, count: number, attributes: Attributes = {}): Span[] {
  return Array.from({ length: count }, (_, n) =>
    aSpan(traceId, first + n, first + n === 1 ? {} : { parentSpanId: spanId(1) }, attributes),
  );
}

/** The spans as the JSON text of an ExportTraceServiceRequest, one resource for each service. */
export function exportOf(sent: readonly (Sent | Span)[]): string {
  const services = new Map<string, Span[]>();
  for (const item of sent) {
    const { service, span } = "span" in item ? item : { service: "tests", span: item };
    services.set(service, [...(services.get(service) ?? []), span]);
  }
  const resourceSpans = Array.from(services, ([service, spans]) => ({
    resource: { attributes: attributesOf({ "service.name": service }) },
    scopeSpans: [{ scope: { name: "spanfold.tests" }, spans }],
  }));
  return JSON.stringify({ resourceSpans });
}

function anyValue(value: string | number | AnyValue): AnyValue {
  if (typeof value === "string") return { stringValue: value };
  return typeof value === "number" ? { intValue: String(value) } : value;
}
