import { KIND_GROUPS } from "../kind-filter.ts";
import { modelAt } from "../merged-rows.ts";
import type { QueryGroups } from "../query-groups.ts";
import { ROOT } from "../table/parent-links.ts";
import * as Row from "../table/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";

/** The model, the tool, the agent; else the span's own name, and its kind where the table has no name of it. */
export function stepName(table: SpanTable, groups: QueryGroups, row: number): string {
  const kind = table.rows.kind(row);
  const named =
    kind === "llm" || kind === "embedding"
      ? modelAt(table, groups, row)
      : kind === "agent" || kind === "team" || kind === "tool"
        ? table.text(row, Row.SUBJECT)
        : table.text(row, Row.QUERY_NAME);
  return named ?? table.text(row, Row.NAME) ?? kind;
}

/** The agent or team around a step; ROOT without, or if the step is one itself. */
export function agentAround({ rows }: SpanTable, { parents }: QueryGroups, row: number): number {
  let at = row;
  while (at >= 0 && !isAgent(rows.kind(at))) at = parents[at] ?? ROOT;
  return at === row ? ROOT : at;
}

const isAgent = (kind: string): boolean => kind === "agent" || kind === "team";

const PLUMBING = Row.kindsOf(KIND_GROUPS.plumbing);

export const isPlumbingRow = ({ rows }: SpanTable, row: number): boolean => rows.isAnyOf(row, PLUMBING);
