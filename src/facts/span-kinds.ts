/** Apart from how kinds are read: the page's address needs their names only. */

/** The kinds of spans, independent of the exporter's words. The order is part of encoded facts. */
export const SPAN_KINDS = [
  "query",
  "agent",
  "team",
  "turn",
  "llm",
  "tool",
  "retrieval",
  "embedding",
  "http",
  "db",
  "messaging",
  "chain",
  "internal",
] as const;

export type SpanKind = (typeof SPAN_KINDS)[number];
