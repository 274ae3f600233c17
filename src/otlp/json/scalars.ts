import type { AnyValue } from "../../otel/span.ts";
import { Decoding } from "../decoding.ts";
import { exactInteger, isInt64, isUint64 } from "./text.ts";
import { Buffer } from "node:buffer";

/** Beyond it rounding does not matter: no 64-bit integer is that large. */
const MAX_64_BITS = 2 ** 64;
const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;
const UINT32_MAX = 2 ** 32 - 1;

/** Canonical decimal: no sign but minus, no leading zeroes; always within 64 bits. */
const PLAIN_INT64 = /^(?:0|-?[1-9]\d{0,17})$/;
const HEX = /^[0-9a-fA-F]*$/;
const DOUBLE = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** null and a missing field are the default, "". */
export function readText(decoding: JsonDecoding, field: string, input: unknown): string {
  if (typeof input === "string") return keepText(decoding, input);
  if (input !== undefined && input !== null) decoding.wrongValue(field, `expected a string, got ${quoted(input)}`);
  return "";
}

/** Lone surrogates become U+FFFD: UTF-8 cannot encode them. */
export function keepText(decoding: JsonDecoding, text: string): string {
  decoding.units += text.length;
  return decoding.reading.surrogateEscapes ? text.toWellFormed() : text;
}

/** Nanoseconds as decimal; "" for zero. */
export function readTime(decoding: JsonDecoding, field: string, input: unknown): string {
  if (typeof input === "string" && isPlainUint64(input)) return input;
  if (input === undefined || input === null) return "";
  const integer = integerOf(decoding, input);
  if (integer !== undefined && isUint64(integer)) return integer === 0n ? "" : integer.toString();
  decoding.wrongValue(field, `expected nanoseconds as an unsigned 64-bit integer, got ${quoted(input)}`);
  return "";
}

export function readUint32(decoding: JsonDecoding, field: string, input: unknown): number {
  if (input === undefined || input === null) return 0;
  const number = typeof input === "string" ? Number(integerOf(decoding, input) ?? Number.NaN) : input;
  if (typeof number === "number" && Number.isInteger(number) && number >= 0 && number <= UINT32_MAX) return number;
  decoding.wrongValue(field, `expected an unsigned 32-bit integer, got ${quoted(input)}`);
  return 0;
}

/** Enums are open: any int32. OTLP/JSON has numbers for them, no names. */
export function readEnum(decoding: JsonDecoding, field: string, input: unknown): number {
  if (input === undefined || input === null) return 0;
  if (typeof input === "number" && Number.isInteger(input) && input >= INT32_MIN && input <= INT32_MAX) return input;
  decoding.wrongValue(field, `expected the enum's number, got ${quoted(input)}`);
  return 0;
}

/** A span's own id; all zeroes are invalid. For an invalid id it returns "" and rejects the span. */
export function readOwnId(decoding: JsonDecoding, field: "traceId" | "spanId", input: unknown): string {
  const id = readId(decoding, field, input);
  if (id === "" && decoding.rejection === undefined) {
    decoding.wrongValue(field, input === undefined || input === null || input === "" ? "missing" : "all zeroes");
  }
  return id;
}

/** The id of another span; "" for all zeroes, null and a missing field. */
export function readId(decoding: JsonDecoding, field: "traceId" | "spanId" | "parentSpanId", input: unknown): string {
  if (input === undefined || input === null || input === "") return "";
  const isTrace = field === "traceId";
  if (typeof input === "string") {
    const length = isTrace ? 32 : 16;
    const id = isLowerHex(input) ? input : HEX.test(input) ? input.toLowerCase() : undefined;
    if (id?.length === length) return isZeroes(id) ? "" : id;
  }
  decoding.wrongValue(field, `expected ${isTrace ? 32 : 16} hex digits, got ${quoted(input)}`);
  return "";
}

/** An int64. An integer beyond that range is a double: JavaScript exporters write large doubles as integers. */
export function readInt64(decoding: JsonDecoding, field: string, input: unknown): AnyValue {
  if (typeof input === "string" && PLAIN_INT64.test(input)) return { intValue: input };
  if (typeof input === "number" && Number.isSafeInteger(input)) return { intValue: String(input) };
  const integer = integerOf(decoding, input);
  if (integer !== undefined && isInt64(integer)) return { intValue: integer.toString() };
  if (typeof input === "number" && Number.isInteger(input)) return { doubleValue: input };
  decoding.wrongValue(field, `expected a 64-bit integer, got ${quoted(input)}`);
  return {};
}

