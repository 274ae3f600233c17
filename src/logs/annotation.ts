import { detailsAttributes, inputEventMessages } from "../content/event-messages.ts";
import { firstLine } from "../lib/one-line.ts";
import { conversationPrompt, promptInMessages, promptLine } from "../content/prompt.ts";
import { MAX_QUESTION } from "../facts/input-request.ts";
import { pauseIn } from "../facts/pause.ts";
import type { InputRequest } from "../facts/input-request.ts";
import { indexAttributes } from "../facts/attribute-index.ts";
import { MAX_PROMPT } from "../facts/facts.ts";
import { countsAsError, spanFailure } from "../facts/error.ts";
import { timeOfRecord } from "../otel/log-record.ts";
import { EVENT_NAME_KEYS } from "../otel/semconv/logs.ts";
import { INPUT_MESSAGE_KEYS } from "../otel/semconv/content.ts";
import { QUERY_INPUT } from "../otel/semconv/ark.ts";
import type { Span, SpanEvent } from "../otel/span.ts";
import { eventOfRecord, isError } from "./record-event.ts";
import type { RecordReading } from "./read-record.ts";
import { valueAt } from "../otel/record-fields.ts";
import { subjectOf } from "./derived-spans.ts";
import { inputRequestOfRecord } from "./record-input-request.ts";

/** Facts that a log record adds to its span. The span may arrive before it or after it. */
export type SpanAnnotation = {
  readonly spanId: string;
  readonly error?: true;
  /** Only of an error: the caller no longer wanted the answer. */
  readonly canceled?: true;
  /** Only of an error: first line of its message, at most 160 UTF-16 units. */
  readonly failure?: string;
  /** First line of the prompt, at most 160 UTF-16 units. */
  readonly prompt?: string;
  readonly inputRequest?: InputRequest;
};

/** The facts of a record about its span for lists, counts and liveness; `undefined` if it has no span, or no such facts. */
export function annotationOf(reading: RecordReading): SpanAnnotation | undefined {
  const spanId = subjectOf(reading);
  if (spanId === "") return undefined;
  const event = eventOfRecord(reading);
  const prompt = promptIn(event) ?? promptOfQuery(reading);
  const inputRequest = inputRequestIn(reading);
  const annotation = {
    ...failureIn(reading, event),
    ...(prompt === undefined ? {} : { prompt }),
    ...(inputRequest === undefined ? {} : { inputRequest }),
  };
  return Object.keys(annotation).length === 0 ? undefined : { spanId, ...annotation };
}

function failureIn(
  { record, isException }: RecordReading,
  event: SpanEvent,
): Pick<SpanAnnotation, "error" | "canceled" | "failure"> {
  if (!isException || !isError(record)) return {};
  // Treats the record as an event of the span.
  const span: Span = { traceId: "", spanId: "", events: [event] };
  const index = indexAttributes(undefined);
  if (!countsAsError(span, index, "internal")) return {};
  const { text, canceled } = spanFailure(span, index, MAX_PROMPT);
  return { error: true, ...(canceled ? { canceled } : {}), ...(text === undefined ? {} : { failure: text }) };
}

/** The prompt in a user message, or in the details of a model call. */
function promptIn(event: SpanEvent): string | undefined {
  const input = inputEventMessages([event]);
  if (input?.kind === "messages") {
    const prompt = promptInMessages(input.messages);
    return prompt === undefined ? undefined : firstLine(prompt, MAX_PROMPT);
  }
  const messages = valueAt(detailsAttributes([event]), INPUT_MESSAGE_KEYS);
  return messages === undefined ? undefined : conversationPrompt(messages, MAX_PROMPT);
}

/** The prompt in the event that starts an Ark query; the event that ends it does not repeat it. */
function promptOfQuery({ source }: RecordReading): string | undefined {
  const isQuery = source.is === "ark" && source.operation.operation === "QueryExecution";
  const input = isQuery ? source.operation.at.get(QUERY_INPUT) : undefined;
  return input === undefined ? undefined : promptLine(input, MAX_PROMPT);
}

function inputRequestIn(reading: RecordReading): InputRequest | undefined {
  const { record } = reading;
  const { eventName, attributes = [], body } = record;
  // The body does not count: prose about a permission does not request one.
  const name = eventName ?? valueAt(attributes, EVENT_NAME_KEYS)?.stringValue ?? "";
  const time = BigInt(timeOfRecord(record) || 0);
  return inputRequestOfRecord({ name, attributes, body, time }) ?? pauseOfRecord(reading, time);
}

/** A record of the exception with which its span pauses. */
function pauseOfRecord(reading: RecordReading, time: bigint): InputRequest | undefined {
  if (!reading.isException) return undefined;
  const span: Span = { traceId: "", spanId: "", events: [eventOfRecord(reading)] };
  const pause = pauseIn(span, indexAttributes(undefined), MAX_QUESTION);
  return pause && { state: "open", since: time, task: "", question: pause.question };
}
