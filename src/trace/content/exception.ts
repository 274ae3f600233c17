import { textOf } from "./any-value.ts";
import type { ClaimedAttributes } from "./claimed-attributes.ts";
import { EXCEPTION_KEYS, STATUS_MESSAGE_KEYS } from "../semconv/semconv.ts";
import { exceptionAttributes, firstText } from "../facts/span-error.ts";
import type { Span } from "../span.ts";

export type Exception = { readonly type?: string; readonly message?: string; readonly stacktrace?: string };

/** Why a span that failed did: its exception event, else what attributes say, else its status. `undefined` when none does. */
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

/** What the span says with its status, whatever that is. */
export function readStatusMessage(span: Span, attributes: ClaimedAttributes): string | undefined {
  return attributes.take(STATUS_MESSAGE_KEYS, textOf) ?? (span.status?.message || undefined);
}
