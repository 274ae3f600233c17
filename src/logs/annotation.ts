import { detailsAttributes, inputEventMessages } from "../content/event-messages.ts";
import { firstLine } from "../lib/one-line.ts";
import { promptLine, lastUserText } from "../content/prompt.ts";
import { inputRequestOfRecord } from "../facts/input-request.ts";
import type { InputRequest } from "../facts/input-request.ts";
import { indexAttributes } from "../facts/attribute-index.ts";
import { MAX_PROMPT } from "../facts/facts.ts";
import { countsAsError, spanFailure } from "../facts/error.ts";
import { timeOfRecord } from "../otel/log-record.ts";
import type { LogRecord } from "../otel/log-record.ts";
import { EVENT_NAME_KEYS } from "../otel/semconv/logs.ts";
import { INPUT_MESSAGE_KEYS } from "../otel/semconv/content.ts";
import { QUERY_INPUT } from "../otel/semconv/ark.ts";
import type { Span, SpanEvent } from "../otel/span.ts";
import { eventOfRecord, isError, isException } from "./record-event.ts";
import { readArkRecord } from "./ark-events/ark-spans.ts";
import { valueAt } from "./record-fields.ts";
import { subjectOf } from "./derived-spans.ts";

/** What a log record adds to the span that it is about, whether that comes before it or after. */
export type SpanAnnotation = {
  readonly spanId: string;
  readonly error?: true;
  /** Of an error: nobody wanted the answer any more. */
  readonly canceled?: true;
  /** Of an error: first line of what it says of itself, at most 160 UTF-16 units. */
  readonly failure?: string;
  /** First line of what was asked, at most 160 UTF-16 units. */
  readonly prompt?: string;
  readonly inputRequest?: InputRequest;
};

/** What a record says of its span that lists, counts and liveness need; `undefined` of a record about none, or that says nothing of the kind. */
export function annotationOf(record: LogRecord): SpanAnnotation | undefined {
  const spanId = subjectOf(record);
  if (spanId === "") return undefined;
  const event = eventOfRecord(record);
  const asked = promptIn(event) ?? promptOfQuery(record);
  const asking = inputRequestIn(record);
  const note = {
    ...failureIn(record, event),
    ...(asked === undefined ? {} : { prompt: asked }),
    ...(asking === undefined ? {} : { inputRequest: asking }),
  };
  return Object.keys(note).length === 0 ? undefined : { spanId, ...note };
}

function failureIn(record: LogRecord, event: SpanEvent): Pick<SpanAnnotation, "error" | "canceled" | "failure"> {
  if (!isException(record) || !isError(record)) return {};
  // As if the span had it for an event.
  const span: Span = { traceId: "", spanId: "", events: [event] };
  const index = indexAttributes(undefined);
  if (!countsAsError(span, index)) return {};
  const { text, canceled } = spanFailure(span, index, MAX_PROMPT);
  return { error: true, ...(canceled ? { canceled } : {}), ...(text === undefined ? {} : { failure: text }) };
}

/** What a person said, in a message of theirs or in the details of a call. */
function promptIn(event: SpanEvent): string | undefined {
  const input = inputEventMessages([event]);
  if (input?.kind === "messages") {
    const asked = input.messages.some(({ role }) => role === "user") ? lastUserText(input.messages) : undefined;
    return asked === undefined ? undefined : firstLine(asked, MAX_PROMPT);
  }
  const messages = valueAt(detailsAttributes([event]), INPUT_MESSAGE_KEYS);
  return messages === undefined ? undefined : promptLine(messages, MAX_PROMPT);
}

/** The end of an Ark query does not repeat what its start says. */
function promptOfQuery(record: LogRecord): string | undefined {
  const told = readArkRecord(record);
  const input = told?.operation === "QueryExecution" ? told.at.get(QUERY_INPUT) : undefined;
  return input === undefined ? undefined : promptLine(input, MAX_PROMPT);
}

function inputRequestIn(record: LogRecord): InputRequest | undefined {
  const { eventName, attributes = [], body } = record;
  // Not by its body: prose about a permission asks for none.
  const name = eventName ?? valueAt(attributes, EVENT_NAME_KEYS)?.stringValue ?? "";
  return inputRequestOfRecord({ name, attributes, body, time: BigInt(timeOfRecord(record) || 0) });
}
