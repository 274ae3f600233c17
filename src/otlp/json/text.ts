import { invalidUtf8At } from "../body.ts";
import { MAX_JSON_TOKENS } from "../limits.ts";
import type { Result } from "../refusals.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;

/** A byte order mark is not part of the text. */
export function decodeText(bytes: Uint8Array): Result<string> {
  // A body has no more tokens than bytes, so most bodies need no count.
  if (bytes.length > MAX_JSON_TOKENS && countTokens(bytes) > MAX_JSON_TOKENS) {
    return { ok: false, error: { reason: "too-large", what: "tokens of JSON", limit: MAX_JSON_TOKENS } };
  }
  try {
    return { ok: true, value: new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes) };
  } catch {
    return { ok: false, error: { reason: "not-utf8", position: invalidUtf8At(bytes) } };
  }
}

export function parseText(text: string): Result<unknown> {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    const at = jsonFaultAt(text);
    const character = JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0));
    const message = `unexpected ${at >= text.length ? "end" : character} at position ${at}`;
    return { ok: false, error: { reason: "malformed-json", message } };
  }
}

/** Like `parseText`, but 64-bit integers that a double would round become strings: the proto3 JSON mapping prefers strings. */
export function parseExactly(text: string): Result<unknown> {
  return parseText(quoteLongIntegers(text));
}

function countTokens(bytes: Uint8Array): number {
  let count = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === COMMA || byte === COLON || byte === BRACE || byte === BRACKET) count += 1;
  }
  return count;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,6}))?$/;

/** More digits than any 64-bit integer, few enough to convert fast. */
const MAX_DIGITS = 40;

/**
 * The exact integer of a JSON number or proto3 JSON string (`1.795262400123456789e18` too). `undefined` for anything else;
 * more than 40 digits become some integer beyond 64 bits.
 */
export function exactInteger(source: string): bigint | undefined {
  const parts = DECIMAL.exec(source);
  if (parts === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = parts;
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return 0n;
  const shift = Number(exponent) - fraction.length;
  if (shift < 0 && !/^0*$/.test(digits.slice(shift))) return undefined;
  const length = digits.length + shift;
  if (length <= 0) return undefined;
  const integer = length > MAX_DIGITS ? 10n ** BigInt(MAX_DIGITS) : BigInt(digits.slice(0, length).padEnd(length, "0"));
  return sign === "-" ? -integer : integer;
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

export function isInt64(integer: bigint): boolean {
  return integer >= INT64_MIN && integer <= INT64_MAX;
}

export function isUint64(integer: bigint): boolean {
  return integer >= 0n && integer <= UINT64_MAX;
}

/**
 * The key of a 64-bit integer and its number. In valid JSON this sequence is always a key: inside a string its quotes
 * would be escaped, and letters never follow the closing quote of a string.
 */
const LONG_INTEGER = /(?<!\\)"(intValue|(?:startT|endT|t)imeUnixNano)"(\s*:\s*)(-?\d[\d.eE+-]*)/g;

/** Characters. A number of at most so many, without exponent, is exact as a double. */
const SURELY_EXACT = 15;

/** Quotes the numbers of 64-bit fields that are in range and too long for a double. */
export function quoteLongIntegers(text: string): string {
  return text.replace(LONG_INTEGER, (whole, key: string, colon: string, source: string) => {
    if (source.length <= SURELY_EXACT && !/e/i.test(source)) return whole;
    const integer = exactInteger(source);
    const isInRange = integer !== undefined && (key === "intValue" ? isInt64(integer) : isUint64(integer));
    return isInRange ? `"${key}"${colon}"${integer}"` : whole;
  });
}

const SPACE = /[ \t\n\r]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * The first position at which a text stops being JSON; its length if the text ends too soon. Engines name the position in
 * some messages only, each in its own format. Iterative: the text may be nested at any depth.
 */
export function jsonFaultAt(text: string): number {
  const open: ("{" | "[")[] = [];
  let at = after(SPACE, text, 0);
  for (;;) {
    // A value begins here.
    const first = text[at];
    if (first === "{" || first === "[") {
      at = after(SPACE, text, at + 1);
      if (text[at] !== (first === "{" ? "}" : "]")) {
        open.push(first);
        if (first === "[") continue;
        const key = afterKey(text, at);
        if (!key.ok) return key.at;
        at = key.at;
        continue;
      }
      at += 1;
    } else {
      const end =
        first === '"' ? afterString(text, at) : { ok: after(SCALAR, text, at) > at, at: after(SCALAR, text, at) };
      if (!end.ok) return end.at;
      at = end.at;
    }
    // A value has ended: containers may end after it.
    at = after(SPACE, text, at);
    while (open.length > 0 && text[at] === (open.at(-1) === "{" ? "}" : "]")) {
      open.pop();
      at = after(SPACE, text, at + 1);
    }
    if (open.length === 0 || text[at] !== ",") return at;
    at = after(SPACE, text, at + 1);
    if (open.at(-1) === "{") {
      const key = afterKey(text, at);
      if (!key.ok) return key.at;
      at = key.at;
    }
  }
}

type Scan = { readonly ok: boolean; readonly at: number };

function afterKey(text: string, from: number): Scan {
  if (text[from] !== '"') return { ok: false, at: from };
  const key = afterString(text, from);
  if (!key.ok) return key;
  const colon = after(SPACE, text, key.at);
  return text[colon] === ":" ? { ok: true, at: after(SPACE, text, colon + 1) } : { ok: false, at: colon };
}

function afterString(text: string, from: number): Scan {
  let at = from + 1;
  for (;;) {
    while (isPlain(text.charCodeAt(at))) at += 1;
    if (text[at] === '"') return { ok: true, at: at + 1 };
    const escaped = after(ESCAPE, text, at);
    if (escaped === at) return { ok: false, at };
    at = escaped;
  }
}

/** JSON requires escapes for control characters. */
function isPlain(unit: number): boolean {
  return unit >= 0x20 && unit !== 0x22 && unit !== 0x5c;
}

/** The end of the pattern's match at `from`; `from` if there is none. */
function after(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}
