import { SLOT, textIn } from "./attributes/attribute-slots.ts";
import type { Slots } from "./attributes/attribute-slots.ts";
import { firstLine } from "../content/one-line.ts";
import { CANCELED_MESSAGES, CANCELED_TYPES, EXCEPTION_KEYS } from "../semconv/semconv.ts";
import { exceptionAttributes, firstText } from "./span-error.ts";
import type { Span } from "../span.ts";

export type SpanFailure = {
  /** First line of what went wrong, in the producer's words. */
  readonly text?: string;
  /** Nobody wanted the answer any more. */
  readonly canceled: boolean;
};

/** Why a span that counts as an error does: its exception event, else its attributes, else its status. */
export function spanFailure(span: Span, slots: Slots, length: number): SpanFailure {
  const event = exceptionAttributes(span);
  const type = firstText(event, EXCEPTION_KEYS.type) ?? textIn(slots, SLOT.failureType);
  const message =
    firstText(event, EXCEPTION_KEYS.message) ?? textIn(slots, SLOT.failure) ?? (span.status?.message || undefined);
  const text = firstLine(message ?? type ?? "", length);
  const name = type?.slice(-MAX_TYPE).split(/[.:*]/).at(-1)?.toLowerCase();
  const canceled =
    CANCELED_TYPES.some((canceledType) => canceledType === name) ||
    (text !== undefined && CANCELED_MESSAGES.test(text));
  return { canceled, ...(text === undefined ? {} : { text }) };
}

const MAX_TYPE = 256;
