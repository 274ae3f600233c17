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
  readonly #aroundModel = new Set<number>();
  readonly #aroundRunning = new Set<number>();

  /** `parents`: by row, of the whole session. */
  constructor(table: SpanTable, rows: readonly number[], parents: Int32Array) {
    this.rows = rows;
    this.#table = table;
    const own = new Set(rows);
    const known = new Map<number, number>();
    for (const row of rows) {
      const parent = parents[row] ?? -1;
      if (own.has(parent)) known.set(row, parent);
    }
    this.#parents = known;
    for (let at = rows.length - 1; at >= 0; at--) this.#markParent(rows[at] ?? -1);
  }

  /** -1 for a top row of the turn. */
  parent(row: number): number {
    return this.#parents.get(row) ?? -1;
  }

  /** It is a call of a model, and no other call within repeats what it says. */
  isModel(row: number): boolean {
    return this.#table.rows.kind(row) === "llm" && !this.#aroundModel.has(row);
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

  #markParent(row: number): void {
    const parent = this.parent(row);
    if (parent < 0) return;
    const { rows } = this.#table;
    const kind = rows.kind(row);
    this.#withChildren.add(parent);
    if (kind === "llm" || (this.#aroundModel.has(row) && !BOUNDARIES.has(kind))) this.#aroundModel.add(parent);
    if (rows.running(row) || this.#aroundRunning.has(row)) this.#aroundRunning.add(parent);
  }
}
