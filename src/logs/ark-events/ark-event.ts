import { isRecord } from "../../lib/plain-data.ts";
import { parseJson } from "../../otel/any-value.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import { ARK_EVENT_PREFIX, ARK_OPERATIONS, ARK_PHASES } from "../../otel/semconv/ark.ts";

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

/** The message of an Ark event in a record; `undefined` for any other record, and for a preview. */
export function arkMessageOf({ eventName = "", body }: LogRecord): string | undefined {
  if (!eventName.startsWith(ARK_EVENT_PREFIX) || body?.offloaded !== undefined) return undefined;
  const event = parseJson(body?.stringValue ?? "");
  return isRecord(event) && typeof event["message"] === "string" ? event["message"] : undefined;
}
