import type { ListCounts, ListCursor, ListQuery, ListSort } from "../trace/directory-contract.ts";
import type { ListFacts } from "../trace/list-facts.ts";
import { hasStatus, isInRange } from "../trace/list-filter.ts";
import type { ListFilter } from "../trace/list-filter.ts";
import type { Status } from "../trace/liveness.ts";
import { statusAfter, statusSchedule } from "../trace/status-schedule.ts";
import type { StatusSchedule } from "../trace/status-schedule.ts";
import { livenessIn, livenessText } from "./directory-write.ts";
import { Foremost } from "./foremost.ts";

/** Offsets of a row's numbers. */
const N = 0;
const ACTIVITY = 1;
const START = 2;
const END = 3;
const TOKENS = 4;
const COST = 5;
const ERRORS = 6;
const WIDTH = 7;

const DEAD = 0;
const SESSION = 1;
const TRACE = 2;

const FIRST_CAPACITY = 64;
const GROWTH = 1.25;
/** Texts of facts that are remembered; most rows' are one of a few. */
const MAX_KNOWN = 1_000;

export type ListedRow = { readonly n: number; readonly value: number; readonly status: Status };

type Cells = Omit<ListFacts, "liveness">;

/**
 * The numbers of every row of the list in memory, 59 bytes each, in the order of their numbers: any page of any sort, and
 * the counts beside it, is one walk over them. Folded from the rows on first use, and kept up with them.
 */
export class ListColumns {
  #cells = new Float64Array(FIRST_CAPACITY * WIDTH);
  #kinds = new Uint8Array(FIRST_CAPACITY);
  #schedules = new Uint16Array(FIRST_CAPACITY);
  #length = 0;
  #dead = 0;
  /** Distinct schedules are few: a status moves on in few ways. */
  readonly #ways: StatusSchedule[] = [];
  readonly #wayOf = new Map<string, number>();
  readonly #known = new Map<string, number>();

  constructor(sql: SqlStorage) {
    const rows = sql.exec(
      "SELECT n, kind, activity, start, end, tokens, cost, errors, liveness FROM session ORDER BY n",
    );
    for (const row of rows.raw<[number, ListFacts["kind"], number, number, number, number, number, number, string]>()) {
      const [n, kind, activity, start, end, tokens, cost, errors, text] = row;
      this.#write(this.#add(n), { kind, activity, start, end, tokens, cost, errors }, this.#way(text, activity));
    }
  }

  put(n: number, facts: ListFacts): void {
    const known = this.#find(n);
    const way = this.#way(livenessText(facts.liveness), facts.activity);
    this.#write(known < 0 ? this.#add(n) : known, facts, way);
  }

