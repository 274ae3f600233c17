import { readAgentRecord } from "./agents/agent-record.ts";
import { agentSpan } from "./agents/agent-spans.ts";
import { arkSpans, readArkRecord } from "./ark/ark-spans.ts";
import type { LogRecord } from "../log-record.ts";
import type { Span } from "../span.ts";

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
