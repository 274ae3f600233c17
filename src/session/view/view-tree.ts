import { isSameRange } from "../clock-outliers.ts";
import type { ClockRange } from "../clock-outliers.ts";
import { endedTraces } from "../liveness-facts.ts";
import type { PartFold } from "../part-fold.ts";
import type { QueryFold } from "../queries.ts";
import { ownUsageOf } from "../row-usage.ts";
import { timesOfParts } from "../session-times.ts";
import type { SessionTimes } from "../session-times.ts";
import type { SpanTable } from "../table/span-table.ts";
import { mergeTrees } from "../tree/merge-trees.ts";
import { buildTree, EMPTY_TREE } from "../tree/tree.ts";
import type { SessionTree, ViewSpan } from "../tree/tree.ts";

/** A part with its spans, by row of its table. */
export type ViewPart = PartFold & { readonly spans: readonly ViewSpan[] };

/** The tree of a session that grows: a part's rows are built again only after a change of the part, and unchanged nodes stay. */
export class ViewTree {
  readonly #known = new WeakMap<QueryFold, { readonly clocks: ClockRange; readonly tree: SessionTree }>();
  /** Of the parts, in their order, and of all. */
  #trees: readonly SessionTree[] = [];
  #last: SessionTree = EMPTY_TREE;

  /** `table`: of the whole session. */
  of(table: SpanTable, parts: readonly ViewPart[]): SessionTree {
    const times = timesOfParts(table, parts);
    // Mostly a part stays at its place.
    this.#trees = parts.map((part, at) => this.#treeOf(part, times, this.#trees[at]?.rows ?? []));
    return (this.#last = mergeTrees(this.#trees, times));
  }

  /** `rows`: of the part in the last tree. */
  #treeOf({ table, fold, spans }: ViewPart, times: SessionTimes, rows: SessionTree["rows"]): SessionTree {
    const known = this.#known.get(fold);
    if (known !== undefined && isSameRange(known.clocks, times.clocks)) return known.tree;
    let ended: ReadonlySet<number> | undefined;
    const isAwaited = (trace: number): boolean => !(ended ??= endedTraces(table, fold)).has(trace);
    const usageOf = ownUsageOf(table, fold);
    const tree = buildTree(table, fold.groups, spans, isAwaited, usageOf, {
      times,
      last: { rows, byKey: this.#last.byKey },
    });
    this.#known.set(fold, { clocks: times.clocks, tree });
    return tree;
  }
}
