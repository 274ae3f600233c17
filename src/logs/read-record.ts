import { exchangeOf, namesOf, valueAt } from "../otel/record-fields.ts";
import type { LogRecord } from "../otel/log-record.ts";
import { EXCEPTION_EVENT, EXCEPTION_KEYS } from "../otel/semconv/attributes.ts";
import { DETAILS_EVENT, INPUT_EVENTS, OUTPUT_EVENT } from "../otel/semconv/content.ts";
import type { AgentRecord } from "./agents/agent-event.ts";
import { readAgentRecord } from "./agents/agent-record.ts";
import { readArkRecord } from "./ark-events/ark-spans.ts";
import type { ArkOperationEvent } from "./ark-events/ark-spans.ts";

/**
 * What a log record is, read once: its derived spans, annotation, subject, and its line on the page stand on this. Records with a
 * span inside are not among them: the receiver stores the span alone (`otlp/logs/partial-spans.ts`).
 */
export type RecordReading = {
  readonly record: LogRecord;
  /** Its possible names, the most exact first. */
  readonly names: readonly string[];
  /** Its producer, where it reports an operation of which a span can be derived. */
  readonly source:
    | { readonly is: "ark"; readonly operation: ArkOperationEvent }
    | { readonly is: "agent"; readonly agent: AgentRecord }
    | { readonly is: "other" };
  /** What it says of its span. A coding agent's record may report an exception too. */
  readonly content:
    | { readonly is: "message"; readonly name: string }
    | { readonly is: "details" | "exception" | "other" };
  /** Also of a message or details with the attributes of an exception. */
  readonly isException: boolean;
};

export function readRecord(record: LogRecord): RecordReading {
  const names = namesOf(record);
  const isException =
    names.includes(EXCEPTION_EVENT) ||
    valueAt(record.attributes, EXCEPTION_TYPE) !== undefined ||
    valueAt(record.attributes, EXCEPTION_MESSAGE) !== undefined;
  return { record, names, source: sourceOf(record), content: contentOf(record, names, isException), isException };
}

function sourceOf(record: LogRecord): RecordReading["source"] {
  const operation = readArkRecord(record);
  if (operation !== undefined) return { is: "ark", operation };
  const agent = readAgentRecord(record);
  return agent === undefined ? { is: "other" } : { is: "agent", agent };
}

function contentOf(record: LogRecord, names: readonly string[], isException: boolean): RecordReading["content"] {
  const name = names.find((one) => INPUT_EVENTS.has(one) || one === OUTPUT_EVENT);
  if (name !== undefined) return { is: "message", name };
  if (names.includes(DETAILS_EVENT) || exchangeOf(record.body) !== undefined) return { is: "details" };
  return { is: isException ? "exception" : "other" };
}

/** Not `error.type`: a record may mention an error without being one. */
const EXCEPTION_TYPE = EXCEPTION_KEYS.type.slice(0, 1);
const EXCEPTION_MESSAGE = EXCEPTION_KEYS.message.slice(0, 1);
