import { SPAN_MESSAGE_KEY } from "../otel/semconv/content.ts";
import { failureText, outputSignal } from "../content/signals.ts";
import { firstLine } from "../lib/one-line.ts";
import {
  CANCELED_MESSAGES,
  CANCELED_TYPES,
  EXCEPTION_KEYS,
  TOOL_FAILED_STATUS,
  TOOL_FAILED_TYPE,
} from "../otel/semconv/attributes.ts";
import { STATUS_ERROR, STATUS_OK, STATUS_UNSET } from "../otel/span.ts";
import type { Span } from "../otel/span.ts";
import { textIn, valueIn } from "./attribute-index.ts";
import * as FIELD from "./fields.ts";
import type { AttributeIndex } from "./attribute-index.ts";
import { exceptionAttributes, firstText } from "./exception-text.ts";
import type { SpanKind } from "./kind.ts";
import { isControlFlow } from "./pause.ts";

/**
 * Whether the span counts as an error: by its status, by an exception or a level where the status is unset, or by a tool's
 * result. An exception on a span with the status OK was handled. Control flow thrown as an error does not count, wherever
 * the span reports it.
 */
export function countsAsError(span: Span, index: AttributeIndex, kind: SpanKind): boolean {
  const code = span.status?.code ?? STATUS_UNSET;
  const isLevelError = textIn(index, FIELD.level)?.toUpperCase() === "ERROR";
  const reportsError =
    code === STATUS_ERROR ||
    (code === STATUS_UNSET && (isLevelError || failedWithoutStatus(index))) ||
    ((code !== STATUS_OK || isLevelError || index[FIELD.earlyOk] !== undefined) &&
      exceptionAttributes(span) !== undefined) ||
    failedAsTool(index, kind);
  return reportsError && !isControlFlow(span, index);
}

/** An SDK that cannot set a status gives the error's type, and a Worker's invocation its outcome. */
function failedWithoutStatus(index: AttributeIndex): boolean {
  if (index[FIELD.failedOutcome] !== undefined) return true;
  return index[FIELD.withoutStatus] !== undefined && textIn(index, FIELD.failureType) !== undefined;
}

/** Tools return their failures, and their spans pass. */
function failedAsTool(index: AttributeIndex, kind: SpanKind): boolean {
  if (textIn(index, FIELD.toolStatus) === TOOL_FAILED_STATUS || textIn(index, FIELD.failureType) === TOOL_FAILED_TYPE)
    return true;
  return kind === "tool" && failedResult(index) !== undefined;
}

function failedResult(index: AttributeIndex) {
  const result = valueIn(index, FIELD.outcome);
  return result !== undefined && outputSignal(result) === "failed" ? result : undefined;
}

/** Whether the span states an exception, and not only that it failed. */
export function statesException(span: Span, index: AttributeIndex): boolean {
  return index[FIELD.exception] !== undefined || exceptionAttributes(span) !== undefined;
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
  const type =
    firstText(event, EXCEPTION_KEYS.type) ?? textIn(index, FIELD.failureType) ?? textIn(index, FIELD.failedOutcome);
  const message =
    firstText(event, EXCEPTION_KEYS.message) ?? textIn(index, FIELD.failure) ?? (span.status?.message || undefined);
  const result = message === undefined ? failedResult(index) : undefined;
  const text = firstLine(
    (message && withoutTraceback(message)) ??
      (result && failureText(result)) ??
      type ??
      // Logfire's message says that a tool failed, and why.
      firstText(span.attributes, [SPAN_MESSAGE_KEY]) ??
      "",
    length,
  );
  const name = type?.slice(-MAX_TYPE).split(/[.:*]/).at(-1)?.toLowerCase();
  const canceled =
    CANCELED_TYPES.some((canceledType) => canceledType === name) ||
    (text !== undefined && CANCELED_MESSAGES.test(text));
  return { canceled, ...(text === undefined ? {} : { text }) };
}

const MAX_TYPE = 256;

/** Python's traceback ends with the error. LangSmith puts one behind the error, without a line between them. */
export function withoutTraceback(message: string): string {
  const at = message.indexOf(TRACEBACK);
  if (at < 0) return message;
  const before = message.slice(0, at).trim();
  return before === "" ? (message.trimEnd().split("\n").at(-1) ?? message) : before;
}

export const TRACEBACK = "Traceback (most recent call last):";
