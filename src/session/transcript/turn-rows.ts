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

/** How the rows of one turn stand to each other. */
export class TurnRows {
  /** Parents before their children; siblings by start. */
  readonly rows: readonly number[];
  readonly #table: SpanTable;
  readonly #parents: ReadonlyMap<number, number>;
  readonly #withChildren = new Set<number>();
  /** Around a call of a model, and around one whose answer is stated. */
  readonly #aroundModel = new Set<number>();
  readonly #aroundAnswer = new Set<number>();
  /** Within a call of a model whose answer is stated. */
  readonly #withinAnswer = new Set<number>();
  readonly #aroundRunning = new Set<number>();
  readonly #isAnswered: (row: number) => boolean;

  /** `parents`: by row, of the whole session. `isAnswered`: whether the row states an answer. */
  constructor(table: SpanTable, rows: readonly number[], parents: Int32Array, isAnswered: (row: number) => boolean) {
    this.rows = rows;
    this.#table = table;
    this.#isAnswered = isAnswered;
    const own = new Set(rows);
    const known = new Map<number, number>();
    for (const row of rows) {
      const parent = parents[row] ?? -1;
      if (own.has(parent)) known.set(row, parent);
    }
    this.#parents = known;
    for (let at = rows.length - 1; at >= 0; at--) this.#markAbove(rows[at] ?? -1);
    for (const row of rows) this.#markWithin(row);
  }

  /** -1 for a top row of the turn. */
  parent(row: number): number {
    return this.#parents.get(row) ?? -1;
  }

  /** It is a call of a model, and no other one within or around it states its answer better. */
  isModel(row: number): boolean {
    if (!this.#isCall(row) || this.#aroundAnswer.has(row)) return false;
    return this.#isAnswered(row) || (!this.#aroundModel.has(row) && !this.#withinAnswer.has(row));
  }

  /** It runs, and nothing within it does. */
  runsNow(row: number): boolean {
    return this.#table.rows.running(row) && !this.#aroundRunning.has(row);
  }

  isLeaf(row: number): boolean {
    return !this.#withChildren.has(row);
  }

  isWork(row: number): boolean {
    return this.isLeaf(row) || WORK.has(this.#table.rows.kind(row));
  }

  #isCall(row: number): boolean {
    return this.#table.rows.kind(row) === "llm";
  }

  #markAbove(row: number): void {
    const parent = this.parent(row);
    if (parent < 0) return;
    this.#withChildren.add(parent);
    if (this.#table.rows.running(row) || this.#aroundRunning.has(row)) this.#aroundRunning.add(parent);
    if (BOUNDARIES.has(this.#table.rows.kind(row))) return;
    const isCall = this.#isCall(row);
    if (isCall || this.#aroundModel.has(row)) this.#aroundModel.add(parent);
    if ((isCall && this.#isAnswered(row)) || this.#aroundAnswer.has(row)) this.#aroundAnswer.add(parent);
  }

  #markWithin(row: number): void {
    const parent = this.parent(row);
    if (parent < 0 || BOUNDARIES.has(this.#table.rows.kind(row))) return;
    if ((this.#isCall(parent) && this.#isAnswered(parent)) || this.#withinAnswer.has(parent))
      this.#withinAnswer.add(row);
  }
}
