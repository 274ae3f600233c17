import type { SearchMatch } from "../../api/search-schema.ts";
import { spanIdentity } from "../../facts/identity.ts";
import { subjectOf } from "../../logs/derived-spans.ts";
import { readRecord } from "../../logs/read-record.ts";
import { spansIn } from "../../otel/chunk.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import type { Span } from "../../otel/span.ts";
import { offloadedIn, restoredRecord, restoredSpan } from "../../otlp/restore-values.ts";
import type { Lookup } from "../../otlp/restore-values.ts";
import { walkLog } from "../../session/contract/log-reader.ts";
import type { LogReader, PresentPage, ValueReader } from "../../session/contract/log-reader.ts";
import type { SearchPattern } from "../../session/search/pattern.ts";
import { searchRecord, searchSpan } from "../../session/search/search.ts";
import type { Match } from "../../session/search/search.ts";
import { LogChunk, MAX_LOG, MAX_VALUES, VALUES_AT_ONCE } from "./log-chunks.ts";
import { wholeValues } from "../../session/whole-values.ts";

/** A span or log record: what is known of it, and the search in its texts. */
type Item = {
  readonly about: Omit<SearchMatch, keyof Match["first"]>;
  readonly search: (lookup: Lookup) => Match | undefined;
  readonly hashes: readonly string[];
};

/** Searches all spans and log records of a session, large values included. Its texts are never in memory as a whole. */
export class SearchReader {
  readonly #log: LogReader & ValueReader;
  readonly #pattern: SearchPattern;
  readonly #limit: number;
  #matches: SearchMatch[] = [];
  #found = 0;
  #waiting: Item[] = [];
  #waitingBytes = 0;
  #valuesLeft = MAX_VALUES;
  /** A part of the session was too much. */
  isIncomplete = false;

  constructor(log: LogReader & ValueReader, pattern: SearchPattern, limit: number) {
    this.#log = log;
    this.#pattern = pattern;
    this.#limit = limit;
  }

  /** By time. */
  get matches(): readonly SearchMatch[] {
    return this.#matches;
  }

  get omitted(): number {
    return this.#found - this.#matches.length;
  }

  async read(peeked: PresentPage): Promise<void> {
    let left = MAX_LOG;
    for await (const page of walkLog(this.#log, { view: "session", peeked })) {
      for (const entry of page.entries) {
        if (entry.kind === "gone") continue;
        const chunk = new LogChunk(entry);
        left -= chunk.text.length;
        if (left < 0) {
          this.isIncomplete = true;
          await this.#searchWaiting();
          this.#keepFirst();
          return;
        }
        for (const item of itemsOf(chunk, this.#pattern)) this.#search(item);
        if (this.#waitingBytes >= VALUES_AT_ONCE) await this.#searchWaiting();
      }
    }
    await this.#searchWaiting();
    this.#keepFirst();
  }

  #search(item: Item & { readonly bytes: number }): void {
    const match = item.search(() => undefined);
    if (match !== undefined || item.hashes.length === 0) {
      this.#add(item, match);
      return;
    }
    // Only the previews were searched.
    if (item.bytes > this.#valuesLeft) {
      this.isIncomplete = true;
      return;
    }
    this.#valuesLeft -= item.bytes;
    this.#waitingBytes += item.bytes;
    this.#waiting.push(item);
  }

  async #searchWaiting(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const lookup = await wholeValues(
      this.#log,
      this.#waiting.flatMap(({ hashes }) => hashes),
    );
    for (const item of this.#waiting) this.#add(item, item.search(lookup));
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #add({ about }: Item, match: Match | undefined): void {
    if (match === undefined) return;
    this.#found++;
    this.#matches.push({ ...about, ...match.first, count: match.count });
    if (this.#matches.length >= this.#limit * 4) this.#keepFirst();
  }

  #keepFirst(): void {
    const byTime = this.#matches.toSorted((a, b) => compareTimes(a.time, b.time));
    this.#matches = byTime.slice(0, this.#limit);
  }
}

/** Decimal numbers without leading zeroes. */
function compareTimes(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

function* itemsOf(
  { entry, spans, records }: LogChunk,
  pattern: SearchPattern,
): Generator<Item & { readonly bytes: number }> {
  if (entry.kind === "gone") return;
  if (entry.kind === "logs") {
    for (const record of records.records()) yield recordItem(entry.traceId, record, pattern);
    return;
  }
  const superseded = new Set(entry.superseded);
  let position = 0;
  for (const { span } of spansIn(spans.resourceSpans))
    if (!superseded.has(position++)) yield spanItem(entry.traceId, span, pattern);
}

function spanItem(traceId: string, span: Span, pattern: SearchPattern) {
  const { spanId } = spanIdentity(span);
  const { name = "", kind = 0, startTimeUnixNano = "0" } = span;
  return {
    about: { type: "span" as const, traceId, spanId, otlpKind: kind, name, time: startTimeUnixNano },
    search: (lookup: Lookup) => searchSpan(restoredSpan(span, lookup), pattern),
    ...valuesOf(span),
  };
}

function recordItem(traceId: string, record: LogRecord, pattern: SearchPattern) {
  const spanId = subjectOf(readRecord(record));
  const { timeUnixNano, observedTimeUnixNano } = record;
  const time = timeUnixNano ?? observedTimeUnixNano ?? "0";
  const { eventName: name = "" } = record;
  return {
    about: { type: "log" as const, traceId, ...(spanId === "" ? {} : { spanId }), name, time },
    search: (lookup: Lookup) => searchRecord(restoredRecord(record, lookup), pattern),
    ...valuesOf(record),
  };
}

function valuesOf(item: Span | LogRecord): { readonly hashes: readonly string[]; readonly bytes: number } {
  const values = offloadedIn(item);
  return { hashes: values.map(({ hash }) => hash), bytes: values.reduce((sum, { bytes }) => sum + bytes, 0) };
}
