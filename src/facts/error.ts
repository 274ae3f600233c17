import type { ClaimedAttributes } from "../content/claimed-attributes.ts";
import { firstLine } from "../lib/one-line.ts";
import { textOf } from "../otel/any-value.ts";
import {
  CONTROL_FLOW_MARKERS,
  EXCEPTION_EVENT,
  EXCEPTION_KEYS,
  PAUSE_TYPES,
  CANCELED_MESSAGES,
  CANCELED_TYPES,
  STATUS_MESSAGE_KEYS,
} from "../otel/semconv/attributes.ts";
import type { KeyValue, Span } from "../otel/span.ts";
import { FIELD, textIn } from "./attribute-index.ts";
import type { AttributeIndex } from "./attribute-index.ts";

const STATUS_ERROR = 2;
const STATUS_UNSET = 0;

/**
 * Whether the span counts as an error: by its status, by an exception that its status omits, or by a level that replaces
 * the status. Control flow thrown as an error does not count, wherever the span reports it.
 */
export function countsAsError(span: Span, index: AttributeIndex): boolean {
  const code = span.status?.code ?? STATUS_UNSET;
  const exception = exceptionAttributes(span);
  const reportsError =
    code === STATUS_ERROR ||
    exception !== undefined ||
    (code === STATUS_UNSET && textIn(index, FIELD.level)?.toUpperCase() === "ERROR");
  return reportsError && !isControlFlow(span, exception, index);
}

/** The attributes of the span's last exception event: that exception ended the span. */
export function exceptionAttributes(span: Span): readonly KeyValue[] | undefined {
  const event = span.events?.findLast(({ name }) => name === EXCEPTION_EVENT);
  return event === undefined ? undefined : (event.attributes ?? []);
}

function isControlFlow(span: Span, exception: readonly KeyValue[] | undefined, index: AttributeIndex): boolean {
  const messages = [span.status?.message ?? "", firstText(exception, EXCEPTION_KEYS.message) ?? ""];
  if (messages.some((message) => CONTROL_FLOW_MARKERS.some((marker) => message.includes(marker)))) return true;
  const type = firstText(exception, EXCEPTION_KEYS.type) ?? textIn(index, FIELD.failureType) ?? "";
  // Instrumentations write the exception into the status as `Type: message` or `Type(…)`.
  return PAUSE_TYPES.some((pause) => lastPart(type) === pause || /^\w+/.exec(messages[0] ?? "")?.[0] === pause);
}

const lastPart = (type: string): string => type.slice(type.lastIndexOf(".") + 1);

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

export type SpanFailure = {
  /** First line of the error, in the producer's words. */
  readonly text?: string;
  /** The caller no longer wanted an answer. */
  readonly canceled: boolean;
};

/** The cause of an error: from the exception event, else the attributes, else the status. */
export function spanFailure(span: Span, index: AttributeIndex, length: number): SpanFailure {
  const event = exceptionAttributes(span);
  const type = firstText(event, EXCEPTION_KEYS.type) ?? textIn(index, FIELD.failureType);
  const message =
    firstText(event, EXCEPTION_KEYS.message) ?? textIn(index, FIELD.failure) ?? (span.status?.message || undefined);
  const text = firstLine(message ?? type ?? "", length);
  const name = type?.slice(-MAX_TYPE).split(/[.:*]/).at(-1)?.toLowerCase();
  const canceled =
    CANCELED_TYPES.some((canceledType) => canceledType === name) ||
    (text !== undefined && CANCELED_MESSAGES.test(text));
  return { canceled, ...(text === undefined ? {} : { text }) };
}

const MAX_TYPE = 256;

export type Exception = { readonly type?: string; readonly message?: string; readonly stacktrace?: string };

/** The exception of a failed span: from its exception event, else its attributes, else its status; `undefined` if none has one. */
export function readException(span: Span, attributes: ClaimedAttributes): Exception | undefined {
  const event = exceptionAttributes(span);
  const type = firstText(event, EXCEPTION_KEYS.type) ?? attributes.take(EXCEPTION_KEYS.type, textOf);
  const message =
    firstText(event, EXCEPTION_KEYS.message) ??
    attributes.take(EXCEPTION_KEYS.message, textOf) ??
    readStatusMessage(span, attributes);
  const stacktrace = firstText(event, EXCEPTION_KEYS.stacktrace) ?? attributes.take(EXCEPTION_KEYS.stacktrace, textOf);
  if (type === undefined && message === undefined && stacktrace === undefined) return undefined;
  return {
    ...(type === undefined ? {} : { type }),
    ...(message === undefined ? {} : { message }),
    ...(stacktrace === undefined ? {} : { stacktrace }),
  };
}

/** The message of the span's status, whichever status that is. */
export function readStatusMessage(span: Span, attributes: ClaimedAttributes): string | undefined {
  return attributes.take(STATUS_MESSAGE_KEYS, textOf) ?? (span.status?.message || undefined);
}
