import { readContent } from "../../facts/span-content.ts";
import type { Outcome, SpanContent } from "../../facts/span-content.ts";
import type { Span, SpanEvent } from "../../otel/span.ts";

/**
 * What a span and its log records show together: messages, details and exceptions in records count as events of the span.
 * `outcome`: by the facts of the span and those of its records.
 */
export function readStep(span: Span, ofRecords: readonly SpanEvent[], outcome: Outcome): SpanContent {
  const events = ofRecords.length === 0 ? span.events : [...(span.events ?? []), ...ofRecords];
  return readContent({ ...span, ...(events && { events }) }, outcome);
}
