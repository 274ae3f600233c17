import type { ResourceLogs } from "../otel/log-record.ts";
import type { Span, ResourceSpans, ScopeSpans } from "../otel/span.ts";
import { readRecord } from "./read-record.ts";
import type { RecordReading } from "./read-record.ts";
import { agentSpan, agentSubject } from "./agents/agent-spans.ts";
import { arkSpans, arkSubject } from "./ark-events/ark-spans.ts";

/**
 * The spans derived from a record; most records give none. Derived spans have no trace id here: it is their record's, which
 * the receiver chooses.
 */
export function spansOfRecord({ record, source }: RecordReading): readonly Span[] {
  if (source.is === "ark") return record.traceId === undefined ? arkSpans(record, source.operation) : [];
  const span = source.is === "agent" ? agentSpan(record, source.agent) : undefined;
  return span === undefined ? [] : [span];
}

/**
 * The spans derived from log records, with the resources and scopes of their records, in the order of the facts. They have
 * no trace id: facts are derived without it, and the reader knows the records' trace.
 */
export function spansInLogs(resourceLogs: readonly ResourceLogs[]): readonly ResourceSpans[] {
  const derived: ResourceSpans[] = [];
  for (const { scopeLogs = [], ...group } of resourceLogs) {
    const scopeSpans: ScopeSpans[] = [];
    for (const { logRecords = [], ...scope } of scopeLogs) {
      const spans = logRecords.flatMap((record) => spansOfRecord(readRecord(record)));
      if (spans.length > 0) scopeSpans.push({ ...scope, spans });
    }
    if (scopeSpans.length > 0) derived.push({ ...group, scopeSpans });
  }
  return derived;
}

/** The id of the span that a record describes, in the record's trace; "" if it describes none. */
export function subjectOf({ record, source }: RecordReading): string {
  if (record.traceId !== undefined) return record.spanId ?? "";
  if (source.is === "ark") return arkSubject(record, source.operation);
  return source.is === "agent" ? agentSubject(record, source.agent) : "";
}
