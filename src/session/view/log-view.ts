import type { RecordFacts } from "../../logs/record-facts.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import type { Resource, Scope } from "../../otel/span.ts";
import type { RecordSaid } from "../transcript/record-said.ts";

/** A log record in a view. Always the same object. */
export type ViewRecord = {
  /** `<trace id>:<hash>`, a record's identity. */
  readonly key: string;
  /** Of its owner: for a record without a trace, the id that stands for its session. */
  readonly traceId: string;
  readonly record: LogRecord;
  readonly resource?: Resource;
  readonly scope?: Scope;
  /** Unix nanoseconds; 0n without. */
  readonly time: bigint;
  /** The span that it belongs to, "" without. */
  readonly subject: string;
  /** What it says about that span, if anything. */
  readonly said: RecordSaid | undefined;
  /** Unix nanoseconds, decimal. */
  readonly received: string;
};

type RecordSource = Pick<ViewRecord, "received" | "subject" | "said"> & {
  readonly resource: Resource | undefined;
  readonly scope: Scope | undefined;
};

/** Log records of a session, folded by a viewer. */
export class ViewLogs {
  readonly #records = new Map<string, ViewRecord>();
  #sorted: readonly ViewRecord[] | undefined;

  get size(): number {
    return this.#records.size;
  }

  /** Returns the record's key. */
  add(
    traceId: string,
    record: LogRecord,
    { hash, time }: RecordFacts,
    { resource, scope, received, subject, said }: RecordSource,
  ): string {
    const key = `${traceId}:${hash}`;
    if (this.#records.has(key)) return key;
    this.#sorted = undefined;
    const around = { ...(resource && { resource }), ...(scope && { scope }) };
    this.#records.set(key, { key, traceId, record, ...around, time, subject, said, received });
    return key;
  }

  evictTraces(traceIds: ReadonlySet<string>): void {
    this.#sorted = undefined;
    for (const [key, record] of this.#records) if (traceIds.has(record.traceId)) this.#records.delete(key);
  }

  /** By time, then by identity: independent of the order of delivery. The same list until a record is added. */
  all(): readonly ViewRecord[] {
    return (this.#sorted ??= Array.from(this.#records.values()).toSorted(byTime));
  }

  /** Records of one span, by time. */
  about(traceId: string, spanId: string): readonly ViewRecord[] {
    return this.all().filter((record) => record.traceId === traceId && record.subject === spanId);
  }
}

function byTime(a: ViewRecord, b: ViewRecord): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
