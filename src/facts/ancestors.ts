import { parseJson } from "../otel/any-value.ts";
import { valueIn } from "./attribute-index.ts";
import * as FIELD from "./fields.ts";
import type { AttributeIndex } from "./attribute-index.ts";
import { cut } from "../lib/one-line.ts";
import type { AnyValue } from "../otel/span.ts";

/** A span above another one, as the lower span names it. */
export type Ancestor = {
  readonly spanId: string;
  /** "" if only the id is known. */
  readonly name: string;
  /** Unix nanoseconds, if the path has the starts of its spans. */
  readonly start?: bigint | undefined;
};

/** The nearest ancestors count: a deeper chain of missing spans is unreadable, and a hostile path must be bounded. */
export const MAX_ANCESTORS = 64;
const MAX_NAME = 256;

/** 16 hex digits, or a UUID that ends in them. */
const SPAN_ID = /^(?:0{8}-0{4}-0{4}-([0-9a-f]{4})-([0-9a-f]{12})|([0-9a-f]{16}))$/;
const NO_ID = "0000000000000000";

/**
 * The ancestors that a span's path attributes name, root first, parent last; `undefined` if it has no path, or if the path
 * does not contain its parent.
 */
export function ancestorsIn(
  index: AttributeIndex,
  spanId: string,
  parentSpanId: string,
): readonly Ancestor[] | undefined {
  if (parentSpanId === "" || index[FIELD.idsPath] === undefined) return undefined;
  const ids = textsIn(valueIn(index, FIELD.idsPath)).map(spanIdIn);
  if (ids.at(-1) === spanId) ids.pop();
  const length = ids.lastIndexOf(parentSpanId) + 1;
  if (length === 0 || ids.includes("") || ids.includes(spanId) || new Set(ids).size < ids.length) return undefined;
  const names = textsIn(valueIn(index, FIELD.namesPath));
  const starts = textsIn(valueIn(index, FIELD.startsPath));
  const ancestors = ids.slice(0, length).map((id, at) => ({
    spanId: id,
    name: cut(names[at] ?? "", MAX_NAME),
    start: startIn(starts[at]),
  }));
  return ancestors.slice(-MAX_ANCESTORS);
}

/** Digits of Unix nanoseconds that fit in 64 bits. */
const NANOSECONDS = /^[1-9]\d{0,18}$/;

function startIn(text: string | undefined): bigint | undefined {
  return text !== undefined && NANOSECONDS.test(text) ? BigInt(text) : undefined;
}

/** The texts of a list, or of a list in JSON text; any other element becomes "". */
function textsIn(value: AnyValue | undefined): string[] {
  const listed = value?.arrayValue?.values?.map(({ stringValue, intValue }) => stringValue ?? intValue ?? "");
  if (listed !== undefined || value?.stringValue === undefined) return listed ?? [];
  const parsed = parseJson(value.stringValue);
  return Array.isArray(parsed) ? parsed.map((text: unknown) => (typeof text === "string" ? text : "")) : [];
}

/** "" if the text is no span id. */
function spanIdIn(text: string): string {
  const match = SPAN_ID.exec(text.toLowerCase());
  const id = match === null ? "" : (match[3] ?? `${match[1]}${match[2]}`);
  return id === NO_ID ? "" : id;
}
