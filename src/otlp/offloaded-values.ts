import { conversationPrompt } from "../content/prompt.ts";
import type { OffloadedValue } from "../facts/delivery.ts";
import { MAX_PROMPT } from "../facts/facts.ts";
import { gzip } from "../lib/body-codec.ts";
import type { AnyValue } from "../otel/span.ts";
import { MAX_INLINE_VALUE, PREVIEW_LENGTH, MAX_VALUE } from "./limits.ts";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/** One UTF-16 unit is at most six bytes of JSON: `\u0000`. */
const MAX_BYTES_A_UNIT = 6;

/** A value without its strings: `{"key":"","value":{"doubleValue":-1.7976931348623157e+308}},`. */
const MAX_BYTES_A_VALUE = 64;

const NONE: readonly OffloadedValue[] = [];

/** Whether a value with so many units of text and so many nested values has to be measured at all. */
export function mayBeLarge(units: number, values: number): boolean {
  return units * MAX_BYTES_A_UNIT + values * MAX_BYTES_A_VALUE > MAX_INLINE_VALUE;
}

/** Offloads large values from one request's spans: each content once, even if many spans carry it. */
export class ValueOffloader {
  readonly #byHash = new Map<string, OffloadedValue>();
  #taken: OffloadedValue[] | undefined;

  /** Starts a new list: a list that `taken` returned never grows again. */
  begin(): void {
    this.#taken = undefined;
  }

  /** The values offloaded since `begin`. */
  get taken(): readonly OffloadedValue[] {
    return this.#taken ?? NONE;
  }

  /** The value, or its preview if its JSON is too long to stay inline. `cutFrom`: its length before an earlier receiver cut it. */
  value(value: AnyValue, cutFrom?: number): AnyValue {
    const cut = cutValue(value);
    const text = JSON.stringify(cut?.value ?? value);
    if (cut === undefined && text.length <= MAX_INLINE_VALUE / 3) return value;
    const json = Buffer.from(text);
    if (cut === undefined && json.length <= MAX_INLINE_VALUE) return value;
    const offloaded = { hash: this.#store(json), bytes: json.length };
    const from = cut?.from ?? cutFrom;
    const prompt =
      from === undefined && value.bytesValue === undefined ? conversationPrompt(value, MAX_PROMPT) : undefined;
    return {
      stringValue: wellFormedHead((cut?.value ?? value).stringValue ?? text, PREVIEW_LENGTH),
      offloaded: {
        ...offloaded,
        ...(from === undefined ? {} : { cutFrom: from }),
        ...(prompt === undefined ? {} : { prompt }),
      },
    };
  }

  #store(json: Uint8Array): string {
    const hash = createHash("sha256").update(json).digest("hex");
    let value = this.#byHash.get(hash);
    if (value === undefined) {
      value = { hash, encoding: "gzip", body: gzip(json) };
      this.#byHash.set(hash, value);
    }
    this.#taken ??= [];
    this.#taken.push(value);
    return hash;
  }
}

const AROUND_STRING = '{"stringValue":""}'.length;
const AROUND_BYTES = '{"bytesValue":""}'.length;

/**
 * A value cut to the largest JSON that may be stored; `from` is the length of its whole JSON in bytes. Strings stay
 * strings and bytes stay bytes; an array or a kvlist becomes the beginning of its JSON, as a string. `undefined` if the
 * whole value fits.
 */
export function cutValue(value: AnyValue): { readonly value: AnyValue; readonly from: number } | undefined {
  const { stringValue, bytesValue } = value;
  if (bytesValue !== undefined) {
    const from = AROUND_BYTES + bytesValue.length;
    const room = MAX_VALUE - AROUND_BYTES;
    return from <= MAX_VALUE ? undefined : { value: { bytesValue: bytesValue.slice(0, room - (room % 4)) }, from };
  }
  if (stringValue !== undefined) {
    // A unit becomes at most six bytes. A long string is measured, not written: its JSON could be six times as long.
    if (stringValue.length * 6 + AROUND_STRING <= MAX_VALUE) return undefined;
    const from = AROUND_STRING + jsonLength(stringValue);
    return from <= MAX_VALUE ? undefined : { value: cutString(stringValue), from };
  }
  const text = JSON.stringify(value);
  const from = Buffer.byteLength(text);
  return from <= MAX_VALUE ? undefined : { value: cutString(text), from };
}

/** The first `length` units at most, never ending in half of a surrogate pair. */
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

/** Bytes of one unit of a well-formed string in UTF-8 JSON; a high surrogate counts with its low one. */
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
