import { readRecord } from "../../logs/read-record.ts";
import { subjectOf } from "../../logs/derived-spans.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import type { AnyValue, Offloaded } from "../../otel/span.ts";
import { offloadedIn, restoredRecord, restoredSpan } from "../../otlp/restore-values.ts";
import { PAGE_BYTES } from "../../session/contract/log-page.ts";
import { LogChanged } from "../../session/contract/log-reader.ts";
import type { LogReader, RecordReader, ValueReader } from "../../session/contract/log-reader.ts";
import type { LocatedSpan, SpanSubject } from "../../session/contract/span-lookup.ts";
import type { Restored, SpanSource } from "../../session/span-detail.ts";
import { LogChunk } from "./log-chunks.ts";
import { wholeValues } from "../../session/whole-values.ts";

/** Log records of one span in an answer; further ones are counted. */
const MAX_RECORDS = 1_000;
/** UTF-16 units of the JSON of all these records. */
const MAX_RECORDS_TEXT = 8_000_000;
/** Bytes of large values that one answer puts back, in the span and its records. Beyond it previews stay. */
const MAX_VALUES = 24_000_000;

type Log = LogReader & RecordReader & ValueReader;

/** One page is the delivery with the span, the others are those with log records of its trace, if it has any. */
export class SpanReader {
  readonly #log: Log;
  readonly #generation: string;
  #valuesLeft = MAX_VALUES;

  constructor(log: Log, generation: string) {
    this.#log = log;
    this.#generation = generation;
  }

  /** Throws {@link LogChanged} if the session changes its generation meanwhile. A second request gets the new one. */
  async read(located: LocatedSpan): Promise<Omit<SpanSource, "traceId" | "prices" | "max">> {
    const { resource, scope, stored } = await this.#spanAt(located);
    const whole = await this.#restored(offloadedIn(stored), (lookup) => restoredSpan(stored, lookup));
    const { kept, omitted } = await this.#recordsOf(located.subjects);
    const records: Restored<LogRecord>[] = [];
    for (const record of kept)
      records.push({
        stored: record,
        whole: await this.#restored(offloadedIn(record), (lookup) => restoredRecord(record, lookup)),
      });
    return { span: { stored, whole }, resource, scope, records, omittedRecords: omitted, located };
  }

  async #spanAt({ revision, position }: LocatedSpan) {
    // One byte: a page has one entry at least, and only the first is needed.
    const page = await this.#log.read("session", { generation: this.#generation, revision: revision - 1 }, 1);
    if (page.state !== "present" || page.reset) throw new LogChanged();
    const entry = page.entries.find((one) => one.revision === revision);
    const [group] = entry === undefined ? [] : new LogChunk(entry).spans.pick([position]);
    const scoped = group?.scopeSpans?.[0];
    const stored = scoped?.spans?.[0];
    if (stored === undefined) throw new LogChanged();
    return { resource: group?.resource, scope: scoped?.scope, stored };
  }

  async #recordsOf(
    subjects: readonly SpanSubject[],
  ): Promise<{ readonly kept: LogRecord[]; readonly omitted: number }> {
    const kept: LogRecord[] = [];
    let omitted = 0;
    let text = 0;
    for (const subject of subjects) {
      for await (const record of this.#recordsAbout(subject)) {
        const { length } = JSON.stringify(record);
        if (kept.length >= MAX_RECORDS || (text > 0 && text + length > MAX_RECORDS_TEXT)) {
          omitted++;
          continue;
        }
        kept.push(record);
        text += length;
      }
    }
    return { kept, omitted };
  }

  async *#recordsAbout({ traceId, spanId, derived }: SpanSubject): AsyncGenerator<LogRecord, void> {
    let after: number | undefined = 0;
    while (after !== undefined) {
      const page = await this.#log.records(traceId, after, PAGE_BYTES);
      if (page.state !== "present" || page.generation !== this.#generation) throw new LogChanged();
      for (const entry of page.entries) {
        const chunk = new LogChunk(entry);
        // Most deliveries do not name the span: they are not parsed.
        if (derived !== true && !DECODER.decode(chunk.text).includes(spanId)) continue;
        for (const record of chunk.records.records()) if (subjectOf(readRecord(record)) === spanId) yield record;
      }
      after = page.next;
    }
  }

  async #restored<Value>(
    offloaded: readonly Offloaded[],
    restore: (lookup: (hash: string) => AnyValue | undefined) => Value,
  ): Promise<Value> {
    const hashes: string[] = [];
    for (const { hash, bytes } of offloaded) {
      if (bytes > this.#valuesLeft) continue;
      this.#valuesLeft -= bytes;
      hashes.push(hash);
    }
    return restore(hashes.length === 0 ? () => undefined : await wholeValues(this.#log, hashes));
  }
}

const DECODER = new TextDecoder();
