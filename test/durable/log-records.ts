import type { LogRecord, ResourceLogs } from "../../src/otel/log-record.ts";
import type { Resource } from "../../src/otel/span.ts";
import { at, attributesOf } from "./spans.ts";
import type { Attributes } from "./spans.ts";

/** A sent log record, with the service of its resource. */
export type SentRecord = { readonly service: string; readonly record: LogRecord };

/** A record of a second of the session, in the canonical form. */
export function aRecord(
  body: string,
  seconds: number,
  given: Partial<LogRecord> = {},
  attributes: Attributes = {},
): LogRecord {
  const { traceId, spanId, eventName, ...rest } = given;
  return {
    timeUnixNano: at(seconds),
    ...rest,
    body: { stringValue: body },
    ...(Object.keys(attributes).length === 0 ? {} : { attributes: attributesOf(attributes) }),
    ...(traceId === undefined ? {} : { traceId }),
    ...(spanId === undefined ? {} : { spanId }),
    ...(eventName === undefined ? {} : { eventName }),
  };
}

/** The records as the JSON text of an ExportLogsServiceRequest, one resource for each service. */
export function logsExportOf(sent: readonly (SentRecord | LogRecord)[]): string {
  const services = new Map<string, LogRecord[]>();
  for (const item of sent) {
    const { service, record } = "record" in item ? item : { service: "tests", record: item };
    services.set(service, [...(services.get(service) ?? []), record]);
  }
  const resourceLogs = Array.from(services, ([service, logRecords]) => ({
    resource: { attributes: attributesOf({ "service.name": service }) },
    scopeLogs: [{ scope: { name: "spanfold.tests" }, logRecords }],
  }));
  return JSON.stringify({ resourceLogs });
}

export type LocatedRecord = { readonly service: string; readonly record: LogRecord };

export function recordsOf(resourceLogs: readonly ResourceLogs[]): LocatedRecord[] {
  return resourceLogs.flatMap(({ resource, scopeLogs = [] }) =>
    scopeLogs.flatMap(({ logRecords = [] }) => logRecords.map((record) => locatedRecord(record, resource))),
  );
}

export function locatedRecord(record: LogRecord, resource: Resource | undefined): LocatedRecord {
  return { service: resource?.attributes?.[0]?.value?.stringValue ?? "", record };
}

export function recordText({ service, record }: LocatedRecord): string {
  return `${service} ${JSON.stringify(record)}`;
}
