import { readFileSync } from "node:fs";
import type { LogRecord, ResourceLogs } from "../../src/otel/log-record.ts";
import type { KeyValue, Resource, Scope } from "../../src/otel/span.ts";

export type CapturedRecord = {
  readonly record: LogRecord;
  readonly scope: Scope | undefined;
  readonly resource: Resource | undefined;
};

/** The log records of a captured body in canonical form. Corrects only the deviations in these bodies. */
export function capturedRecords(file: string): readonly CapturedRecord[] {
  const body = readFileSync(new URL(`../fixtures/logs/${file}.json`, import.meta.url), "utf8");
  const { resourceLogs }: { readonly resourceLogs: readonly ResourceLogs[] } = JSON.parse(body);
  return resourceLogs.flatMap(({ resource, scopeLogs }) =>
    (scopeLogs ?? []).flatMap(({ scope, logRecords }) =>
      (logRecords ?? []).map((record) => ({ record: canonical(record), scope, resource })),
    ),
  );
}

/** The record as sent by an agent that does not trace. */
export function untraced(captured: CapturedRecord): CapturedRecord {
  const { traceId: _, spanId: __, ...record } = captured.record;
  return { ...captured, record };
}

function canonical(record: LogRecord): LogRecord {
  const fields = Object.entries(record).filter(
    ([, value]) => value !== "" && value !== "0" && value !== 0 && value !== null,
  );
  const { attributes, ...rest } = Object.fromEntries(fields) as LogRecord;
  return { ...rest, ...(attributes === undefined ? {} : { attributes: attributes.map(canonicalAttribute) }) };
}

function canonicalAttribute({ key, value }: KeyValue): KeyValue {
  const whole: unknown = value?.intValue;
  return { key, value: typeof whole === "number" ? { intValue: String(whole) } : (value ?? {}) };
}
