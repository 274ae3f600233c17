import { textOf } from "../otel/any-value.ts";
import type { AnyValue } from "../otel/span.ts";

/** The session's name on a span. Lower ranks win. */
export type SessionName = { readonly rank: number; readonly value: string };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The value as a session's name, if it can be one. A scrubbed value (Logfire) would merge all sessions. A large value is
 * only a preview here, and many values may begin with it.
 */
export function sessionName(value: AnyValue): string | undefined {
  const text = textOf(value);
  if (text === undefined || value.offloaded !== undefined || text.trim() === "") return undefined;
  return text.startsWith("[Scrubbed due to ") || NO_NAMES.has(text.trim().toLowerCase()) ? undefined : text;
}

/** Words that producers write where they have no value. */
const NO_NAMES: ReadonlySet<string> = new Set(["none", "null", "undefined", "nil", "n/a", "<not specified>"]);

/** The value as a user's name, if it can be one. */
export function userName(value: AnyValue): string | undefined {
  const name = sessionName(value);
  return name?.trim().toLowerCase() === "unknown" ? undefined : name;
}

/** As {@link sessionName}, for keys whose numbers name a thread of the operating system; a text may consist of digits. */
export function sessionNameUnlessNumber(value: AnyValue): string | undefined {
  return value.stringValue === undefined ? undefined : sessionName(value);
}

/** As {@link sessionName}, for keys that name a conversation only if the value is a UUID. */
export function sessionNameIfUuid(value: AnyValue): string | undefined {
  return value.stringValue !== undefined && UUID.test(value.stringValue) ? sessionName(value) : undefined;
}
