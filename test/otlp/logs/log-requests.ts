import { statusOf } from "../../../src/otlp/refusals.ts";
import type { Result } from "../../../src/otlp/refusals.ts";
import { encodeDelivery } from "../../../src/otlp/group/encode-delivery.ts";
import { decodeLogs } from "../../../src/otlp/logs/decode-logs.ts";
import type { DecodedLogs } from "../../../src/otlp/group/trace-group.ts";
import type { Delivery } from "../../../src/facts/delivery.ts";
import type { LogRecord, ResourceLogs } from "../../../src/otel/log-record.ts";
import { jsonBytes, textOf, TRACE } from "../requests.ts";

export const LOGS = "ExportLogsServiceRequest";

/** A record as an exporter sends it, with a test's own fields. */
export function record(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return { timeUnixNano: "1795262400000000000", traceId: TRACE, ...fields };
}

export function request(...logRecords: unknown[]): unknown {
  return { resourceLogs: [{ scopeLogs: [{ logRecords }] }] };
}

export function decodeJsonLogs(body: unknown): Result<DecodedLogs> {
  return decodeLogs(jsonBytes(body), "json");
}

/** `accepted 2, rejected 1: …` or `400 …`: the answer to the sender on one line. */
export function outcomeOf(result: Result<DecodedLogs>): string {
  if (!result.ok) {
    const { http, message } = statusOf(result.error);
    return `${http} ${message}`;
  }
  const { records, rejected } = result.value;
  return `accepted ${records}${rejected.count === 0 ? "" : `, rejected ${rejected.count}: ${rejected.reason}`}`;
}

export function deliveriesOf(result: Result<DecodedLogs>): Delivery[] {
  if (!result.ok) throw new Error(outcomeOf(result));
  return result.value.groups.map((group) => encodeDelivery(group));
}

/** All records of a request, in the order of the log. */
export function recordsOf(result: Result<DecodedLogs>): LogRecord[] {
  return deliveriesOf(result).flatMap((delivery) => {
    const resourceLogs: ResourceLogs[] = JSON.parse(textOf(delivery));
    return resourceLogs.flatMap(({ scopeLogs = [] }) => scopeLogs.flatMap(({ logRecords = [] }) => logRecords));
  });
}
