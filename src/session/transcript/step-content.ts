import { readContent } from "../../facts/span-content.ts";
import type { Outcome, SpanContent } from "../../facts/span-content.ts";
import { contentEvents } from "../../logs/record-event.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import type { Span } from "../../otel/span.ts";

/**
 * What a span and its log records show together: messages, details and exceptions in records count as events of the span.
 * `outcome`: by the facts of the span and those of its records.
 */
export function readStep(span: Span, records: readonly LogRecord[], outcome: Outcome): SpanContent {
  const ofRecords = contentEvents(records);
  const events = ofRecords.length === 0 ? span.events : [...(span.events ?? []), ...ofRecords];
  return readContent({ ...span, ...(events && { events }) }, outcome);
}
