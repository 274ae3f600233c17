import { readAgentRecord } from "./agents/agent-record.ts";
import { agentSubject } from "./agents/agent-spans.ts";
import { arkSubject, readArkRecord } from "./ark/ark-spans.ts";
import type { LogRecord } from "../log-record.ts";

/** The id of the span of its trace that a record is about; "" if it is about none. */
export function subjectOf(record: LogRecord): string {
  if (record.traceId !== undefined) return record.spanId ?? "";
  const ark = readArkRecord(record);
  if (ark !== undefined) return arkSubject(record, ark);
  const agent = readAgentRecord(record);
  return agent === undefined ? "" : agentSubject(record, agent);
}
