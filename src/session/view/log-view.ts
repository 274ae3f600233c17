import type { RecordFacts } from "../../logs/record-facts.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import { subjectOf } from "../../logs/derived-spans.ts";
import type { Resource, Scope } from "../../otel/span.ts";

/** A log record as a view holds it: the same object for as long as it is there. */
export type ViewRecord = {
  /** `<trace id>:<hash>`, a record's identity. */
  readonly key: string;
  /** Of its home: where it names no trace, the id that stands for its session. */
  readonly traceId: string;
  readonly record: LogRecord;
  readonly resource?: Resource;
  readonly scope?: Scope;
  /** Unix nanoseconds; 0n where it has none. */
  readonly time: bigint;
  /** The span that it is about, "" without. */
  readonly subject: string;
  /** Unix nanoseconds, decimal. */
  readonly received: string;
};

type About = Pick<ViewRecord, "received"> & {
  readonly resource: Resource | undefined;
  readonly scope: Scope | undefined;
};

/** The log records of a session, as a viewer folds them. */
export class ViewLogs {
  readonly #records = new Map<string, ViewRecord>();
  #sorted: readonly ViewRecord[] | undefined;

  get size(): number {
    return this.#records.size;
  }

  /** Answers the record's key. */
  add(traceId: string, record: LogRecord, { hash, time }: RecordFacts, { resource, scope, received }: About): string {
    const key = `${traceId}:${hash}`;
    if (this.#records.has(key)) return key;
    this.#sorted = undefined;
    const around = { ...(resource && { resource }), ...(scope && { scope }) };
    this.#records.set(key, { key, traceId, record, ...around, time, subject: subjectOf(record), received });
    return key;
  }

  evictTraces(traceIds: ReadonlySet<string>): void {
    this.#sorted = undefined;
    for (const [key, record] of this.#records) if (traceIds.has(record.traceId)) this.#records.delete(key);
  }

  /** By time, then by identity: whatever the order in which they came. The same list until another one comes. */
  all(): readonly ViewRecord[] {
    return (this.#sorted ??= Array.from(this.#records.values()).toSorted(byTime));
  }

  /** Those about one span, by time. */
  about(traceId: string, spanId: string): readonly ViewRecord[] {
    return this.all().filter((record) => record.traceId === traceId && record.subject === spanId);
  }
}

function byTime(a: ViewRecord, b: ViewRecord): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
