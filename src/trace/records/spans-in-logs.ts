import type { ResourceLogs } from "../log-record.ts";
import type { ResourceSpans, ScopeSpans } from "../span.ts";
import { spansOfRecord } from "./spans-of-record.ts";

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
