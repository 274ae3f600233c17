import type { ClaimedAttributes } from "../content/claimed-attributes.ts";
import { textOf } from "../otel/any-value.ts";
import { EXCEPTION_KEYS, STATUS_MESSAGE_KEYS } from "../otel/semconv/attributes.ts";
import type { Span } from "../otel/span.ts";
import { TRACEBACK, withoutTraceback } from "./error.ts";
import { exceptionAttributes, firstText } from "./exception-text.ts";

export type Exception = { readonly type?: string; readonly message?: string; readonly stacktrace?: string };

/** The exception of a failed span: from its exception event, else its attributes, else its status; `undefined` if none has one. */
export function readException(span: Span, attributes: ClaimedAttributes): Exception | undefined {
  const event = exceptionAttributes(span);
  const type = firstText(event, EXCEPTION_KEYS.type) ?? attributes.take(EXCEPTION_KEYS.type, textOf);
  const message =
    firstText(event, EXCEPTION_KEYS.message) ??
    attributes.take(EXCEPTION_KEYS.message, textOf) ??
    readStatusMessage(span, attributes);
  const stated = firstText(event, EXCEPTION_KEYS.stacktrace) ?? attributes.take(EXCEPTION_KEYS.stacktrace, textOf);
  if (type === undefined && message === undefined && stated === undefined) return undefined;
  const cause = message && withoutTraceback(message);
  const stacktrace = stated ?? (cause === message ? undefined : tracebackIn(message));
  return {
    ...(type === undefined ? {} : { type }),
    ...(cause === undefined ? {} : { message: cause }),
    ...(stacktrace === undefined ? {} : { stacktrace }),
  };
}

/** The message of the span's status, whichever status that is. */
export function readStatusMessage(span: Span, attributes: ClaimedAttributes): string | undefined {
  return attributes.take(STATUS_MESSAGE_KEYS, textOf) ?? (span.status?.message || undefined);
}

const tracebackIn = (message = ""): string => message.slice(Math.max(0, message.indexOf(TRACEBACK)));
