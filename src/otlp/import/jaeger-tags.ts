import { isRecord } from "../../trace/content/plain-data.ts";
import type { AnyValue, KeyValue } from "../../trace/span.ts";

/** A tag of a span or a process, or a field of a log, of Jaeger's JSON. */
export type Tag = { readonly key: string; readonly type: string; readonly value: unknown };

export function tagsIn(list: unknown): Tag[] {
  const tags: readonly unknown[] = Array.isArray(list) ? list : [];
  return tags.filter(isRecord).map(({ key, type, value }) => ({ key: String(key), type: String(type), value }));
}

export function findTag(tags: readonly Tag[], key: string): Tag | undefined {
  return tags.find((tag) => tag.key === key);
}

/** By the first of these keys that there is a tag of. */
export function firstTag(tags: readonly Tag[], keys: readonly string[]): Tag | undefined {
  return keys.map((key) => findTag(tags, key)).find((tag) => tag !== undefined);
}

export function textOf(tag: Tag | undefined): string {
  const value = tag?.value;
  return typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
}

export function flagOf(tag: Tag | undefined): boolean {
  return tag?.value === true || textOf(tag).toLowerCase() === "true";
}

export function numberOf(value: unknown): number {
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : 0;
}

/** All but those of these keys, each in its type; what does not fit its type is text. */
export function attributesOf(tags: readonly Tag[], without: ReadonlySet<string>): KeyValue[] {
  return tags.filter(({ key }) => !without.has(key)).map((tag) => ({ key: tag.key, value: valueOf(tag) }));
}

function valueOf(tag: Tag): AnyValue {
  const { type, value } = tag;
  const text = textOf(tag);
  switch (type) {
    case "bool":
      return text === "true" || text === "false" ? { boolValue: text === "true" } : { stringValue: text };
    case "int64":
      return /^-?\d{1,19}$/.test(text) ? { intValue: text } : { stringValue: text };
    case "float64":
      return text !== "" && Number.isFinite(Number(text)) ? { doubleValue: Number(text) } : { stringValue: text };
    case "binary":
      return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? { bytesValue: text } : { stringValue: text };
    case "string":
      return { stringValue: text };
    default:
      // Some writers leave types out.
      if (typeof value === "boolean") return { boolValue: value };
      if (typeof value === "number") return Number.isSafeInteger(value) ? { intValue: text } : { doubleValue: value };
      return { stringValue: text };
  }
}
