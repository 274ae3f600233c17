import { textOf } from "../content/any-value.ts";
import { CONTROL_FLOW_MARKS, EXCEPTION_EVENT, EXCEPTION_KEYS, PAUSE_TYPES } from "../semconv/semconv.ts";
import type { KeyValue, Span } from "../span.ts";
import { SLOT, textIn } from "./attributes/attribute-slots.ts";
import type { Slots } from "./attributes/attribute-slots.ts";

const STATUS_ERROR = 2;
const STATUS_UNSET = 0;

/**
 * Whether the span counts as an error: by its status, by an exception that the status does not own up to, or by a level
 * set in place of the status. Control flow that is thrown as an error does not count, in whatever way the span says it.
 */
export function countsAsError(span: Span, slots: Slots): boolean {
  const code = span.status?.code ?? STATUS_UNSET;
  const exception = exceptionAttributes(span);
  const said =
    code === STATUS_ERROR ||
    exception !== undefined ||
    (code === STATUS_UNSET && textIn(slots, SLOT.level)?.toUpperCase() === "ERROR");
  return said && !isControlFlow(span, exception, slots);
}

/** The attributes of the span's last exception event: the one that ended it. */
export function exceptionAttributes(span: Span): readonly KeyValue[] | undefined {
  const event = span.events?.findLast(({ name }) => name === EXCEPTION_EVENT);
  return event === undefined ? undefined : (event.attributes ?? []);
}

function isControlFlow(span: Span, exception: readonly KeyValue[] | undefined, slots: Slots): boolean {
  const messages = [span.status?.message ?? "", firstText(exception, EXCEPTION_KEYS.message) ?? ""];
  if (messages.some((message) => CONTROL_FLOW_MARKS.some((mark) => message.includes(mark)))) return true;
  const type = firstText(exception, EXCEPTION_KEYS.type) ?? textIn(slots, SLOT.failureType) ?? "";
  // Instrumentations write the exception into the status as `Type: message` or `Type(…)`.
  return PAUSE_TYPES.some((pause) => lastPart(type) === pause || /^\w+/.exec(messages[0] ?? "")?.[0] === pause);
}

const lastPart = (type: string): string => type.slice(type.lastIndexOf(".") + 1);

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
