import type { Result } from "../refusals/decode-error.ts";
import { quoteLongIntegers } from "./exact-integer.ts";
import { jsonFaultAt } from "./json-fault.ts";
import { MAX_JSON_TOKENS } from "../limits.ts";
import { invalidUtf8At } from "../body/utf8.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;

/** A byte order mark is not part of the text. */
export function decodeText(bytes: Uint8Array): Result<string> {
  // No more tokens than bytes: most bodies are never counted.
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

/** The same JSON, in which 64-bit integers that a double would round are strings, as the mapping prefers them. */
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
