import { Buffer } from "node:buffer";
import type { AnyValue } from "../../trace/span.ts";
import { MAX_VALUE } from "../limits.ts";

const AROUND_STRING = '{"stringValue":""}'.length;
const AROUND_BYTES = '{"bytesValue":""}'.length;

/**
 * A value whose JSON is longer than may be kept, cut to what may; `from` is the length of that JSON in bytes. Strings
 * stay strings and bytes stay bytes; arrays and kvlists become the beginning of their JSON, as a string.
 * `undefined` if the whole may be kept.
 */
export function cutValue(value: AnyValue): { readonly value: AnyValue; readonly from: number } | undefined {
  const { stringValue, bytesValue } = value;
  if (bytesValue !== undefined) {
    const from = AROUND_BYTES + bytesValue.length;
    const room = MAX_VALUE - AROUND_BYTES;
    return from <= MAX_VALUE ? undefined : { value: { bytesValue: bytesValue.slice(0, room - (room % 4)) }, from };
  }
  if (stringValue !== undefined) {
    // Six bytes are the most that a unit becomes. A long string is measured, never written: it could be six times as long.
    if (stringValue.length * 6 + AROUND_STRING <= MAX_VALUE) return undefined;
    const from = AROUND_STRING + jsonLength(stringValue);
    return from <= MAX_VALUE ? undefined : { value: cutString(stringValue), from };
  }
  const text = JSON.stringify(value);
  const from = Buffer.byteLength(text);
  return from <= MAX_VALUE ? undefined : { value: cutString(text), from };
}

/** The beginning of at most `length` units that does not end in half of a surrogate pair. */
export function wellFormedHead(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, isHighSurrogate(last) ? length - 1 : length);
}

function cutString(text: string): AnyValue {
  let room = MAX_VALUE - AROUND_STRING;
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    room -= jsonBytes(unit);
    if (room < 0) break;
    at += isHighSurrogate(unit) ? 2 : 1;
  }
  return { stringValue: text.slice(0, at) };
}

function jsonLength(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    length += jsonBytes(unit);
    if (isHighSurrogate(unit)) at += 1;
  }
  return length;
}

/** Bytes that JSON and then UTF-8 make of one unit of a well-formed string; of a high surrogate, with its low one. */
function jsonBytes(unit: number): number {
  if (unit < 0x20) return unit === 8 || unit === 9 || unit === 10 || unit === 12 || unit === 13 ? 2 : 6;
  if (unit === 0x22 || unit === 0x5c) return 2;
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  return isHighSurrogate(unit) ? 4 : 3;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
