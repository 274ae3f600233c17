import { recordOfArkEvent } from "../../src/ark/events/event-record.ts";
import type { ArkEvent } from "../../src/ark/events/posted-event.ts";
import { deriveRecordFacts } from "../../src/logs/record-facts.ts";
import type { SpanFacts } from "../../src/facts/facts.ts";

const START = Date.parse("2026-09-21T14:13:20Z");

/** An event of the query `weather`, `second` seconds after the start of its session. */
export function arkEvent(reason: string, second: number, data: Readonly<Record<string, string>> = {}): ArkEvent {
  const query = { queryId: "q-1", queryName: "weather", queryNamespace: "default", sessionId: "s-1" };
  return {
    timestamp: new Date(START + second * 1_000).toISOString(),
    eventType: reason.endsWith("Error") ? "Warning" : "Normal",
    reason,
    message: reason,
    data: { ...query, ...data },
  };
}

export function factsOfEvent(event: ArkEvent): readonly SpanFacts[] {
  const { record, scope, resource } = recordOfArkEvent(event);
  return deriveRecordFacts(record, JSON.stringify(record), resource, scope).spans;
}
