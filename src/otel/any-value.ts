import type { AnyValue, KeyValue, Span } from "./span.ts";

/** The value as a word: a string that is not empty, or an integer's digits. Anything else is none. */
export function textOf(value: AnyValue): string | undefined {
  if (value.stringValue !== undefined) return value.stringValue === "" ? undefined : value.stringValue;
  return value.intValue;
}

/** The value as a finite number, whichever of OTLP's forms the producer chose for it. */
export function numberOf(value: AnyValue): number | undefined {
  const raw = value.intValue ?? value.doubleValue ?? value.stringValue;
  if (raw === undefined || raw === "" || value.offloaded !== undefined) return undefined;
  const number = Number(raw);
  // JSON knows no negative zero.
  return Number.isFinite(number) ? number + 0 : undefined;
}

/** A count: not negative, whole, and exact as a JSON number. */
export function countOf(value: AnyValue): number | undefined {
  const number = numberOf(value);
  if (number === undefined || number < 0) return undefined;
  return Math.min(Math.round(number), Number.MAX_SAFE_INTEGER);
}

/**
 * The value as plain data, for reading and for display. Integers beyond 2^53 keep their digits as strings, bytes stay
 * base64, the empty value is null. A kvlist becomes an object whose keys are all its own, `__proto__` too.
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

/** The value as text for a table of attributes: strings as they are, structures as JSON. */
export function displayValue(value: AnyValue | undefined): string {
  const plain = plainValue(value);
  return typeof plain === "string" ? plain : jsonText(plain);
}

/** JSON text of any plain data; data nested too deep to be written says so. */
export function jsonText(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, undefined, indent) ?? "";
  } catch (error) {
    if (error instanceof RangeError) return "[nested too deep to show]";
    throw error;
  }
}

/**
 * The JSON value that the text holds if it holds an array, an object or a string; `undefined` for any other text, and for
 * one nested so deep that neither reading it nor writing it again would come to an end.
 */
export function parseJson(text: string): unknown {
  if (!/^\s*[[{"]/.test(text) || (text.length > SHALLOW && depthOf(text) > MAX_NESTING)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Nobody's data is nested deeper, and what walks it needs a frame of the stack for each level. */
const MAX_NESTING = 1_000;
/** A text that is no longer can't be nested so deep that a stack would not do. */
const SHALLOW = 8_192;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Brackets and braces, with bit 5 put in: `{[` and `}]`. */
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** How deep brackets are nested in a JSON text, those within its strings aside. */
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

/** The span with the whole value in place of each preview of it, to be read again: `value` lies under `hash` in the log. */
export function withWholeValue(span: Span, hash: string, value: AnyValue): Span {
  const restore = (attributes: readonly KeyValue[] | undefined): readonly KeyValue[] | undefined =>
    attributes?.map((attribute) =>
      attribute.value?.offloaded?.hash === hash ? { key: attribute.key, value } : attribute,
    );
  const attributes = restore(span.attributes);
  const events = span.events?.map((event) => {
    const restored = restore(event.attributes);
    return restored === undefined ? event : { ...event, attributes: restored };
  });
  return { ...span, ...(attributes === undefined ? {} : { attributes }), ...(events === undefined ? {} : { events }) };
}
