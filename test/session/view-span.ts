import type { SpanFacts } from "../../src/facts/facts.ts";
import type { ViewSpan } from "../../src/session/tree/tree.ts";
import { factsOf, id, TRACE } from "../facts/facts-of.ts";

/** A span as a view holds it, named and linked by short ids; the tree looks at its facts only. */
export function viewSpan(
  spanId: string | number,
  parent: string | number,
  more: Partial<SpanFacts> = {},
  traceId = TRACE,
): ViewSpan {
  const facts = factsOf({
    spanId: id(spanId),
    parentSpanId: parent === "" ? "" : id(parent),
    name: `span ${spanId}`,
    ...more,
  });
  return viewOf(traceId, facts);
}

export function viewOf(traceId: string, facts: SpanFacts): ViewSpan {
  const key = `${traceId}:${facts.spanId}:${facts.otlpKind}`;
  return { key, traceId, span: { traceId, spanId: facts.spanId }, facts, received: "0" };
}