  remove(n: number): void {
    const row = this.#find(n);
    if (row < 0 || this.#kinds[row] === DEAD) return;
    this.#kinds[row] = DEAD;
    if (++this.#dead > FIRST_CAPACITY && this.#dead > this.#length / 2) this.#compact();
  }

  /** `within`: numbers of the rows that hold what is searched for, ascending. */
  page(
    { filter, sort, order, cursor, limit }: ListQuery,
    within: readonly number[] | undefined,
    now: number,
  ): { readonly rows: readonly ListedRow[]; readonly counts: ListCounts } {
    const counts = { all: 0, waiting: 0, stalled: 0, running: 0, quiet: 0, failed: 0, finished: 0 };
    const foremost = new Foremost(limit, order);
    const after = cursor && this.#placeOf(cursor);
    for (const row of this.#shown(filter, within)) {
      const status = this.#status(row, now);
      counts.all++;
      counts[status]++;
      if (!hasStatus(filter, status)) continue;
      const value = this.#value(row, sort);
      if (after !== undefined && foremost.compare(value, row, after.value, after.place) <= 0) continue;
      foremost.offer(value, row);
    }
    const rows = foremost.ranked.map((row) => ({
      n: this.#cell(row, N),
      value: this.#value(row, sort),
      status: this.#status(row, now),
    }));
    return { rows, counts };
  }

  /**
   * Rows that time alone has moved into the filter or out of it since then, and which: those whose status changed, or,
   * where nobody knows what was shown then, all whose status was not settled.
   */
  turned(filter: ListFilter, since: number, now: number, then: "known" | "unknown"): { n: number; shown: boolean }[] {
    const turned: { n: number; shown: boolean }[] = [];
    for (const row of this.#shown(filter, undefined)) {
      const last = this.#schedule(row).at(-1)?.after ?? 0;
      if (last === 0 || this.#cell(row, ACTIVITY) + last < since) continue;
      const shown = hasStatus(filter, this.#status(row, now));
      if (then === "known" && hasStatus(filter, this.#status(row, since)) === shown) continue;
      turned.push({ n: this.#cell(row, N), shown });
    }
    return turned;
  }

  /** When time alone will next move a row into the filter or out of it. */
  nextTurn(filter: ListFilter, now: number): number | undefined {
    let next: number | undefined;
    for (const row of this.#shown(filter, undefined)) {
      const activity = this.#cell(row, ACTIVITY);
      const shown = hasStatus(filter, this.#status(row, now));
      for (const { after, status } of this.#schedule(row)) {
        if (activity + after <= now || hasStatus(filter, status) === shown) continue;
        if (next === undefined || activity + after < next) next = activity + after;
        break;
      }
    }
    return next;
  }

  *#shown(filter: ListFilter, within: readonly number[] | undefined): Generator<number> {
    let at = 0;
    for (let row = 0; row < this.#length; row++) {
      if (within !== undefined) {
        const n = this.#cell(row, N);
        while (at < within.length && (within[at] ?? 0) < n) at++;
        if (within[at] !== n) continue;
      }
      const kind = this.#kinds[row];
      if (kind === DEAD) continue;
      const word = kind === TRACE ? "trace" : "session";
      if (isInRange(filter, word, this.#cell(row, START), this.#cell(row, END))) yield row;
    }
  }

  #status(row: number, now: number): Status {
    return statusAfter(this.#schedule(row), now - this.#cell(row, ACTIVITY));
  }

  #schedule(row: number): StatusSchedule {
    return this.#ways[this.#schedules[row] ?? 0] ?? [];
  }

  #value(row: number, sort: ListSort): number {
    switch (sort) {
      case "activity":
        return this.#cell(row, ACTIVITY);
      case "start":
        return this.#cell(row, START);
      case "duration":
        return this.#cell(row, END) - this.#cell(row, START);
      case "tokens":
        return this.#cell(row, TOKENS);
      case "cost":
        return this.#cell(row, COST);
      case "errors":
        return this.#cell(row, ERRORS);
    }
  }

  /** Its row may be gone: then it stands between two others. */
  #placeOf({ value, n }: ListCursor): { readonly value: number; readonly place: number } {
    const place = this.#firstFrom(n);
    return { value, place: this.#cell(place, N) === n ? place : place - 0.5 };
  }

  #cell(row: number, field: number): number {
    return this.#cells[row * WIDTH + field] ?? 0;
  }

  #write(row: number, facts: Cells, way: number): void {
    if (this.#kinds[row] === DEAD) this.#dead--;
    this.#kinds[row] = facts.kind === "trace" ? TRACE : SESSION;
    this.#schedules[row] = way;
    const { activity, start, end, tokens, cost, errors } = facts;
    this.#cells.set([activity, start, end, tokens, cost, errors], row * WIDTH + ACTIVITY);
  }

  #find(n: number): number {
    const row = this.#firstFrom(n);
    return row < this.#length && this.#cell(row, N) === n ? row : -1;
  }

  /** The first row with this number or a later one. */
  #firstFrom(n: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#cell(middle, N) < n) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A new row: numbers only rise. */
  #add(n: number): number {
    if (this.#length === this.#kinds.length) {
      const capacity = Math.ceil(this.#length * GROWTH);
      this.#cells = new Float64Array(this.#cells.buffer.transfer(capacity * WIDTH * Float64Array.BYTES_PER_ELEMENT));
      this.#kinds = new Uint8Array(this.#kinds.buffer.transfer(capacity));
      this.#schedules = new Uint16Array(this.#schedules.buffer.transfer(capacity * Uint16Array.BYTES_PER_ELEMENT));
    }
    const row = this.#length++;
    this.#cells[row * WIDTH + N] = n;
    this.#kinds[row] = DEAD;
    this.#dead++;
    return row;
  }

  #compact(): void {
    let kept = 0;
    for (let row = 0; row < this.#length; row++) {
      if (this.#kinds[row] === DEAD) continue;
      this.#cells.copyWithin(kept * WIDTH, row * WIDTH, (row + 1) * WIDTH);
      this.#kinds[kept] = this.#kinds[row] ?? DEAD;
      this.#schedules[kept] = this.#schedules[row] ?? 0;
      kept++;
    }
    this.#length = kept;
    this.#dead = 0;
  }

  #way(text: string, activity: number): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const schedule = statusSchedule(livenessIn(text, activity));
    const key = JSON.stringify(schedule);
    let way = this.#wayOf.get(key);
    if (way === undefined) {
      way = this.#ways.push(schedule) - 1;
      this.#wayOf.set(key, way);
    }
    if (this.#known.size < MAX_KNOWN) this.#known.set(text, way);
    return way;
  }
}
