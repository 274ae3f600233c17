import type { SpanKind } from "../../facts/facts.ts";
import type { SpanTable } from "../table/span-table.ts";

/** Work of its own: models, tools, requests. The other kinds stand around it. */
const WORK: ReadonlySet<SpanKind> = new Set<SpanKind>([
  "llm",
  "tool",
  "embedding",
  "retrieval",
  "http",
  "db",
  "messaging",
]);
/** Calls within these belong to another participant. */
const BOUNDARIES: ReadonlySet<SpanKind> = new Set<SpanKind>(["tool", "agent", "team", "query"]);

/** What is known of a row, bit by bit. */
const WITH_CHILDREN = 1;
/** Around a call of a model, and around one whose answer is stated. */
const AROUND_MODEL = 2;
const AROUND_ANSWER = 4;
/** Within a call of a model whose answer is stated. */
const WITHIN_ANSWER = 8;
const AROUND_RUNNING = 16;

/** How the rows of one turn stand to each other. */
export class TurnRows {
  /** Parents before their children; siblings by start. */
  readonly rows: readonly number[];
  readonly #table: SpanTable;
  readonly #places: ReadonlyMap<number, number>;
  /** By place in `rows`: the parent's place, or -1; and the bits of what is known. */
  readonly #parents: Int32Array;
  readonly #bits: Uint8Array;
  readonly #isAnswered: (row: number) => boolean;

  /** `parents`: by row, of the whole session. `isAnswered`: whether the row states an answer. */
  constructor(table: SpanTable, rows: readonly number[], parents: Int32Array, isAnswered: (row: number) => boolean) {
    this.rows = rows;
    this.#table = table;
    this.#isAnswered = isAnswered;
    const places = new Map<number, number>();
    for (let at = 0; at < rows.length; at++) places.set(rows[at] ?? -1, at);
    this.#places = places;
    const own = new Int32Array(rows.length);
    for (let at = 0; at < rows.length; at++) own[at] = places.get(parents[rows[at] ?? -1] ?? -1) ?? -1;
    this.#parents = own;
    this.#bits = new Uint8Array(rows.length);
    for (let at = rows.length - 1; at >= 0; at--) this.#markAbove(at);
    for (let at = 0; at < rows.length; at++) this.#markWithin(at);
  }

  /** -1 for a top row of the turn. */
  parent(row: number): number {
    const parent = this.#parents[this.#places.get(row) ?? -1] ?? -1;
    return parent < 0 ? -1 : (this.rows[parent] ?? -1);
  }

  /** It is a call of a model, and no other one within or around it states its answer better. */
  isModel(row: number): boolean {
    if (!this.#isCall(row)) return false;
    const bits = this.#bitsOf(row);
    if ((bits & AROUND_ANSWER) !== 0) return false;
    return (bits & (AROUND_MODEL | WITHIN_ANSWER)) === 0 || this.#isAnswered(row);
  }

  /** It runs, and nothing within it does. */
  runsNow(row: number): boolean {
    return this.#table.rows.running(row) && (this.#bitsOf(row) & AROUND_RUNNING) === 0;
  }

  isLeaf(row: number): boolean {
    return (this.#bitsOf(row) & WITH_CHILDREN) === 0;
  }

  isWork(row: number): boolean {
    return this.isLeaf(row) || WORK.has(this.#table.rows.kind(row));
  }

  #bitsOf(row: number): number {
    return this.#bits[this.#places.get(row) ?? -1] ?? 0;
  }

  #isCall(row: number): boolean {
    return this.#table.rows.kind(row) === "llm";
  }

  #markAbove(at: number): void {
    const parent = this.#parents[at] ?? -1;
    if (parent < 0) return;
    const row = this.rows[at] ?? -1;
    const own = this.#bits[at] ?? 0;
    let bits = WITH_CHILDREN;
    if (this.#table.rows.running(row)) bits |= AROUND_RUNNING;
    bits |= own & AROUND_RUNNING;
    if (!BOUNDARIES.has(this.#table.rows.kind(row))) {
      bits |= own & (AROUND_MODEL | AROUND_ANSWER);
      if (this.#isCall(row)) bits |= this.#isAnswered(row) ? AROUND_MODEL | AROUND_ANSWER : AROUND_MODEL;
    }
    this.#bits[parent] = (this.#bits[parent] ?? 0) | bits;
  }

  #markWithin(at: number): void {
    const parent = this.#parents[at] ?? -1;
    const row = this.rows[at] ?? -1;
    if (parent < 0 || BOUNDARIES.has(this.#table.rows.kind(row))) return;
    const above = this.rows[parent] ?? -1;
    const isWithin = ((this.#bits[parent] ?? 0) & WITHIN_ANSWER) !== 0;
    if (isWithin || (this.#isCall(above) && this.#isAnswered(above)))
      this.#bits[at] = (this.#bits[at] ?? 0) | WITHIN_ANSWER;
  }
}
