import { textOf } from "../content/any-value.ts";
import { CONTROL_FLOW_MARKS, EXCEPTION_EVENT, EXCEPTION_KEYS } from "../semconv/semconv.ts";
import type { KeyValue, Span } from "../span.ts";

const STATUS_ERROR = 2;
const STATUS_UNSET = 0;

/**
 * Whether the span counts as an error: by its status, by an exception that the status does not own up to, or by a level
 * set in place of the status. Control flow that Ark throws as an error does not count, however it is told.
 */
export function countsAsError(span: Span, level: string | undefined): boolean {
  const code = span.status?.code ?? STATUS_UNSET;
  const exception = exceptionAttributes(span);
  const told =
    code === STATUS_ERROR || exception !== undefined || (code === STATUS_UNSET && level?.toUpperCase() === "ERROR");
  return told && !isControlFlow(span.status?.message) && !isControlFlow(firstText(exception, EXCEPTION_KEYS.message));
}

/** The attributes of the span's last exception event: the one that ended it. */
export function exceptionAttributes(span: Span): readonly KeyValue[] | undefined {
  const event = span.events?.findLast(({ name }) => name === EXCEPTION_EVENT);
  return event === undefined ? undefined : (event.attributes ?? []);
}

function isControlFlow(message: string | undefined): boolean {
  return message !== undefined && CONTROL_FLOW_MARKS.some((mark) => message.includes(mark));
}

/** The first of the keys, in their order, that has a text. */
export function firstText(attributes: readonly KeyValue[] | undefined, keys: readonly string[]): string | undefined {
  if (attributes === undefined) return undefined;
  for (const key of keys) {
    const value = attributes.find((attribute) => attribute.key === key)?.value;
    const text = value === undefined ? undefined : textOf(value);
    if (text !== undefined) return text;
  }
  return undefined;
}
