import type { LogRecord, ResourceLogs } from "../../trace/log-record.ts";
import { restored, restoredValue } from "../values/restore-values.ts";
import type { Lookup } from "../values/restore-values.ts";

/** As `restoreValues`, for log records: their bodies may be large too. */
export function restoreLogValues(resourceLogs: readonly ResourceLogs[], lookup: Lookup): readonly ResourceLogs[] {
  return resourceLogs.map((group) => ({
    ...group,
    ...(group.resource === undefined ? {} : { resource: restored(group.resource, lookup) }),
    ...(group.scopeLogs === undefined
      ? {}
      : {
          scopeLogs: group.scopeLogs.map((scopeLogs) => ({
            ...scopeLogs,
            ...(scopeLogs.scope === undefined ? {} : { scope: restored(scopeLogs.scope, lookup) }),
            ...(scopeLogs.logRecords === undefined
              ? {}
              : { logRecords: scopeLogs.logRecords.map((record) => restoredRecord(record, lookup)) }),
          })),
        }),
  }));
}

function restoredRecord(record: LogRecord, lookup: Lookup): LogRecord {
  const whole = restored(record, lookup);
  return whole.body === undefined ? whole : { ...whole, body: restoredValue(whole.body, lookup) };
}
