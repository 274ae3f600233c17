import { readSlots } from "../facts/attributes/attribute-slots.ts";
import { resourceSlots, sessionIn } from "../facts/facts.ts";
import type { SessionName } from "../facts/session-name.ts";
import type { LogRecord } from "../log-record.ts";
import type { Resource } from "../span.ts";

/** The name that a record gives its session: its own, else its resource's of the same rank. */
export function sessionOfRecord(record: LogRecord, resource: Resource | undefined): SessionName | undefined {
  return sessionIn(readSlots(record.attributes), resourceSlots(resource));
}
