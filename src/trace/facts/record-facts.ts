import { timeOfRecord } from "../log-record.ts";
import type { LogRecord } from "../log-record.ts";
import { sessionOfRecord } from "../records/session-of-record.ts";
import type { Resource, Scope } from "../span.ts";
import { emitterSeed } from "./facts.ts";
import type { Asking, SessionName, SpanFacts } from "./facts.ts";
import { textHash } from "./text-hash.ts";

/** What sessions, lists and liveness need of one log record. */
export type RecordFacts = {
  /** 64-bit hash of the canonical JSON and of the resource and scope around it, 16 hex digits: the record's identity in its trace. */
  readonly hash: string;
  /** Unix nanoseconds; 0n where it has no time. */
  readonly time: bigint;
  readonly session?: SessionName;
  /** Of the spans that it tells of. */
  readonly spans: readonly SpanFacts[];
  readonly note?: SpanNote;
};

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

/** `text` is the record's canonical JSON. */
export function deriveRecordFacts(
  record: LogRecord,
  text: string,
  resource: Resource | undefined,
  scope: Scope | undefined,
): RecordFacts {
  const session = sessionOfRecord(record, resource);
  return {
    hash: textHash(text, emitterSeed(resource, scope)),
    time: BigInt(timeOfRecord(record) || 0),
    ...(session === undefined ? {} : { session }),
    spans: [],
  };
}
