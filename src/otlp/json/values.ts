import type { AnyValue, KeyValue } from "../../otel/span.ts";
import {
  isList,
  isObject,
  quoted,
  type JsonDecoding,
  keepText,
  readBytes,
  readDouble,
  readInt64,
  readText,
} from "./scalars.ts";
import { MAX_ATTRIBUTES, MAX_VALUE, MAX_VALUE_DEPTH } from "../limits.ts";

const NONE: readonly KeyValue[] = [];
const EMPTY: AnyValue = {};

/** The attributes of a span, event, link, resource or scope: large values are offloaded, attributes past the limit are cut. */
export function readAttributes(decoding: JsonDecoding, input: unknown): readonly KeyValue[] {
  if (input === undefined || input === null) return NONE;
  const list = decoding.list("attributes", input);
  const attributes: KeyValue[] = [];
  const { trail } = decoding;
  trail.enter("attributes");
  for (let index = 0; index < list.length && index < MAX_ATTRIBUTES && !decoding.stopped; index++) {
    trail.item(index);
    const entry = list[index];
    if (isObject(entry)) {
      const key = readText(decoding, "key", entry["key"]);
      const { units, values } = decoding;
      const value = readValue(decoding, "value", entry["value"], 1);
      attributes.push({ key, value: decoding.inline(value, units, values, "value", cutFromOf(entry["value"])) });
    } else {
      decoding.wrongShape("", `expected an object, got ${quoted(entry)}`);
    }
  }
  trail.leave();
  return attributes;
}

/** The value of a log record's body; `undefined` if it is empty. */
export function readBody(decoding: JsonDecoding, input: unknown): AnyValue | undefined {
  const { units, values } = decoding;
  const value = readValue(decoding, "body", input, 1);
  return isEmpty(value) ? undefined : decoding.inline(value, units, values, "body", cutFromOf(input));
}

/** The original length of a value that was cut before our export. Without it a cut value would look complete after an import. */
function cutFromOf(input: unknown): number | undefined {
  const offloaded = isObject(input) ? input["offloaded"] : undefined;
  const from = isObject(offloaded) ? offloaded["cutFrom"] : undefined;
  return typeof from === "number" && Number.isSafeInteger(from) && from > MAX_VALUE ? from : undefined;
}

function isEmpty(value: AnyValue): boolean {
  for (const _ in value) return false;
  return true;
}

/** The number of attributes that `readAttributes` cuts. */
export function attributesCut(input: unknown): number {
  return isList(input) ? Math.max(0, input.length - MAX_ATTRIBUTES) : 0;
}

/** `field`: path from the trail's position to the value. The last of several fields wins, as in protobuf. */
function readValue(decoding: JsonDecoding, field: string, input: unknown, depth: number): AnyValue {
  if (!decoding.countValue() || input === undefined || input === null) return EMPTY;
  if (!isObject(input)) {
    decoding.wrongShape(field, `expected an object, got ${quoted(input)}`);
    return EMPTY;
  }
  let value = EMPTY;
  for (const name in input) {
    const content = input[name];
    if (content === null) continue;
    switch (name) {
      case "stringValue":
        if (typeof content === "string") value = { stringValue: keepText(decoding, content) };
        else decoding.wrongValue(join(field, name), `expected a string, got ${quoted(content)}`);
        break;
      case "intValue":
        value = readInt64(decoding, join(field, name), content);
        break;
      case "doubleValue":
        value = readDouble(decoding, join(field, name), content);
        break;
      case "boolValue":
        if (typeof content === "boolean") value = { boolValue: content };
        else decoding.wrongValue(join(field, name), `expected true or false, got ${quoted(content)}`);
        break;
      case "arrayValue":
        value = { arrayValue: readArray(decoding, join(field, name), content, depth) };
        break;
      case "kvlistValue":
        value = { kvlistValue: readKvlist(decoding, join(field, name), content, depth) };
        break;
      case "bytesValue":
        value = readBytes(decoding, join(field, name), content);
        break;
    }
  }
  return value;
}

function readArray(decoding: JsonDecoding, field: string, input: unknown, depth: number): { values?: AnyValue[] } {
  const list = readNested(decoding, field, input, depth);
  if (list.length === 0) return {};
  const values: AnyValue[] = [];
  const { trail } = decoding;
  trail.enter(join(field, "values"));
  for (let index = 0; index < list.length && canGoOn(decoding); index++) {
    trail.item(index);
    if (list[index] === null) decoding.wrongShape("", "expected an object, got null");
    values.push(readValue(decoding, "", list[index], depth + 1));
  }
  trail.leave();
  return { values };
}

function readKvlist(decoding: JsonDecoding, field: string, input: unknown, depth: number): { values?: KeyValue[] } {
  const list = readNested(decoding, field, input, depth);
  if (list.length === 0) return {};
  const values: KeyValue[] = [];
  const { trail } = decoding;
  trail.enter(join(field, "values"));
  for (let index = 0; index < list.length && canGoOn(decoding); index++) {
    trail.item(index);
    const entry = decoding.element("", list[index]);
    if (entry === undefined) break;
    const key = readText(decoding, "key", entry["key"]);
    values.push({ key, value: readValue(decoding, "value", entry["value"], depth + 1) });
  }
  trail.leave();
  return { values };
}

function readNested(decoding: JsonDecoding, field: string, input: unknown, depth: number): readonly unknown[] {
  const message = decoding.message(field, input);
  if (message === undefined) return [];
  if (depth >= MAX_VALUE_DEPTH) {
    decoding.wrongValue(field, `nested deeper than ${MAX_VALUE_DEPTH} levels`);
    return [];
  }
  return decoding.list(join(field, "values"), message["values"]);
}

/** The remaining values of a rejected span need not be read. */
function canGoOn(decoding: JsonDecoding): boolean {
  return !decoding.stopped && decoding.rejection === undefined;
}

function join(field: string, name: string): string {
  return field === "" ? name : `${field}.${name}`;
}
