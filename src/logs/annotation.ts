import { detailsAttributes, inputEventMessages } from "../content/event-messages.ts";
import { firstLine } from "../lib/one-line.ts";
import { firstLineAsked, lastAsked } from "../content/prompt.ts";
import { askingOfRecord } from "../facts/input-request.ts";
import type { Asking } from "../facts/input-request.ts";
import { readSlots } from "../facts/attribute-index.ts";
import { MAX_ASKED } from "../facts/facts.ts";
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
export type SpanNote = {
  readonly spanId: string;
  readonly error?: true;
  /** Of an error: nobody wanted the answer any more. */
  readonly canceled?: true;
  /** Of an error: first line of what it says of itself, at most 160 UTF-16 units. */
  readonly failure?: string;
  /** First line of what was asked, at most 160 UTF-16 units. */
  readonly asked?: string;
  readonly asking?: Asking;
};

/** What a record says of its span that lists, counts and liveness need; `undefined` of a record about none, or that says nothing of the kind. */
export function noteOf(record: LogRecord): SpanNote | undefined {
  const spanId = subjectOf(record);
  if (spanId === "") return undefined;
  const event = eventOfRecord(record);
  const asked = askedIn(event) ?? askedOfQuery(record);
  const asking = askingIn(record);
  const note = {
    ...failureIn(record, event),
    ...(asked === undefined ? {} : { asked }),
    ...(asking === undefined ? {} : { asking }),
  };
  return Object.keys(note).length === 0 ? undefined : { spanId, ...note };
}

function failureIn(record: LogRecord, event: SpanEvent): Pick<SpanNote, "error" | "canceled" | "failure"> {
  if (!isException(record) || !isError(record)) return {};
  // As if the span had it for an event.
  const span: Span = { traceId: "", spanId: "", events: [event] };
  const slots = readSlots(undefined);
  if (!countsAsError(span, slots)) return {};
  const { text, canceled } = spanFailure(span, slots, MAX_ASKED);
  return { error: true, ...(canceled ? { canceled } : {}), ...(text === undefined ? {} : { failure: text }) };
}

/** What a person said, in a message of theirs or in the details of a call. */
function askedIn(event: SpanEvent): string | undefined {
  const input = inputEventMessages([event]);
  if (input?.kind === "messages") {
    const asked = input.messages.some(({ role }) => role === "user") ? lastAsked(input.messages) : undefined;
    return asked === undefined ? undefined : firstLine(asked, MAX_ASKED);
  }
  const messages = valueAt(detailsAttributes([event]), INPUT_MESSAGE_KEYS);
  return messages === undefined ? undefined : firstLineAsked(messages, MAX_ASKED);
}

/** The end of an Ark query does not repeat what its start says. */
function askedOfQuery(record: LogRecord): string | undefined {
  const told = readArkRecord(record);
  const input = told?.operation === "QueryExecution" ? told.at.get(QUERY_INPUT) : undefined;
  return input === undefined ? undefined : firstLineAsked(input, MAX_ASKED);
}

function askingIn(record: LogRecord): Asking | undefined {
  const { eventName, attributes = [], body } = record;
  // Not by its body: prose about a permission asks for none.
  const name = eventName ?? valueAt(attributes, EVENT_NAME_KEYS)?.stringValue ?? "";
  return askingOfRecord({ name, attributes, body, time: BigInt(timeOfRecord(record) || 0) });
}
