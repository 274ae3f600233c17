import type { SpanFacts } from "../../facts/facts.ts";
import { bucketOfInstant, isExtreme } from "../clock-outliers.ts";

/** Spans that numbers are made of, of a session and of a tenant. */
export const NUMBERED_SPANS = 1_000;

/** What the rows of a table omit, to save memory. */
export type RecentSpan = { readonly name: string; readonly route: string | undefined };

type Entry = RecentSpan & Pick<SpanFacts, "end" | "spanId">;

/** By row: names of the {@link NUMBERED_SPANS} spans that ended last. Until {@link RecentSpans.rows} is read, of up to twice as many. */
export class RecentSpans {
  readonly #entries = new Map<number, Entry>();
  /** The end of the earliest one, once others were dropped; Unix nanoseconds. */
  #floor = 0n;
  /** The last row with an entry: a later row has none to delete. */
  #last = -1;

  get bytes(): number {
    let units = 0;
    for (const { name, route = "" } of this.#entries.values()) units += name.length + route.length;
    return this.#entries.size * ENTRY_BYTES + units * 2;
  }

  /** Admits the version of a span that its row stores now. */
  admit(row: number, { running, end, spanId, name, route }: SpanFacts): void {
    // An end that only a clock has that was never set would stay for ever.
    if (running || end < this.#floor || isExtreme(bucketOfInstant(end))) {
      if (row <= this.#last) this.#entries.delete(row);
      return;
    }
    if (row > this.#last) this.#last = row;
    this.#entries.set(row, { end, spanId, name, route });
    if (this.#entries.size > 2 * NUMBERED_SPANS) this.#prune();
  }

  /** The upper 32 bits of an end below which no span is among them. */
  get floorWord(): number {
    return Number(this.#floor >> 32n);
  }

  at(row: number): RecentSpan | undefined {
    return this.#entries.get(row);
  }

  /** The rows of the spans that ended last, in no order. */
  rows(): ReadonlySet<number> {
    if (this.#entries.size > NUMBERED_SPANS) this.#prune();
    return new Set(this.#entries.keys());
  }

  /** As {@link SpanRows.retain}, of a table with so many rows. */
  retain(isLeft: (row: number) => boolean, length: number): void {
    const entries = new Map(this.#entries);
    this.#entries.clear();
    this.#floor = 0n;
    let at = 0;
    for (let row = 0; row < length; row++) {
      if (!isLeft(row)) continue;
      const entry = entries.get(row);
      if (entry !== undefined) this.#entries.set(at, entry);
      at++;
    }
  }

  #prune(): void {
    const sorted = [...this.#entries].toSorted(([, a], [, b]) => latestFirst(a, b));
    for (const [row] of sorted.slice(NUMBERED_SPANS)) this.#entries.delete(row);
    this.#floor = sorted[NUMBERED_SPANS - 1]?.[1].end ?? 0n;
  }
}

/** Of a Map's entry and an object with four fields. */
const ENTRY_BYTES = 96;

/** Of equal ends the ids decide: the order of admission does not show. */
function latestFirst(a: Entry, b: Entry): number {
  if (a.end !== b.end) return a.end > b.end ? -1 : 1;
  return a.spanId < b.spanId ? -1 : a.spanId > b.spanId ? 1 : 0;
}
