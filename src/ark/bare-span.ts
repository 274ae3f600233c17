import { plainValue } from "../otel/any-value.ts";
import type { KeyValue, Resource, ResourceSpans, Span } from "../otel/span.ts";

/** A span as Ark's clients read it: without scope, events and links, its resource as a flat map. */
export type BareSpan = {
  readonly traceId: string;
  readonly spanId: string;
  /** "" where it has none. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  /** "0" while it runs. */
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly status: { readonly code: number; readonly message: string };
  readonly resource: Readonly<Record<string, unknown>>;
};

export function bareSpan(span: Span, resource: Readonly<Record<string, unknown>>): BareSpan {
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

/** The attributes as plain data. `fromEntries` defines: a key from outside may be `__proto__`. */
export function flatResource(resource: Resource | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries((resource?.attributes ?? []).map(({ key, value }) => [key, plainValue(value)]));
}

/** All of them, in the order of the log. */
export function bareSpans(resourceSpans: readonly ResourceSpans[]): BareSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const flat = flatResource(resource);
    return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => bareSpan(span, flat)));
  });
}
