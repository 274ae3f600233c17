import { jsonText, parseJson, plainValue, textOrJson } from "../otel/any-value.ts";
import { readMessages } from "./messages.ts";
import type { Message } from "./messages.ts";
import { isRecord } from "../lib/plain-data.ts";
import type { AnyValue, Offloaded } from "../otel/span.ts";

/** An input or output of a span. With `offloaded` it is a preview: the log has the whole value under that hash. */
export type Content =
  | { readonly kind: "messages"; readonly messages: readonly Message[]; readonly offloaded?: Offloaded }
  /** `text`: the JSON as received. */
  | { readonly kind: "json"; readonly value: unknown; readonly text: string; readonly offloaded?: Offloaded }
  | { readonly kind: "text"; readonly text: string; readonly offloaded?: Offloaded };

/** A value of any form as content; messages in it are not recognised. */
export function plainContent(value: AnyValue): Content {
  const { stringValue, offloaded } = value;
  if (stringValue === undefined) return structured(itemsOfJson(plainValue(value)));
  // A preview of JSON text does not parse; it stays text.
  if (offloaded !== undefined) return { kind: "text", text: stringValue, offloaded };
  const parsed = parseJson(stringValue);
  if (parsed === undefined) return { kind: "text", text: stringValue };
  return typeof parsed === "string"
    ? { kind: "text", text: parsed }
    : { kind: "json", value: parsed, text: stringValue };
}

/** A value of any form as content; messages in it are recognised. */
export function contentOf(value: AnyValue): Content {
  const content = unwrapped(plainContent(value));
  const messages = content.kind === "json" ? readMessages(content.value) : undefined;
  return messages === undefined ? content : { kind: "messages", messages };
}

/** LangWatch's values state their type. */
function unwrapped(content: Content): Content {
  if (content.kind !== "json" || !isRecord(content.value)) return content;
  const { type, value, ...others } = content.value;
  if (!TYPED_VALUES.has(type) || value === undefined || Object.keys(others).length > 0) return content;
  return structured(value);
}

const TYPED_VALUES: ReadonlySet<unknown> = new Set(["text", "raw", "json", "list", "chat_messages"]);

/** Attributes hold no objects: the AI SDK writes a list of JSON texts. */
export function itemsOfJson(value: unknown): unknown {
  if (!Array.isArray(value) || value.length === 0) return value;
  const items: unknown[] = [];
  for (const item of value) {
    const parsed = typeof item === "string" && /^["[{]/.test(item) ? parseJson(item) : undefined;
    if (parsed === undefined) return value;
    items.push(parsed);
  }
  return items;
}

function structured(value: unknown): Content {
  if (typeof value === "object" && value !== null) return { kind: "json", value, text: jsonText(value) };
  return { kind: "text", text: textOrJson(value) };
}
