import { timeOfRecord } from "../otel/log-record.ts";
import type { LogRecord } from "../otel/log-record.ts";
import { annotationOf } from "./annotation.ts";
import type { SpanAnnotation } from "./annotation.ts";
import { indexAttributes } from "../facts/attribute-index.ts";
import { readRecord } from "./read-record.ts";
import { spansOfRecord } from "./derived-spans.ts";
import type { Resource, Scope } from "../otel/span.ts";
import { emitterSeed, resourceIndex } from "../facts/emitter.ts";
import { deriveFacts, sessionIn } from "../facts/facts.ts";
import type { SessionName, SpanFacts } from "../facts/facts.ts";
import { textHash } from "../lib/text-hash.ts";

/** The facts of one log record that sessions, lists and liveness need. */
export type RecordFacts = {
  /** 64-bit hash of the canonical JSON and of the resource and scope around it, 16 hex digits: the record's identity in its trace. */
  readonly hash: string;
  /** Unix nanoseconds; 0n if the record has no time. */
  readonly time: bigint;
  readonly session?: SessionName;
  /** The facts of the spans derived from it. */
  readonly spans: readonly SpanFacts[];
  readonly annotation?: SpanAnnotation;
};

/** `text` is the record's canonical JSON. */
export function deriveRecordFacts(
  record: LogRecord,
  text: string,
  resource: Resource | undefined,
  scope: Scope | undefined,
): RecordFacts {
  const session = sessionOfRecord(record, resource);
  const reading = readRecord(record);
  const annotation = annotationOf(reading);
  return {
    hash: textHash(text, emitterSeed(resource, scope)),
    time: BigInt(timeOfRecord(record) || 0),
    ...(session === undefined ? {} : { session }),
    spans: spansOfRecord(reading).map((span) => deriveFacts(span, JSON.stringify(span), resource, scope)),
    ...(annotation === undefined ? {} : { annotation }),
  };
}

/** The session's name on a record: its own, else its resource's of the same rank. */
export function sessionOfRecord(record: LogRecord, resource: Resource | undefined): SessionName | undefined {
  return sessionIn(indexAttributes(record.attributes), resourceIndex(resource));
}
