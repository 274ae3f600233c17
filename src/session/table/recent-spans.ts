import type { SpanFacts } from "../../facts/facts.ts";
import { bucketOfInstant, isExtreme } from "../clock-outliers.ts";

/** Spans that numbers are made of, of a session and of a tenant. */
export const NUMBERED_SPANS = 1_000;

/** What the rows of a table omit, to save memory. */
export type RecentSpan = {
  readonly name: string;
  readonly route: string | undefined;
  /** As what this version of the span was reported, see `ReportedSpans`. */
  reported?: string;
};

type Entry = RecentSpan & Pick<SpanFacts, "end" | "spanId">;

/** By row: names of the {@link NUMBERED_SPANS} spans that ended last. Until {@link RecentSpans.latest} is read, of up to twice as many. */
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

  /** The spans that ended last by row, in no order. */
  get latest(): ReadonlyMap<number, RecentSpan> {
    if (this.#entries.size > NUMBERED_SPANS) this.#prune();
    return this.#entries;
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
    // Numbers are sorted without a function: this runs before each report.
    const ends = new BigUint64Array(Array.from(this.#entries.values(), ({ end }) => end)).sort();
    const floor = ends[ends.length - NUMBERED_SPANS] ?? 0n;
    this.#floor = floor;
    const tied: [row: number, spanId: string][] = [];
    for (const [row, { end, spanId }] of this.#entries) {
      if (end < floor) this.#entries.delete(row);
      else if (end === floor) tied.push([row, spanId]);
    }
    // Of equal ends the ids decide: the order of admission does not show.
    tied.sort(([, a], [, b]) => (a < b ? 1 : a > b ? -1 : 0));
    for (const [row] of tied.slice(0, this.#entries.size - NUMBERED_SPANS)) this.#entries.delete(row);
  }
}

/** Of a Map's entry, an object with five fields and a text. */
const ENTRY_BYTES = 136;
