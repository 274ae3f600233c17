import { textOf } from "../otel/any-value.ts";
import type { AnyValue } from "../otel/span.ts";

/** A name that a span gives its session. Lower ranks win. */
export type SessionName = { readonly rank: number; readonly value: string };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The value as a session's name, if it can be one. A scrubbed value (Logfire) would merge all sessions, and of a
 * value too large for the log only a preview is here, which may be the head of many.
 */
export function sessionName(value: AnyValue): string | undefined {
  const text = textOf(value);
  if (text === undefined || value.offloaded !== undefined || text.trim() === "") return undefined;
  return text.startsWith("[Scrubbed due to ") ? undefined : text;
}

/** As {@link sessionName}, for keys that mean a conversation only where the value is a UUID. */
export function sessionNameIfUuid(value: AnyValue): string | undefined {
  return value.stringValue !== undefined && UUID.test(value.stringValue) ? sessionName(value) : undefined;
}
