import { compareEnds } from "../../session/numbers/ended-span.ts";
import type { EndedSpan } from "../../session/numbers/ended-span.ts";
import { NUMBERED_SPANS } from "../../session/table/recent-spans.ts";

/**
 * Rows that hold the spans. A report of ended spans writes one row as a rule: the one with the fewest spans that still count, which are
 * written again beside the new ones.
 */
const ROWS = 32;
/** Names of 256 units that JSON escapes: a row then has 1.2 MB of the 2 MB that it may have. */
const ROW_SPANS = 100;
/** A clock that is further ahead is wrong: its spans would count for ever. */
const MOST_AHEAD_MICROS = 86_400e6;

const TABLE =
  "CREATE TABLE IF NOT EXISTS ended (slot INTEGER PRIMARY KEY, written INTEGER NOT NULL, spans TEXT NOT NULL)";

type Placed = { readonly span: EndedSpan; readonly slot: number };

/** The {@link NUMBERED_SPANS} spans of the tenant that ended last. The same for any order and repetition of reports. */
export class EndedRows {
  readonly #sql: SqlStorage;
  #spans: Map<string, Placed> | undefined;
  #written = 0;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(TABLE);
  }

  get spans(): EndedSpan[] {
    return Array.from(this.#read().values(), ({ span }) => span);
  }

  /** Evicts what is in memory, after a write that failed. */
  evict(): void {
    this.#spans = undefined;
  }

  /** Call inside a transaction. `now`: Unix milliseconds. */
  admit(reported: readonly EndedSpan[], now: number): void {
    if (reported.length === 0) return;
    const spans = this.#read();
    const fresh = new Map<string, EndedSpan>();
    for (const span of reported) {
      if (span.end > now * 1_000 + MOST_AHEAD_MICROS || isSame(spans.get(span.key)?.span, span)) continue;
      fresh.set(span.key, span);
      spans.set(span.key, { span, slot: NOWHERE });
    }
    for (const key of this.#evictEarliest(spans)) fresh.delete(key);
    const left = [...fresh.values()];
    while (left.length > 0) this.#write(spans, left);
  }

  /** Returns the keys of the spans that count no more. */
  #evictEarliest(spans: Map<string, Placed>): string[] {
    if (spans.size <= NUMBERED_SPANS) return [];
    const sorted = Array.from(spans.values(), ({ span }) => span).toSorted(compareEnds);
    const earliest = sorted.slice(NUMBERED_SPANS).map(({ key }) => key);
    for (const key of earliest) spans.delete(key);
    return earliest;
  }

  /** Writes one row with as many of the spans as it has room for, and removes them from the list. */
  #write(spans: Map<string, Placed>, left: EndedSpan[]): void {
    const held = Array.from({ length: ROWS }, (): EndedSpan[] => []);
    for (const { span, slot } of spans.values()) held[slot]?.push(span);
    const slot = held.reduce((least, row, at) => (row.length < (held[least]?.length ?? 0) ? at : least), 0);
    const row = held[slot] ?? [];
    const added = left.splice(0, ROW_SPANS - row.length);
    for (const span of added) spans.set(span.key, { span, slot });
    const text = JSON.stringify([...row, ...added]);
    this.#sql.exec("INSERT OR REPLACE INTO ended VALUES (?, ?, ?)", slot, ++this.#written, text);
  }

  #read(): Map<string, Placed> {
    if (this.#spans !== undefined) return this.#spans;
    const spans = new Map<string, Placed>();
    this.#written = 0;
    // A row that was written later has the later version of a span.
    const rows = this.#sql.exec<{ slot: number; written: number; spans: string }>(
      "SELECT * FROM ended ORDER BY written",
    );
    for (const { slot, written, spans: text } of rows) {
      this.#written = written;
      for (const span of JSON.parse(text) as EndedSpan[]) spans.set(span.key, { span, slot });
    }
    this.#evictEarliest(spans);
    return (this.#spans = spans);
  }
}

/** Of a span that no row holds yet. */
const NOWHERE = -1;

/** Both were made by one function, so that equal ones have equal texts. */
function isSame(known: EndedSpan | undefined, span: EndedSpan): boolean {
  return known !== undefined && JSON.stringify(known) === JSON.stringify(span);
}
