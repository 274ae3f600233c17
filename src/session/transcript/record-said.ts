import type { RecordReading } from "../../logs/read-record.ts";
import { contentEvent } from "../../logs/record-event.ts";
import { subjectOf } from "../../logs/derived-spans.ts";
import { timeOfRecord } from "../../otel/log-record.ts";
import { EXCEPTION_EVENT } from "../../otel/semconv/attributes.ts";
import { DETAILS_EVENT, INPUT_EVENTS, OUTPUT_EVENT } from "../../otel/semconv/content.ts";
import type { SpanEvent } from "../../otel/span.ts";

/** What a log record says about its span: a message, an answer, an exception. Viewers without records need no code to read them. */
export type RecordSaid = {
  /** The span's id. */
  readonly subject: string;
  readonly event: SpanEvent;
  /** Unix nanoseconds; 0n without. */
  readonly time: bigint;
  readonly isException: boolean;
};

const SAYING: ReadonlySet<string> = new Set([OUTPUT_EVENT, DETAILS_EVENT, EXCEPTION_EVENT]);

/** `undefined` if it says nothing, or belongs to no span. */
export function readSaid(reading: RecordReading): RecordSaid | undefined {
  const subject = subjectOf(reading);
  const event = subject === "" ? undefined : contentEvent(reading);
  const name = event?.name ?? "";
  if (event === undefined || !(SAYING.has(name) || INPUT_EVENTS.has(name))) return undefined;
  return {
    subject,
    event,
    time: BigInt(timeOfRecord(reading.record) || 0),
    isException: reading.content.is === "exception",
  };
}
