import { indexAttributes } from "../facts/attribute-index.ts";
import { resourceIndex, sessionIn } from "../facts/facts.ts";
import type { SessionName } from "../facts/session-id.ts";
import type { LogRecord } from "../otel/log-record.ts";
import type { Resource } from "../otel/span.ts";

/** The name that a record gives its session: its own, else its resource's of the same rank. */
export function sessionOfRecord(record: LogRecord, resource: Resource | undefined): SessionName | undefined {
  return sessionIn(indexAttributes(record.attributes), resourceIndex(resource));
}
