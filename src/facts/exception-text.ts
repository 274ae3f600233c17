import { textOf } from "../otel/any-value.ts";
import { EXCEPTION_EVENT, EXCEPTION_KEYS } from "../otel/semconv/attributes.ts";
import type { KeyValue, Span } from "../otel/span.ts";
import { textIn } from "./attribute-index.ts";
import * as FIELD from "./fields.ts";
import type { AttributeIndex } from "./attribute-index.ts";

/** The attributes of the span's last exception event: that exception ended the span. */
export function exceptionAttributes(span: Span): readonly KeyValue[] | undefined {
  const event = span.events?.findLast(({ name }) => name === EXCEPTION_EVENT);
  return event === undefined ? undefined : (event.attributes ?? []);
}

const NO_EXCEPTION = { type: "", messages: [] } as const;

/** The type of the exception that a span reports, and all its messages; "" and [] without. */
export function exceptionText(
  span: Span,
  index: AttributeIndex,
): { readonly type: string; readonly messages: readonly string[] } {
  const event = exceptionAttributes(span);
  const own = span.status?.message;
  const failure = textIn(index, FIELD.failure);
  // Most spans.
  if (event === undefined && !own && failure === undefined && index[FIELD.failureType] === undefined)
    return NO_EXCEPTION;
  const messages = [own, firstText(event, EXCEPTION_KEYS.message), failure].filter(
    (message): message is string => message !== undefined && message !== "",
  );
  return { type: firstText(event, EXCEPTION_KEYS.type) ?? textIn(index, FIELD.failureType) ?? "", messages };
}

/** The text of the first key, in the order of `keys`, that has one. */
export function firstText(attributes: readonly KeyValue[] | undefined, keys: readonly string[]): string | undefined {
  if (attributes === undefined) return undefined;
  for (const key of keys) {
    const value = attributes.find((attribute) => attribute.key === key)?.value;
    const text = value === undefined ? undefined : textOf(value);
    if (text !== undefined) return text;
  }
  return undefined;
}
