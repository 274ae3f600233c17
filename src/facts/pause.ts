import { pythonValue } from "../content/python-text.ts";
import { requestText } from "../content/request-text.ts";
import { outputSignal, requestIn } from "../content/signals.ts";
import { firstLine } from "../lib/one-line.ts";
import { parseJson, plainValue } from "../otel/any-value.ts";
import {
  APPROVAL_MESSAGE,
  CONTROL_FLOW_MARKERS,
  CONTROL_FLOW_TYPES,
  DEFERRAL_METADATA_KEYS,
  HANDOFF_MESSAGE,
  INTERRUPT_VALUE,
  PAUSE_TYPES,
} from "../otel/semconv/attributes.ts";
import type { AnyValue, Span } from "../otel/span.ts";
import { textIn, valueIn } from "./attribute-index.ts";
import * as FIELD from "./fields.ts";
import type { AttributeIndex } from "./attribute-index.ts";
import { exceptionText, firstText } from "./exception-text.ts";

/** A run that stopped until a person or program answers. `question`: its words; "" if the span does not state them. */
export type Pause = { readonly question: string };

const PAUSES: ReadonlySet<string> = new Set(PAUSE_TYPES);
const CONTROL_FLOW: ReadonlySet<string> = new Set(CONTROL_FLOW_TYPES);

/** Whether an exception only moves control: a pause, a handoff, the end of a loop. */
export function isControlFlow(span: Span, index: AttributeIndex): boolean {
  const { type, messages } = exceptionText(span, index);
  if (pauseMessage(type, messages) !== undefined || CONTROL_FLOW.has(lastPart(type))) return true;
  return messages.some(
    (message) =>
      CONTROL_FLOW_MARKERS.some((marker) => message.includes(marker)) ||
      HANDOFF_MESSAGE.test(message) ||
      CONTROL_FLOW.has(firstWord(message)),
  );
}

/** The pause in which the span ended; `undefined` for most spans. */
export function pauseIn(span: Span, index: AttributeIndex, length: number): Pause | undefined {
  const { type, messages } = exceptionText(span, index);
  const message = pauseMessage(type, messages);
  if (message !== undefined) return { question: questionInMessage(message, length) ?? "" };
  const deferral = textIn(index, FIELD.deferral);
  if (deferral !== undefined && PAUSES.has(deferral)) {
    const metadata = firstText(span.attributes, DEFERRAL_METADATA_KEYS);
    const request = metadata === undefined ? undefined : (parseJson(metadata) ?? metadata);
    return { question: requestText(request, length) ?? "" };
  }
  const output = valueIn(index, FIELD.outcome);
  const pause = output && pauseInOutput(output, index[FIELD.longRunning] !== undefined, length);
  return pause ?? (index[FIELD.suspended] === undefined ? undefined : { question: "" });
}

/** The pause that an output states. `isLongRunning`: a tool that may answer much later gave it. */
export function pauseInOutput(output: AnyValue, isLongRunning: boolean, length: number): Pause | undefined {
  const signal = outputSignal(output);
  const value = output.stringValue === undefined ? plainValue(output) : parseJson(output.stringValue);
  if (signal === "asks") return { question: requestText(withoutState(requestIn(value)), length) ?? "" };
  return signal === "pends" && isLongRunning ? { question: "" } : undefined;
}

/** A state alone is no question. */
function withoutState(request: unknown): unknown {
  if (typeof request !== "object" || request === null || !("status" in request)) return request;
  const { status: _, reason: __, ...rest } = request as Readonly<Record<string, unknown>>;
  return rest;
}

/** The message of a pause, "" if it has none; `undefined` if the exception is none. */
function pauseMessage(type: string, messages: readonly string[]): string | undefined {
  if (type === "" && messages.length === 0) return undefined;
  const saying = messages.find(
    (message) => INTERRUPT_VALUE.test(message) || APPROVAL_MESSAGE.test(message) || PAUSES.has(firstWord(message)),
  );
  if (saying !== undefined) return messages.find((message) => INTERRUPT_VALUE.test(message)) ?? saying;
  return PAUSES.has(lastPart(type)) ? (messages.find((message) => message !== "") ?? "") : undefined;
}

const VALUE = /Interrupt\(value=|"value"\s*:\s*/;

/** The question in a pause's message: LangGraph's value, Ark's words, else what follows the exception's name. */
function questionInMessage(message: string, length: number): string | undefined {
  const value = VALUE.exec(message);
  if (value !== null) {
    const from = value.index + value[0].length;
    const text = requestText(pythonValue(message, from), length);
    return (
      text ?? firstLine(message.slice(from).replace(/,\s*(?:id|when|resumable|ns|interrupt_id)=[\s\S]*$/, ""), length)
    );
  }
  const approval = APPROVAL_MESSAGE.exec(message);
  if (approval !== null) return firstLine(message.slice(approval.index), length);
  const rest = message.replace(/^[\w.]+\s*/, "");
  const isNamed = PAUSES.has(firstWord(message));
  const words = (isNamed ? rest : message).replace(/^[\s:([\])'",]+|[\s([\])'",]+$/g, "");
  return firstLine(words, length);
}

const firstWord = (text: string): string => /^\w+/.exec(text)?.[0] ?? "";
const lastPart = (type: string): string => type.slice(Math.max(type.lastIndexOf("."), type.lastIndexOf(":")) + 1);
