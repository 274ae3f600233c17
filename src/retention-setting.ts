import type { Bindings } from "./bindings.ts";
import { DEFAULT_RETENTION, readRetention } from "./trace/retention.ts";
import type { RetentionRule } from "./trace/retention.ts";

let known: { readonly of: string; readonly rule: RetentionRule } | undefined;

/** What this deployment keeps. What is wrong with a setting is said in the log, once an isolate; the defaults then hold. */
export function retentionSetting({ RETENTION_DAYS, MAX_SESSION_BYTES, MAX_TENANT_BYTES }: Bindings): RetentionRule {
  const of = JSON.stringify([RETENTION_DAYS, MAX_SESSION_BYTES, MAX_TENANT_BYTES]);
  if (known?.of !== of) {
    const read = readRetention({ RETENTION_DAYS, MAX_SESSION_BYTES, MAX_TENANT_BYTES });
    if (!read.ok) console.error(JSON.stringify({ message: "a setting is wrong", error: read.error }));
    known = { of, rule: read.ok ? read.rule : DEFAULT_RETENTION };
  }
  return known.rule;
}
