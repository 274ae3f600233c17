import { cut } from "../../lib/one-line.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import type { AnyValue, KeyValue, Span } from "../../otel/span.ts";
import type { Found, SearchPattern } from "./pattern.ts";

/** A text of a span or a log record with the search in it. */
export type Hit = {
  /** `name`, `status`, `body`, an attribute's key, or an event's name and its attribute's key. */
  readonly field: string;
  /** The first place with the text around it, in one line. */
  readonly excerpt: string;
  /** Where the place begins in the excerpt, and its length, UTF-16 units. */
  readonly at: number;
  readonly length: number;
  /** Places in this text. */
  readonly count: number;
};

/** What a search finds in one span or log record: its first text, and the places in all its texts. */
export type Match = { readonly first: Hit; readonly count: number };

/** UTF-16 units before and after a place. */
const BEFORE = 40;
const AFTER = 120;
/** Nested values deeper than this are not searched. */
const MAX_DEPTH = 32;
const MAX_FIELD = 128;

/** Searches the span's name, its error, all its attributes and events. Of an offloaded value only the preview is there. */
export function searchSpan(span: Span, pattern: SearchPattern): Match | undefined {
  const hits = new Hits(pattern);
  hits.search("name", span.name);
  hits.search("status", span.status?.message);
  hits.searchAll("", span.attributes);
  for (const { name = "", attributes } of span.events ?? []) {
    hits.search("event", name);
    hits.searchAll(name, attributes);
  }
  return hits.match;
}

export function searchRecord(record: LogRecord, pattern: SearchPattern): Match | undefined {
  const hits = new Hits(pattern);
  hits.search("name", record.eventName);
  if (record.body !== undefined) hits.searchValue("body", record.body, 0);
  hits.searchAll("", record.attributes);
  return hits.match;
}

class Hits {
  readonly #pattern: SearchPattern;
  #first: Hit | undefined;
  #count = 0;

  constructor(pattern: SearchPattern) {
    this.#pattern = pattern;
  }

  get match(): Match | undefined {
    return this.#first === undefined ? undefined : { first: this.#first, count: this.#count };
  }

  search(field: string, text: string | undefined): void {
    const found = text === undefined ? undefined : this.#pattern.find(text);
    if (text === undefined || found === undefined) return;
    this.#count += found.count;
    this.#first ??= { field: cut(field, MAX_FIELD), ...excerptOf(text, found), count: found.count };
  }

  /** `event`: the name of the event that has the attributes; "" for the span's own. */
  searchAll(event: string, attributes: readonly KeyValue[] = []): void {
    for (const { key, value } of attributes)
      if (value !== undefined) this.searchValue(event === "" ? key : `${event} ${key}`, value, 0);
  }

  searchValue(field: string, value: AnyValue, depth: number): void {
    if (depth > MAX_DEPTH) return;
    this.search(field, value.stringValue ?? value.intValue);
    for (const inner of value.arrayValue?.values ?? []) this.searchValue(field, inner, depth + 1);
    for (const { value: inner } of value.kvlistValue?.values ?? [])
      if (inner !== undefined) this.searchValue(field, inner, depth + 1);
  }
}

/** Characters that would break the line or turn the text around them: each becomes one blank, so that places stay. */
// oxlint-disable-next-line no-control-regex -- the pattern matches control characters on purpose
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function excerptOf(text: string, { at, length }: Found): Pick<Hit, "excerpt" | "at" | "length"> {
  const from = Math.max(0, at - BEFORE);
  const to = Math.min(text.length, at + length + AFTER);
  const lead = from > 0 ? "…" : "";
  const body = text.slice(from, to).toWellFormed().replace(UNPRINTABLE, " ");
  return { excerpt: `${lead}${body}${to < text.length ? "…" : ""}`, at: at - from + lead.length, length };
}
