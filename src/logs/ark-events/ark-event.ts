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
