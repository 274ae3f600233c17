import { countBefore } from "../../../lib/binary-search.ts";
import type { ListSort } from "../../../session/contract/directory.ts";
import type { ListFacts, StatusSchedule } from "../../../session/list/list-filter.ts";
import { statusAfter, statusSchedule } from "../../../session/list/list-filter.ts";
import type { Status } from "../../../session/liveness.ts";
import { livenessIn, livenessText } from "../rows/row-write.ts";

/** Offsets of a row's numbers. */
const N = 0;
const ACTIVITY = 1;
const START = 2;
const END = 3;
const TOKENS = 4;
const COST = 5;
const ERRORS = 6;
const ESTIMATED = 7;
const UNPRICED = 8;
const WIDTH = 9;

const REMOVED = 0;
const SESSION = 1;
const TRACE = 2;

const FIRST_CAPACITY = 64;
const GROWTH = 1.25;
/** Texts of liveness facts that are cached; most rows have one of a few. */
const MAX_KNOWN = 1_000;

/** What rows can be ordered by. */
export type RowValue = ListSort | "end";

type Cells = Omit<ListFacts, "liveness">;

/** A row of the query of the constructor. */
type StoredCells = [
  number,
  ListFacts["kind"],
  number,
  number,
  number,
  number,
  number,
  number,
  ListFacts["unpriced"],
  number,
  string,
];

/** The numbers of every row of the list in memory, 75 bytes each, in the order of the rows' own numbers. */
export class ListCells {
  #cells = new Float64Array(FIRST_CAPACITY * WIDTH);
  #kinds = new Uint8Array(FIRST_CAPACITY);
  #scheduleIds = new Uint16Array(FIRST_CAPACITY);
  #length = 0;
  #removed = 0;
  /** Distinct schedules of a status are few. */
  readonly #schedules: StatusSchedule[] = [];
  readonly #scheduleIdOf = new Map<string, number>();
  readonly #idOfText = new Map<string, number>();

  constructor(sql: SqlStorage) {
    const rows = sql.exec(
      "SELECT n, kind, activity, start, end, tokens, cost, estimated, unpriced, errors, liveness FROM session ORDER BY n",
    );
    for (const row of rows.raw<StoredCells>()) {
      const [n, kind, activity, start, end, tokens, cost, estimated, unpriced, errors, text] = row;
      const cells = { kind, activity, start, end, tokens, cost, estimated, unpriced, errors };
      this.#write(this.#add(n), cells, this.#scheduleId(text, activity));
    }
  }

  /** Rows, removed ones included. */
  get length(): number {
    return this.#length;
  }

