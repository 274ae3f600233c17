import type { SpanKind } from "../../facts/facts.ts";
import * as Row from "../table/span-rows.ts";
import { cutCycles, namedParents, parentsFirst, ROOT } from "../table/parent-links.ts";
import type { SpanTable } from "../table/span-table.ts";

/** The spans of a table as their producers link them, without any relation that is inferred. */
export type CallRows = {
  /** By row: its parent row, or why it has none. */
  readonly parents: Int32Array;
  /**
   * By row: 1 for a span that stands for one operation as an agent logs it. Instrumentations of one service nest several spans
   * of one operation: of an agent's runs and of a tool's calls the outermost counts, of a model's calls the innermost.
   */
  readonly isCall: Uint8Array;
};

export function callRows(table: SpanTable): CallRows {
  const { rows } = table;
  const parents = namedParents(table);
  cutCycles(parents);
  const isCall = new Uint8Array(rows.length);
  const [agents, tools, models] = [nearest(table, "agent"), nearest(table, "tool"), nearest(table, "llm")];
  for (const row of parentsFirst(parents)) {
    const parent = parents[row] ?? ROOT;
    const [agent, tool, model] = [agents, tools, models].map((kind) => kind.pass(row, parent));
    if (rows.derivation(row) !== undefined) continue;
    const kind = rows.kind(row);
    if (kind === "agent" && !isOfService(table, agent, row)) isCall[row] = 1;
    if (kind === "tool" && !(isOfService(table, tool, row) && isSameSubject(table, tool ?? row, row))) isCall[row] = 1;
    if (kind !== "llm") continue;
    isCall[row] = 1;
    if (model !== undefined && isOfService(table, model, row)) isCall[model] = 0;
  }
  return { parents, isCall };
}

/** Finds the nearest span of a kind above each row, if rows are passed parents first. */
function nearest(table: SpanTable, kind: SpanKind) {
  const { rows } = table;
  const found = new Int32Array(rows.length).fill(-1);
  return {
    /** The nearest one above the row. */
    pass(row: number, parent: number): number | undefined {
      const above = parent < 0 ? -1 : (found[parent] ?? -1);
      found[row] = rows.kind(row) === kind && rows.derivation(row) === undefined ? row : above;
      return above < 0 ? undefined : above;
    },
  };
}

function isOfService({ rows }: SpanTable, above: number | undefined, row: number): boolean {
  return above !== undefined && rows.string(above, Row.SERVICE) === rows.string(row, Row.SERVICE);
}

export function isSameSubject({ rows }: SpanTable, a: number, b: number): boolean {
  return rows.string(a, Row.SUBJECT) === rows.string(b, Row.SUBJECT);
}
