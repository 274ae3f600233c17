import { textOf } from "../content/any-value.ts";
import type { AnyValue } from "../span.ts";

/** A name that a span gives its session. Lower ranks win. */
export type SessionName = { readonly rank: number; readonly value: string };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The value as a session's name, if it can be one. A scrubbed value (Logfire) would merge all sessions, and of a
 * value too large for the log only a preview is here, which may be the head of many.
 */
export function sessionName(value: AnyValue): string | undefined {
  const text = textOf(value);
  if (text === undefined || value.spill !== undefined || text.trim() === "") return undefined;
  return text.startsWith("[Scrubbed due to ") ? undefined : text;
}

/** As {@link sessionName}, for keys that mean a conversation only where the value is a UUID. */
export function sessionNameIfUuid(value: AnyValue): string | undefined {
  return value.stringValue !== undefined && UUID.test(value.stringValue) ? sessionName(value) : undefined;
}

/** Names by rank, 1 first, of the span and of its resource: the better rank wins, and the span at equal rank. */
export function bestSessionName(
  onSpan: readonly (string | undefined)[],
  onResource: readonly (string | undefined)[],
): SessionName | undefined {
  for (let at = 0; at < onSpan.length; at++) {
    const value = onSpan[at] ?? onResource[at];
    if (value !== undefined) return { rank: at + 1, value };
  }
  return undefined;
}
