/** W3C Trace Context, Level 2: the headers by which a trace goes from one program to the next. */

export type TraceParent = {
  /** 32 and 16 hex digits, in lower case, not all zero. */
  readonly traceId: string;
  readonly parentId: string;
  /** {@link SAMPLED} and {@link RANDOM}; other bits have no meaning yet. */
  readonly flags: number;
};

/** The caller records the trace. */
export const SAMPLED = 1;
/** The trace id is random, at least in its last 56 bits. */
export const RANDOM = 2;

/** `version-traceid-parentid-flags`; a later version may go on after a hyphen. Two headers reach us as one, with a comma. */
const TRACEPARENT = /^[ \t]*([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[^,\s]*)?[ \t]*$/;

const ZEROES = /^0+$/;

/** `undefined` for a header that is absent or invalid: a new trace begins, and `tracestate` is not read. */
export function readTraceparent(header: string | null | undefined): TraceParent | undefined {
  if (header === null || header === undefined) return undefined;
  const [, version, traceId = "", parentId = "", flags = "", more] = TRACEPARENT.exec(header) ?? [];
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (ZEROES.test(traceId) || ZEROES.test(parentId)) return undefined;
  // Of later versions only the first flag is known.
  const known = version === "00" ? SAMPLED | RANDOM : SAMPLED;
  return { traceId, parentId, flags: Number.parseInt(flags, 16) & known };
}

export function writeTraceparent({ traceId, parentId, flags }: TraceParent): string {
  return `00-${traceId}-${parentId}-0${flags}`;
}

/** Whether the trace of a call is recorded. */
export function isRecorded({ traceparent }: { readonly traceparent?: string | undefined }): boolean {
  return ((readTraceparent(traceparent)?.flags ?? 0) & SAMPLED) !== 0;
}

const MOST_MEMBERS = 32;

/** A key, `=`, and a value of printable ASCII without comma and `=`, which ends in no space. */
const MEMBER = /^([a-z0-9][a-z0-9_\-*/@]{0,255})=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;

/** The members to inherit, joined by commas, each key once. Empty for a header that is absent or has an illegal member. */
export function readTracestate(header: string | null | undefined): string {
  const members = new Map<string, string>();
  let count = 0;
  for (const part of (header ?? "").split(",")) {
    const member = part.replace(/^[ \t]+|[ \t]+$/g, "");
    if (member === "") continue;
    const key = MEMBER.exec(member)?.[1];
    if (key === undefined || ++count > MOST_MEMBERS) return "";
    if (!members.has(key)) members.set(key, member);
  }
  return [...members.values()].join(",");
}
