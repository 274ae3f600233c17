import { DAY_MILLIS } from "../../lib/nanoseconds.ts";

/** How much a deployment stores, and for how long. */
export type RetentionRule = {
  /** A trace expires this long after its last delivery, milliseconds; absent: never. */
  readonly maxAge?: number;
  /** Limit of one session: bodies and offloaded values. */
  readonly sessionBytes: number;
  /** Limit of all sessions of a tenant, size on disk; absent: no limit. */
  readonly tenantBytes?: number;
};

/** Storage and retention as a list or a session reports them. */
export type Retention = {
  /** Seconds; absent if nothing expires by age. */
  readonly maxAge?: number;
  /** Last delivery of the trace that expires next, Unix nanoseconds, decimal; absent without `maxAge` or without a trace. */
  readonly oldest?: string;
  /** Of a session: its bodies and offloaded values. Of a list: all of its sessions on disk, with an estimate for the owners of their traces. */
  readonly bytes: number;
  /** Maximum size of a session. Maximum size of all sessions; the least recently active are deleted first. */
  readonly maxBytes?: number;
  /** Of a list: why nothing can be stored. */
  readonly problem?: string;
  /** Of a list: sessions that were deleted for room, and the time of the last deletion, Unix nanoseconds. */
  readonly deleted?: { readonly sessions: number; readonly at: string };
};

/** Storage usage of one session. */
export type StorageUsage = {
  /** On disk, with an estimate for the owners of its traces. */
  readonly bytes: number;
  /** Last delivery of the least recently active trace, Unix milliseconds. */
  readonly oldest: number;
};

export type RetentionSettings = {
  readonly RETENTION_DAYS?: string | undefined;
  readonly MAX_SESSION_BYTES?: string | undefined;
  readonly MAX_TENANT_BYTES?: string | undefined;
};

const DEFAULT_DAYS = 30;
/** A hundred years. */
const MOST_DAYS = 36_500;
/** A tenth of the platform's 10 GB for an object: leaves room for replicas and offloaded values. */
const DEFAULT_SESSION_BYTES = 1_000_000_000;
/** Half of the platform's 10 GB for an object: facts and pages count too. */
const MOST_SESSION_BYTES = 5_000_000_000;
/** Fits on a laptop, and costs two dollars a month. */
const DEFAULT_TENANT_BYTES = 10_000_000_000;

export const DEFAULT_RETENTION: RetentionRule = {
  maxAge: DEFAULT_DAYS * DAY_MILLIS,
  sessionBytes: DEFAULT_SESSION_BYTES,
  tenantBytes: DEFAULT_TENANT_BYTES,
};

/** How late a trace may expire, milliseconds. A session with many traces thus wakes once a day for all of them. */
export function retentionSlack(maxAge: number): number {
  return Math.min(DAY_MILLIS, maxAge / 30);
}

/** Parses the deployment's variables; an empty one counts as absent. */
export function readRetention(
  settings: RetentionSettings,
): { readonly ok: true; readonly rule: RetentionRule } | { readonly ok: false; readonly error: string } {
  const days = readDays(settings.RETENTION_DAYS);
  if (days === undefined)
    return { ok: false, error: `RETENTION_DAYS must be a number of days up to ${MOST_DAYS}, or 0 or "forever"` };
  const sessionBytes = readBytes(settings.MAX_SESSION_BYTES, DEFAULT_SESSION_BYTES);
  if (sessionBytes === undefined || sessionBytes === 0 || sessionBytes > MOST_SESSION_BYTES)
    return { ok: false, error: "MAX_SESSION_BYTES must be a number of bytes such as 500MB, and at most 5GB" };
  const tenantBytes = readBytes(settings.MAX_TENANT_BYTES, DEFAULT_TENANT_BYTES);
  if (tenantBytes === undefined)
    return { ok: false, error: 'MAX_TENANT_BYTES must be a number of bytes such as 10GB, or 0 or "unlimited"' };
  const rule: RetentionRule = {
    sessionBytes,
    ...(days === 0 ? {} : { maxAge: days * DAY_MILLIS }),
    ...(tenantBytes === 0 ? {} : { tenantBytes }),
  };
  return { ok: true, rule };
}

function readDays(text: string | undefined): number | undefined {
  const given = text?.trim().toLowerCase() ?? "";
  if (given === "") return DEFAULT_DAYS;
  if (given === "forever") return 0;
  const days = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
  return days <= MOST_DAYS ? days : undefined;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 };

function readBytes(text: string | undefined, otherwise: number): number | undefined {
  const given = text?.trim().toLowerCase() ?? "";
  if (given === "") return otherwise;
  if (given === "unlimited") return 0;
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?) ?([kmgt]?b)?$/.exec(given) ?? [];
  if (digits === undefined) return undefined;
  return Math.round(Number(digits) * (UNITS[unit] ?? 1));
}
