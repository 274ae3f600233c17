import { parseJson } from "../otel/any-value.ts";
import { FIELD, valueIn } from "./attribute-index.ts";
import type { AttributeIndex } from "./attribute-index.ts";
import { cut } from "../lib/one-line.ts";
import type { AnyValue } from "../otel/span.ts";

/** A span that another one names as standing above it. */
export type Ancestor = { readonly spanId: string; /** "" where only the id is known. */ readonly name: string };

/** The nearest ones: nobody reads a deeper chain of spans that have not come, and a hostile path has an end. */
export const MAX_ANCESTORS = 64;
const MAX_NAME = 256;

/** 16 digits, or those as the tail of a UUID. */
const SPAN_ID = /^(?:0{8}-0{4}-0{4}-([0-9a-f]{4})-([0-9a-f]{12})|([0-9a-f]{16}))$/;
const NO_ID = "0000000000000000";

/**
 * The spans above a span as its path attributes name them, root first, its parent last; `undefined` where it has no such
 * path, or one that does not lead to its parent.
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
  const ancestors = ids.slice(0, length).map((id, at) => ({ spanId: id, name: cut(names[at] ?? "", MAX_NAME) }));
  return ancestors.slice(-MAX_ANCESTORS);
}

/** A list's texts, also of a list written as JSON; what is no text keeps its place as "". */
function textsIn(value: AnyValue | undefined): string[] {
  const listed = value?.arrayValue?.values?.map(({ stringValue }) => stringValue ?? "");
  if (listed !== undefined || value?.stringValue === undefined) return listed ?? [];
  const parsed = parseJson(value.stringValue);
  return Array.isArray(parsed) ? parsed.map((text: unknown) => (typeof text === "string" ? text : "")) : [];
}

/** "" where it is none. */
function spanIdIn(text: string): string {
  const match = SPAN_ID.exec(text.toLowerCase());
  const id = match === null ? "" : (match[3] ?? `${match[1]}${match[2]}`);
  return id === NO_ID ? "" : id;
}