export function readDouble(decoding: JsonDecoding, field: string, input: unknown): AnyValue {
  if (input === "NaN" || input === "Infinity" || input === "-Infinity") return { doubleValue: input };
  const isNumeric = typeof input === "number" || (typeof input === "string" && DOUBLE.test(input));
  const number = isNumeric ? Number(input) : Number.NaN;
  // The sign of -0 is lost: JSON has one zero. The protobuf decoder loses it too.
  if (Number.isFinite(number)) return { doubleValue: number };
  decoding.wrongValue(field, `expected a double, got ${quoted(input)}`);
  return {};
}

/** Takes standard and URL-safe base64, padded or not; returns standard base64 with padding. */
export function readBytes(decoding: JsonDecoding, field: string, input: unknown): AnyValue {
  if (typeof input === "string" && BASE64.test(input) && input.replace(/=+$/, "").length % 4 !== 1) {
    const bytesValue = Buffer.from(input, "base64").toString("base64");
    decoding.units += bytesValue.length;
    return { bytesValue };
  }
  decoding.wrongValue(field, `expected base64, got ${quoted(input)}`);
  return {};
}

/** This and the next functions compare unit by unit: starting a regular expression costs three times as much, and each span has five ids and times. */
function isLowerHex(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (LOWER_HEX[text.charCodeAt(at)] !== 1) return false;
  return true;
}

const LOWER_HEX = Uint8Array.from({ length: 128 }, (_, unit) => (/[0-9a-f]/.test(String.fromCharCode(unit)) ? 1 : 0));

function isZeroes(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) !== DIGIT_0) return false;
  return true;
}

/** Always within 64 bits, without sign or leading zeroes, and not zero. */
function isPlainUint64(text: string): boolean {
  if (text.length === 0 || text.length > SURELY_64_BITS || text.charCodeAt(0) === DIGIT_0) return false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < DIGIT_0 || unit > DIGIT_9) return false;
  }
  return true;
}

/** Digits. */
const SURELY_64_BITS = 19;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

function integerOf(decoding: JsonDecoding, input: unknown): bigint | undefined {
  if (typeof input === "string") return exactInteger(input);
  if (typeof input !== "number" || !Number.isInteger(input)) return undefined;
  if (!Number.isSafeInteger(input) && Math.abs(input) <= MAX_64_BITS && !decoding.reading.exactIntegers) {
    decoding.digitsLost = true;
  }
  return BigInt(input);
}

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(input: unknown): input is JsonObject {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}

export function isList(input: unknown): input is readonly unknown[] {
  return Array.isArray(input);
}

/** How the body is parsed. Exact integers and lone surrogates cost time, and few exporters send them. */
export type JsonReading = {
  /** Integers that a double would round were quoted. */
  readonly exactIntegers: boolean;
  /** The text has escaped surrogates: each string has to be made well-formed. */
  readonly surrogateEscapes: boolean;
};

export class JsonDecoding extends Decoding {
  readonly reading: JsonReading;
  /** `JSON.parse` rounded an integer beyond 2^53: the body has to be parsed again, exactly. */
  digitsLost = false;

  constructor(reading: JsonReading) {
    super();
    this.reading = reading;
  }

  get stopped(): boolean {
    return this.refusal !== undefined || this.digitsLost;
  }

  /** A list; empty for null and a missing field. */
  list(field: string, input: unknown): readonly unknown[] {
    if (input === undefined || input === null) return [];
    if (isList(input)) return input;
    this.wrongShape(field, `expected an array, got ${quoted(input)}`);
    return [];
  }

  /** A message that may be absent. */
  message(field: string, input: unknown): JsonObject | undefined {
    if (input === undefined || input === null) return undefined;
    return this.element(field, input);
  }

  /** A required message: an element of a list. */
  element(field: string, input: unknown): JsonObject | undefined {
    if (isObject(input)) return input;
    this.wrongShape(field, `expected an object, got ${quoted(input)}`);
    return undefined;
  }
}

/** A wrong value for an error message: short, and never a structure's content. */
export function quoted(input: unknown): string {
  if (typeof input === "string") return JSON.stringify(input.length > 40 ? `${input.slice(0, 40)}…` : input);
  if (typeof input === "number" || typeof input === "boolean") return String(input);
  if (isList(input)) return "an array";
  return input === null || input === undefined ? "null" : "an object";
}
