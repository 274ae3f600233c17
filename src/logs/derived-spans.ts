import type { LogRecord, ResourceLogs } from "../otel/log-record.ts";
import type { Span, ResourceSpans, ScopeSpans } from "../otel/span.ts";
import { readAgentRecord } from "./agents/agent-record.ts";
import { agentSpan, agentSubject } from "./agents/agent-spans.ts";
import { arkSpans, readArkRecord, arkSubject } from "./ark-events/ark-spans.ts";

/**
 * The spans that a record tells of, none of most. Only of a record without a trace id: where there is one, the producer
 * traces, and its spans tell the same. They have no trace id either: theirs is the home of their record.
 */
export function spansOfRecord(record: LogRecord): readonly Span[] {
  if (record.traceId !== undefined) return [];
  const ark = readArkRecord(record);
  if (ark !== undefined) return arkSpans(record, ark);
  const agent = readAgentRecord(record);
  const span = agent === undefined ? undefined : agentSpan(record, agent);
  return span === undefined ? [] : [span];
}

/**
 * The spans that log records tell of, with the resources and scopes of their records, in the order in which facts count
 * them. Where they have no trace id, it is that of the records' home: facts are derived without it.
 */
export function spansInLogs(resourceLogs: readonly ResourceLogs[]): readonly ResourceSpans[] {
  const told: ResourceSpans[] = [];
  for (const { scopeLogs = [], ...group } of resourceLogs) {
    const scopeSpans: ScopeSpans[] = [];
    for (const { logRecords = [], ...scope } of scopeLogs) {
      const spans = logRecords.flatMap((record) => spansOfRecord(record));
      if (spans.length > 0) scopeSpans.push({ ...scope, spans });
    }
    if (scopeSpans.length > 0) told.push({ ...group, scopeSpans });
  }
  return told;
}

/** The id of the span of its trace that a record is about; "" if it is about none. */
export function subjectOf(record: LogRecord): string {
  if (record.traceId !== undefined) return record.spanId ?? "";
  const ark = readArkRecord(record);
  if (ark !== undefined) return arkSubject(record, ark);
  const agent = readAgentRecord(record);
  return agent === undefined ? "" : agentSubject(record, agent);
}
