import { isRecord } from "../../lib/plain-data.ts";
import { ARK_OPERATIONS, ARK_PHASES } from "../../otel/semconv/ark.ts";

/** An event, as posted by an Ark installation. */
export type ArkEvent = {
  /** RFC 3339. */
  readonly timestamp: string;
  readonly eventType: string;
  /** An operation and its phase: `ToolCallComplete`. */
  readonly reason: string;
  readonly message: string;
  readonly data: Readonly<Record<string, string>>;
};

/** Ark cuts a query's input to this many UTF-16 units. */
export const ARK_INPUT_UNITS = 48;

export type ArkOperation = keyof typeof ARK_OPERATIONS;
export type ArkPhase = (typeof ARK_PHASES)[number];

const REASON = new RegExp(`^(${Object.keys(ARK_OPERATIONS).join("|")})(${ARK_PHASES.join("|")})$`);

/** The operation and phase of a reason; `undefined` if the reason describes no span. */
export function readReason(reason: string): { readonly operation: ArkOperation; readonly phase: ArkPhase } | undefined {
  const [, operation, phase] = REASON.exec(reason) ?? [];
  return operation === undefined ? undefined : { operation: operation as ArkOperation, phase: phase as ArkPhase };
}

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/i;

/** Unix nanoseconds of an RFC 3339 text, with all its digits; `undefined` for any other text. */
export function instantOf(text: string): bigint | undefined {
  const [, seconds, fraction = "", zone] = INSTANT.exec(text.trim()) ?? [];
  const millis = Date.parse(`${seconds}${zone}`.toUpperCase());
  if (!Number.isFinite(millis) || millis < 0) return undefined;
  return BigInt(millis) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
}

export type ReadEvent =
  | { readonly ok: true; readonly event: ArkEvent }
  /** Each fault names its field. */
  | { readonly ok: false; readonly faults: readonly string[] };

/** Without these an event has no query or no session. */
const REQUIRED = ["queryId", "queryName", "queryNamespace", "sessionId"] as const;
/** The tenant's list stores these fields, so their length is bounded (UTF-16 units). Kubernetes names have at most 253. */
const NAMES = ["queryId", "queryName", "queryNamespace"] as const;
const MAX_NAME = 1_000;

/**
 * Reads an event from a posted body. Ark does not retry: the reader is lenient, and takes a number or boolean for the text
 * that it should have been.
 */
export function readArkEvent(body: unknown): ReadEvent {
  if (!isRecord(body)) return { ok: false, faults: ["body: must be an object"] };
  const faults: string[] = [];
  const text = (field: string): string => {
    const value = body[field];
    if (typeof value === "string") return value;
    faults.push(`${field}: must be a string`);
    return "";
  };
  const [timestamp, eventType, reason, message] = [
    text("timestamp"),
    text("eventType"),
    text("reason"),
    text("message"),
  ];
  if (typeof body["timestamp"] === "string" && instantOf(timestamp) === undefined)
    faults.push("timestamp: must be a time of RFC 3339");
  if (typeof body["eventType"] === "string" && eventType !== "Normal" && eventType !== "Warning")
    faults.push("eventType: must be Normal or Warning");
  if (reason === "" && body["reason"] === "") faults.push("reason: must not be empty");
  const data = readData(body["data"], faults);
  return faults.length > 0
    ? { ok: false, faults }
    : { ok: true, event: { timestamp, eventType, reason, message, data } };
}

function readData(posted: unknown, faults: string[]): Readonly<Record<string, string>> {
  if (!isRecord(posted)) {
    faults.push("data: must be an object");
    return {};
  }
  const fields: [string, string][] = [];
  for (const [field, value] of Object.entries(posted)) {
    if (value === null || value === undefined) continue;
    if (typeof value === "string") fields.push([field, value]);
    else if (typeof value === "number" || typeof value === "boolean") fields.push([field, `${value}`]);
    else faults.push(`data.${field}: must be a string`);
  }
  const data = Object.fromEntries(fields);
  for (const field of REQUIRED) {
    if (!Object.hasOwn(data, field) || data[field] === "") faults.push(`data.${field}: is required`);
  }
  for (const field of NAMES) {
    if ((data[field]?.length ?? 0) > MAX_NAME) faults.push(`data.${field}: must have at most ${MAX_NAME} characters`);
  }
  return data;
}
