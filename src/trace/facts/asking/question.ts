import { parseJson, plainValue } from "../../content/any-value.ts";
import { firstLineAsked } from "./asked.ts";
import { firstLine } from "../../content/one-line.ts";
import type { AnyValue, KeyValue } from "../../span.ts";

const MAX_QUESTION = 160;
/** `{params: {status: {message: {…}}}}` and no deeper. */
const MAX_DEPTH = 3;

/** The first of the keys that asks something, its first line. */
export function questionAt(attributes: readonly KeyValue[], keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = attributes.find((attribute) => attribute.key === key)?.value;
    const question = value === undefined ? undefined : questionIn(value);
    if (question !== undefined) return question;
  }
  return undefined;
}

/** The first line of what a value asks: of a request or a task the message in it, else as of any input. */
export function questionIn(value: AnyValue): string | undefined {
  const plain = value.stringValue === undefined ? plainValue(value) : parseJson(value.stringValue);
  const message = messageIn(plain);
  return message === undefined ? firstLineAsked(value, MAX_QUESTION) : firstLine(message, MAX_QUESTION);
}

/** A name as the question, where nothing better is told. */
export function questionNamed(name: string): string {
  return firstLine(name, MAX_QUESTION) ?? "";
}

/** MCP's `{params: {message}}`, A2A's `{status: {message: {parts: [{text}]}}}`, and what is left of them when cut out. */
function messageIn(value: unknown, depth = 0): string | undefined {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return undefined;
  const { message, params, status, parts } = value as Readonly<Record<string, unknown>>;
  if (typeof message === "string") return message;
  if (Array.isArray(parts)) {
    const texts = parts.map((part: { readonly text?: unknown } | null) => part?.text);
    return texts.find((text) => typeof text === "string");
  }
  return messageIn(message, depth + 1) ?? messageIn(params, depth + 1) ?? messageIn(status, depth + 1);
}
