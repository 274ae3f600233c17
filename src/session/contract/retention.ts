/** What a deployment keeps, and for how long. */
export type RetentionRule = {
  /** For how long after its last arrival a trace is kept, milliseconds; absent: until it is deleted. */
  readonly maxAge?: number;
  /** Bodies and large values of one session. */
  readonly sessionBytes: number;
  /** All sessions of a tenant, as they lie on disk; absent: no ceiling. */
  readonly tenantBytes?: number;
};

/** What is told of it, with a list or a session. */
export type Retention = {
  /** Seconds; absent where nothing is forgotten for its age. */
  readonly maxAge?: number;
  /** The last arrival of the trace that is forgotten next, Unix nanoseconds, decimal; absent without `maxAge`, or without a trace. */
  readonly oldest?: string;
  /** Of a session: its bodies and large values. Of a list: all of its sessions on disk, their traces' homes estimated. */
  readonly bytes: number;
  /** Where a session takes no more, and a list forgets the sessions that were silent for longest. */
  readonly maxBytes?: number;
  /** Of a list: sessions that were forgotten because there was no room, and when the last of them was, Unix nanoseconds. */
  readonly deleted?: { readonly sessions: number; readonly at: string };
};

/** What one session keeps, as its row in the list has it. */
export type StorageUsage = {
  /** On disk, with an estimate for the homes of its traces. */
  readonly bytes: number;
  /** The last arrival of the trace that has been silent for longest, Unix milliseconds. */
  readonly oldest: number;
};

export type RetentionSettings = {
  readonly RETENTION_DAYS?: string | undefined;
  readonly MAX_SESSION_BYTES?: string | undefined;
  readonly MAX_TENANT_BYTES?: string | undefined;
};

const DAY_MILLIS = 86_400_000;
const DEFAULT_DAYS = 30;
/** A hundred years are for ever. */
const MOST_DAYS = 36_500;
/** A tenth of what the platform gives an object, so that copies and values fit beside them. */
const DEFAULT_SESSION_BYTES = 1_000_000_000;
/** An object may have 10 GB on disk, facts and pages included. */
const MOST_SESSION_BYTES = 5_000_000_000;
/** What a laptop spares, and two dollars a month pay. */
const DEFAULT_TENANT_BYTES = 10_000_000_000;

export const DEFAULT_RETENTION: RetentionRule = {
  maxAge: DEFAULT_DAYS * DAY_MILLIS,
  sessionBytes: DEFAULT_SESSION_BYTES,
  tenantBytes: DEFAULT_TENANT_BYTES,
};

/** How late what is due may be forgotten, milliseconds: so that a session with many traces wakes once a day for all of them. */
export function retentionSlack(maxAge: number): number {
  return Math.min(DAY_MILLIS, maxAge / 30);
}

/** What the deployment's variables say; an empty one is none. */
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
