import type { Result } from "./decode-error.ts";
import { exactInteger } from "./exact-integer.ts";
import { jsonFaultAt } from "./json-fault.ts";
import type { JsonReading } from "./json-decoding.ts";
import { MAX_JSON_CONTAINERS } from "./limits.ts";
import { MAX_64_BITS } from "./json-scalars.ts";
import { invalidUtf8At } from "./utf8.ts";

export type JsonText = { readonly text: string; readonly surrogateEscapes: boolean };

/** Below this a body cannot hold objects enough to matter: three bytes make one. */
const SURELY_FEW_CONTAINERS = MAX_JSON_CONTAINERS * 2;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;
const BRACKET = 0x5b;

/** A byte order mark is not part of the text. */
export function decodeText(bytes: Uint8Array): Result<JsonText> {
  if (bytes.length > SURELY_FEW_CONTAINERS && hasTooManyContainers(bytes)) {
    return { ok: false, error: { reason: "too-large", what: "objects and arrays", limit: MAX_JSON_CONTAINERS } };
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return { ok: false, error: { reason: "not-utf8", position: invalidUtf8At(bytes) } };
  }
  return { ok: true, value: { text, surrogateEscapes: text.includes("\\ud") || text.includes("\\uD") } };
}

export function parseText(text: string, reading: JsonReading): Result<unknown> {
  try {
    return { ok: true, value: reading.exactIntegers ? JSON.parse(text, keepDigits) : JSON.parse(text) };
  } catch (error) {
    // A reviver recurses; without one, no depth is too much for JSON.parse.
    const message = error instanceof RangeError ? "nested too deep" : syntaxError(text);
    return { ok: false, error: { reason: "malformed-json", message } };
  }
}

/** Integers beyond 2^53 that may fit 64 bits become bigints; larger ones lose nothing that a double could keep. */
function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
  if (Math.abs(value) > MAX_64_BITS || context?.source === undefined) return value;
  return exactInteger(context.source) ?? value;
}

function syntaxError(text: string): string {
  const at = jsonFaultAt(text);
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return at >= text.length
    ? `unexpected end at position ${at}`
    : `unexpected ${JSON.stringify(character)} at position ${at}`;
}

function hasTooManyContainers(bytes: Uint8Array): boolean {
  let count = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === BRACE || byte === BRACKET) count += 1;
  }
  return count > MAX_JSON_CONTAINERS;
}
