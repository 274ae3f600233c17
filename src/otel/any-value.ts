import type { AnyValue } from "./span.ts";

/** The value as text: a non-empty string, or an integer's digits; else `undefined`. */
export function textOf(value: AnyValue): string | undefined {
  if (value.stringValue !== undefined) return value.stringValue === "" ? undefined : value.stringValue;
  return value.intValue;
}

/** The value as a finite number, from any of OTLP's forms. */
export function numberOf(value: AnyValue): number | undefined {
  const raw = value.intValue ?? value.doubleValue ?? value.stringValue;
  if (raw === undefined || raw === "" || value.offloaded !== undefined) return undefined;
  const number = Number(raw);
  // Turns -0 into 0: JSON has no negative zero.
  return Number.isFinite(number) ? number + 0 : undefined;
}

/** The value as a count: non-negative, whole, and exact as a JSON number. */
export function countOf(value: AnyValue): number | undefined {
  const number = numberOf(value);
  if (number === undefined || number < 0) return undefined;
  return Math.min(Math.round(number), Number.MAX_SAFE_INTEGER);
}

/**
 * The value as plain data, for readers and for display. Integers beyond 2^53 become strings, bytes stay base64, the empty
 * value is null. A kvlist becomes an object with own properties only, `__proto__` too.
 */
export function plainValue(value: AnyValue | undefined): unknown {
  if (value === undefined) return null;
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.intValue !== undefined) {
    const number = Number(value.intValue);
    return Number.isSafeInteger(number) ? number : value.intValue;
  }
  if (value.doubleValue !== undefined) return value.doubleValue;
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plainValue);
  if (value.kvlistValue !== undefined) {
    return Object.fromEntries((value.kvlistValue.values ?? []).map((entry) => [entry.key, plainValue(entry.value)]));
  }
  return value.bytesValue ?? null;
}

/** The value as text for a table of attributes: strings unchanged, structures as JSON. */
export function displayValue(value: AnyValue | undefined): string {
  return textOrJson(plainValue(value));
}

/** Plain data as text: strings unchanged, all else as JSON. */
export function textOrJson(value: unknown): string {
  return typeof value === "string" ? value : jsonText(value);
}

/** JSON text of any plain data, or a note if the nesting is too deep for the stack. */
export function jsonText(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, undefined, indent) ?? "";
  } catch (error) {
    if (error instanceof RangeError) return "[nested too deep to show]";
    throw error;
  }
}

/**
 * The JSON value of a text with an array, an object or a string; `undefined` for any other text, and for nesting so deep
 * that parsing or writing it would overflow the stack.
 */
export function parseJson(text: string): unknown {
  if (!/^\s*[[{"]/.test(text) || (text.length > SHALLOW && depthOf(text) > MAX_NESTING)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Deeper than any real data. A recursive walk needs one stack frame a level. */
const MAX_NESTING = 1_000;
/** UTF-16 units. Shorter texts cannot nest deep enough to overflow the stack. */
const SHALLOW = 8_192;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Brackets and braces with bit 5 set: `{[` and `}]`. */
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Nesting depth of the brackets in a JSON text, without those inside its strings. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === BACKSLASH) at++;
    else if (unit === QUOTE) isQuoted = !isQuoted;
    else if (!isQuoted && (unit | 0x20) === OPEN) deepest = Math.max(deepest, ++depth);
    else if (!isQuoted && (unit | 0x20) === CLOSE) depth--;
  }
  return deepest;
}