  /** Rows that are listed. */
  *rows(): Generator<number> {
    for (let row = 0; row < this.#length; row++) if (this.isListed(row)) yield row;
  }

  isListed(row: number): boolean {
    return this.#kinds[row] !== REMOVED;
  }

  kind(row: number): "session" | "trace" {
    return this.#kinds[row] === TRACE ? "trace" : "session";
  }

  n(row: number): number {
    return this.#cell(row, N);
  }

  activity(row: number): number {
    return this.#cell(row, ACTIVITY);
  }

  start(row: number): number {
    return this.#cell(row, START);
  }

  end(row: number): number {
    return this.#cell(row, END);
  }

  value(row: number, of: RowValue): number {
    switch (of) {
      case "end":
        return this.#cell(row, END);
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

  /** What lists sum. */
  amounts(row: number): Pick<ListFacts, "tokens" | "cost" | "estimated" | "unpriced"> {
    return {
      tokens: this.#cell(row, TOKENS),
      cost: this.#cell(row, COST),
      estimated: this.#cell(row, ESTIMATED),
      unpriced: this.#cell(row, UNPRICED) === 1 ? 1 : 0,
    };
  }

  schedule(row: number): StatusSchedule {
    return this.#schedules[this.#scheduleIds[row] ?? 0] ?? [];
  }

  status(row: number, now: number): Status {
    return statusAfter(this.schedule(row), now - this.#cell(row, ACTIVITY));
  }

  /** When time alone changes the status for the last time. */
  lastTransitionAt(row: number): number {
    return this.#cell(row, ACTIVITY) + (this.schedule(row).at(-1)?.after ?? 0);
  }

  /** -1 if no row has this number. */
  find(n: number): number {
    const row = this.firstFrom(n);
    return row < this.#length && this.#cell(row, N) === n ? row : -1;
  }

  /** The first row with this number or a later one. */
  firstFrom(n: number): number {
    return countBefore(this.#length, (row) => this.#cell(row, N) < n);
  }

  /** Writes the row of this number, which may be new; returns its index. */
  upsert(n: number, facts: ListFacts): number {
    const known = this.find(n);
    const row = known < 0 ? this.#add(n) : known;
    this.#write(row, facts, this.#scheduleId(livenessText(facts.liveness), facts.activity));
    return row;
  }

  /** Returns whether the rows moved up, since many were removed. */
  remove(row: number): "stayed" | "moved" {
    this.#kinds[row] = REMOVED;
    if (++this.#removed <= FIRST_CAPACITY || this.#removed <= this.#length / 2) return "stayed";
    this.#compact();
    return "moved";
  }

  #cell(row: number, field: number): number {
    return this.#cells[row * WIDTH + field] ?? 0;
  }

  #write(row: number, facts: Cells, scheduleId: number): void {
    if (this.#kinds[row] === REMOVED) this.#removed--;
    this.#kinds[row] = facts.kind === "trace" ? TRACE : SESSION;
    this.#scheduleIds[row] = scheduleId;
    const at = row * WIDTH;
    this.#cells[at + ACTIVITY] = facts.activity;
    this.#cells[at + START] = facts.start;
    this.#cells[at + END] = facts.end;
    this.#cells[at + TOKENS] = facts.tokens;
    this.#cells[at + COST] = facts.cost;
    this.#cells[at + ERRORS] = facts.errors;
    this.#cells[at + ESTIMATED] = facts.estimated;
    this.#cells[at + UNPRICED] = facts.unpriced;
  }

  /** A new row: numbers only rise. */
  #add(n: number): number {
    if (this.#length === this.#kinds.length) {
      const capacity = Math.ceil(this.#length * GROWTH);
      this.#cells = new Float64Array(this.#cells.buffer.transfer(capacity * WIDTH * Float64Array.BYTES_PER_ELEMENT));
      this.#kinds = new Uint8Array(this.#kinds.buffer.transfer(capacity));
      this.#scheduleIds = new Uint16Array(this.#scheduleIds.buffer.transfer(capacity * Uint16Array.BYTES_PER_ELEMENT));
    }
    const row = this.#length++;
    this.#cells[row * WIDTH + N] = n;
    this.#kinds[row] = REMOVED;
    this.#removed++;
    return row;
  }

  #compact(): void {
    let length = 0;
    for (let row = 0; row < this.#length; row++) {
      if (this.#kinds[row] === REMOVED) continue;
      this.#cells.copyWithin(length * WIDTH, row * WIDTH, (row + 1) * WIDTH);
      this.#kinds[length] = this.#kinds[row] ?? REMOVED;
      this.#scheduleIds[length] = this.#scheduleIds[row] ?? 0;
      length++;
    }
    this.#length = length;
    this.#removed = 0;
  }

  #scheduleId(text: string, activity: number): number {
    const known = this.#idOfText.get(text);
    if (known !== undefined) return known;
    const schedule = statusSchedule(livenessIn(text, activity));
    const key = JSON.stringify(schedule);
    let scheduleId = this.#scheduleIdOf.get(key);
    if (scheduleId === undefined) {
      scheduleId = this.#schedules.push(schedule) - 1;
      this.#scheduleIdOf.set(key, scheduleId);
    }
    if (this.#idOfText.size < MAX_KNOWN) this.#idOfText.set(text, scheduleId);
    return scheduleId;
  }
}
