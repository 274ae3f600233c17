import { foldQueries, queriesOf, summarise } from "../../src/session/whole-session.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { buildTree } from "../../src/session/tree/tree.ts";
import type { ViewSpan } from "../../src/session/tree/tree.ts";
import { ABOUT } from "./fold-of.ts";
import { axisOf, printTree } from "./print-tree.ts";
import type { Random } from "./seeded-random.ts";
import type { Sent } from "./session-generator.ts";
import { viewOf } from "./view-span.ts";

/** A session of spans in this order, some of them derived. */
export function derivedSession(sent: readonly Sent[]) {
  const table = new SpanTable();
  const spans: ViewSpan[] = [];
  sent.forEach(({ traceId, facts }, position) => {
    const standing = table.compare(traceId, facts);
    const row = table.admit(traceId, facts, 1, position);
    if (standing === "new" || standing === "better") spans[row] = viewOf(traceId, facts);
  });
  const fold = foldQueries(table);
  const tree = buildTree(table, fold.groups, spans, () => true);
  return {
    standIns: tree.replacements,
    tree: printTree(tree),
    axis: axisOf(tree),
    summary: summarise(table, ABOUT),
    queries: queriesOf(table, fold),
  };
}

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  return items.map(() => left.splice(random.below(left.length), 1)[0] as T);
}
