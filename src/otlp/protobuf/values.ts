import type { AnyValue, KeyValue } from "../../otel/span.ts";
import { MAX_ATTRIBUTES, MAX_VALUE_DEPTH } from "../limits.ts";
import type { ProtobufDecoding } from "./decoding.ts";
import { FIXED64, LENGTH, VARINT } from "./reader.ts";

/** Path from the trail's position to the value; "" for an element of an array. */
type Field = "" | "value";

/** A value with open lists: a second occurrence of the field appends to them. */
export type OpenValue = Omit<AnyValue, "arrayValue" | "kvlistValue"> & {
  readonly arrayValue?: OpenArray;
  readonly kvlistValue?: OpenKvlist;
};
type OpenArray = { values?: AnyValue[] };
type OpenKvlist = { values?: KeyValue[] };

const EMPTY: OpenValue = {};

/** The attributes of one message while they are read. `cut`: the number past the limit. */
export type AttributeList = { readonly entries: KeyValue[]; cut: number };

export function newAttributeList(): AttributeList {
  return { entries: [], cut: 0 };
}

/** Reads one occurrence of an `attributes` field: a large value is offloaded, an attribute past the limit is only counted. */
export function readAttribute(decoding: ProtobufDecoding, attributes: AttributeList): void {
  const { reader, trail, units, values } = decoding;
  const outer = reader.enter();
  trail.enter("attributes");
  trail.item(attributes.entries.length + attributes.cut);
  if (attributes.entries.length >= MAX_ATTRIBUTES) {
    attributes.cut += 1;
    decoding.skipRest();
  } else if (decoding.countValue()) {
    const { key, value = EMPTY } = readKeyValue(decoding, 1);
    const inline = decoding.inline(value, units, values);
    attributes.entries.push(countKey(decoding, { key, value: inline }));
  } else decoding.skipRest();
  trail.leave();
  reader.leave(outer);
}

/**
 * Reads one occurrence of a log record's body. `before`: the value of earlier occurrences. `Body.take` offloads a large
 * value after the last one.
 */
export function readBody(decoding: ProtobufDecoding, before: OpenValue): OpenValue {
  const { reader, trail } = decoding;
  const outer = reader.enter();
  trail.enter("body");
  const value = decoding.countValue() ? readAnyValue(decoding, "", before, 1) : before;
  if (reader.more) decoding.skipRest();
  trail.leave();
  reader.leave(outer);
  return value;
}

/**
 * | KeyValue | |
 * |---|---|
 * | 1 | key: string |
 * | 2 | value: AnyValue |
 *
 * `countKey` counts the key later: the size of an attribute's value does not include it.
 */
const KEY_VALUE = ["", "key", "value"];

function readKeyValue(decoding: ProtobufDecoding, depth: number): KeyValue {
  const { reader } = decoding;
  let key = "";
  let value: OpenValue = EMPTY;
  while (reader.more) {
    const tag = reader.tag();
    switch (tag) {
      case (1 << 3) | LENGTH:
        key = reader.string("key");
        break;
      case (2 << 3) | LENGTH: {
        const outer = reader.enter();
        value = readAnyValue(decoding, "value", value, depth);
        reader.leave(outer);
        break;
      }
      default:
        decoding.other(tag, KEY_VALUE);
    }
  }
  return { key, value };
}

function countKey(decoding: ProtobufDecoding, entry: KeyValue): KeyValue {
  decoding.units += entry.key.length;
  return entry;
}

/**
 * | AnyValue, one of | |
 * |---|---|
 * | 1 | string_value: string |
 * | 2 | bool_value: bool |
 * | 3 | int_value: int64 |
 * | 4 | double_value: double |
 * | 5 | array_value: ArrayValue |
 * | 6 | kvlist_value: KeyValueList |
 * | 7 | bytes_value: bytes |
 * | 8 | string_value_strindex: int32, for profiles only; an empty value here |
 *
 * The last one wins, but two arrays or two kvlists in a row become one: messages merge.
 */
const ANY_VALUE = [
  "",
  "stringValue",
  "boolValue",
  "intValue",
  "doubleValue",
  "arrayValue",
  "kvlistValue",
  "bytesValue",
  "stringValueStrindex",
];

function readAnyValue(decoding: ProtobufDecoding, field: Field, before: OpenValue, depth: number): OpenValue {
  const { reader } = decoding;
  let value = before;
  while (reader.more) {
    const tag = reader.tag();
    switch (tag) {
      case (1 << 3) | LENGTH:
        value = { stringValue: decoding.text("stringValue") };
        break;
      case (2 << 3) | VARINT:
        value = { boolValue: reader.bool() };
        break;
      case (3 << 3) | VARINT:
        value = { intValue: reader.int64() };
        break;
      case (4 << 3) | FIXED64:
        value = { doubleValue: doubleOf(reader.double()) };
        break;
      case (5 << 3) | LENGTH:
        value = {
          arrayValue: readList(decoding, pathOf(field, "arrayValue"), value.arrayValue ?? {}, depth, readElement),
        };
        break;
      case (6 << 3) | LENGTH:
        value = {
          kvlistValue: readList(decoding, pathOf(field, "kvlistValue"), value.kvlistValue ?? {}, depth, readEntry),
        };
        break;
      case (7 << 3) | LENGTH:
        value = { bytesValue: decoding.base64() };
        break;
      case (8 << 3) | VARINT:
        reader.varint();
        value = EMPTY;
        break;
      default:
        decoding.other(tag, ANY_VALUE);
    }
  }
  return value;
}

/** JSON numbers have no NaN or infinity: they become strings. The sign of -0 is lost, as in JSON. */
function doubleOf(value: number): number | "NaN" | "Infinity" | "-Infinity" {
  if (Number.isFinite(value)) return value === 0 ? 0 : value;
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

/**
 * | ArrayValue, KeyValueList | |
 * |---|---|
 * | 1 | values: repeated AnyValue, repeated KeyValue |
 */
const LIST = ["", "values"];

function readList<Value>(
  decoding: ProtobufDecoding,
  path: string,
  into: { values?: Value[] },
  depth: number,
  read: (decoding: ProtobufDecoding, depth: number) => Value,
): { values?: Value[] } {
  const { reader, trail } = decoding;
  const outer = reader.enter();
  if (isTooDeep(decoding, depth)) decoding.skipRest();
  trail.enter(path);
  while (reader.more) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) {
      into.values ??= [];
      trail.item(into.values.length);
      const around = reader.enter();
      if (decoding.countValue()) into.values.push(read(decoding, depth + 1));
      else decoding.skipRest();
      reader.leave(around);
    } else decoding.other(tag, LIST);
  }
  trail.leave();
  reader.leave(outer);
  return into;
}

function pathOf(field: Field, list: "arrayValue" | "kvlistValue"): string {
  return field === "" ? `${list}.values` : `${field}.${list}.values`;
}

function readElement(decoding: ProtobufDecoding, depth: number): AnyValue {
  return readAnyValue(decoding, "", EMPTY, depth);
}

function readEntry(decoding: ProtobufDecoding, depth: number): KeyValue {
  return countKey(decoding, readKeyValue(decoding, depth));
}

function isTooDeep(decoding: ProtobufDecoding, depth: number): boolean {
  if (depth < MAX_VALUE_DEPTH) return false;
  decoding.wrongValue("", `nested deeper than ${MAX_VALUE_DEPTH} levels`);
  return true;
}
