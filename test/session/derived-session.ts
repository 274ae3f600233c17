import { foldQueries } from "../../src/session/queries.ts";
import { queriesOf, summarise } from "../../src/session/summarise.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { derivedKeys } from "../../src/session/correlate/derived-links.ts";
import { buildTree } from "../../src/session/tree/tree.ts";
import type { ViewSpan } from "../../src/session/tree/tree.ts";
import { ABOUT } from "./fold-of.ts";
import { printTree } from "./print-tree.ts";
import type { Random } from "./seeded-random.ts";
import type { Sent } from "./session-generator.ts";
import { viewOf } from "./view-span.ts";

/** A session of spans in this order, some of them derived. */
export function derivedSession(sent: readonly Sent[]) {
  const table = new SpanTable();
  const spans = new Map<string, ViewSpan>();
  sent.forEach(({ traceId, facts }, position) => {
    const standing = table.compare(traceId, facts);
    table.admit(traceId, facts, 1, position);
    const view = viewOf(traceId, facts);
    if (standing === "new" || standing === "better") spans.set(view.key, view);
  });
  const fold = foldQueries(table);
  const { derived } = fold.groups;
  const tree = buildTree(spans.values(), () => true, derivedKeys(table, derived));
  return {
    standIns: tree.replacements,
    tree: printTree(tree),
    summary: summarise(table, ABOUT),
    queries: queriesOf(table, fold),
  };
}

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  return items.map(() => left.splice(random.below(left.length), 1)[0] as T);
}
