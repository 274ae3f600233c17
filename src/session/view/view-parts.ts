import { endedTraces } from "../liveness-facts.ts";
import type { PartFold } from "../part-fold.ts";
import type { Prices } from "../prices/prices.ts";
import { foldQueries } from "../queries.ts";
import type { QueryFold } from "../queries.ts";
import { ownUsageOf } from "../row-usage.ts";
import { isSameRange } from "../clock-outliers.ts";
import type { ClockRange } from "../clock-outliers.ts";
import { timesOfParts } from "../session-times.ts";
import type { SessionTimes } from "../session-times.ts";
import type { SpanTable } from "../table/span-table.ts";
import { mergeTrees } from "../tree/merge-trees.ts";
import { buildTree, EMPTY_TREE } from "../tree/tree.ts";
import type { SessionTree, ViewSpan } from "../tree/tree.ts";

/** A part takes new traces until it has so many spans. A batch then changes a part or two, and a large session has some hundred. */
const MOST_ROWS = 512;

/** A part with its spans, by row of its table. */
export type ViewPart = PartFold & { readonly spans: readonly ViewSpan[] };

/**
 * The traces of a session in parts that nothing relates to others: each is folded by itself, and again only after a change.
 * Derived spans may belong to spans of any trace: then the session is one part.
 */
export class ViewParts {
  readonly #table: SpanTable;
  readonly #mostRows: number;
  readonly #whole: TracesPart;
  #parts: TracesPart[] = [];
  readonly #ofTrace = new Map<string, TracesPart>();
  #tree: SessionTree = EMPTY_TREE;

  constructor(table: SpanTable, mostRows = MOST_ROWS) {
    this.#table = table;
    this.#mostRows = mostRows;
    this.#whole = new TracesPart(table);
  }

  /** A new row of the table. */
  add(traceId: string, row: number): void {
    this.#whole.change();
    let part = this.#ofTrace.get(traceId);
    if (part === undefined) {
      part = this.#parts.at(-1);
      if (part === undefined || part.rows.length >= this.#mostRows)
        this.#parts.push((part = new TracesPart(this.#table, [])));
      this.#ofTrace.set(traceId, part);
    }
    part.rows.push(row);
    part.change();
  }

  /** A row of the trace, or what log records say of it, is another. */
  change(traceId: string): void {
    this.#whole.change();
    this.#ofTrace.get(traceId)?.change();
  }

  /** After the table evicted these traces: `rowOf` gives each row's number since, -1 for an evicted one. */
  evict(traceIds: Iterable<string>, rowOf: Int32Array): void {
    for (const traceId of traceIds) this.#ofTrace.delete(traceId);
    for (const part of [this.#whole, ...this.#parts]) part.renumber(rowOf);
    this.#parts = this.#parts.filter(({ rows }) => rows.length > 0);
  }

  folds(prices: Prices | undefined): readonly PartFold[] {
    return this.#current.map((part) => part.fold(prices));
  }

  /** `spans`: by row of the table. */
  withSpans(spans: readonly ViewSpan[], prices: Prices | undefined): readonly ViewPart[] {
    return this.#current.map((part) => ({ ...part.fold(prices), spans: part.own(spans) }));
  }

  /** `spans`: by row of the table. */
  tree(spans: readonly ViewSpan[], prices: Prices | undefined): SessionTree {
    const folds = this.folds(prices);
    const times = timesOfParts(
      this.#table,
      folds.map(({ table, fold: { groups } }) => ({ table, groups })),
    );
    const trees = this.#current.map((part) => part.tree(spans, prices, times, this.#tree));
    return (this.#tree = mergeTrees(trees, times));
  }

  get #current(): readonly TracesPart[] {
    return this.#table.rows.anyDerived ? [this.#whole] : this.#parts;
  }
}

class TracesPart {
  /** Ascending; the whole table's are all, and not listed. */
  rows: number[];
  readonly #whole: SpanTable;
  readonly #extent: "all" | "some";
  #fold: (PartFold & { readonly prices: Prices | undefined }) | undefined;
  #spans: readonly ViewSpan[] | undefined;
  #tree: { readonly of: QueryFold; readonly clocks: ClockRange; readonly tree: SessionTree } | undefined;

  constructor(whole: SpanTable, rows?: number[]) {
    this.#whole = whole;
    this.#extent = rows === undefined ? "all" : "some";
    this.rows = rows ?? [];
  }

  change(): void {
    this.#fold = undefined;
    this.#spans = undefined;
  }

  renumber(rowOf: Int32Array): void {
    this.rows = this.rows.map((row) => rowOf[row] ?? -1).filter((row) => row >= 0);
    // The table packed its strings anew.
    this.change();
  }

  fold(prices: Prices | undefined): PartFold {
    if (this.#fold !== undefined && this.#fold.prices === prices) return this.#fold;
    const table = this.#extent === "all" ? this.#whole : this.#whole.slice(this.rows);
    this.#fold = { table, fold: foldQueries(table, prices), prices };
    return this.#fold;
  }

  /** The spans of the part, of those of the session. The same list until the part changes. */
  own(spans: readonly ViewSpan[]): readonly ViewSpan[] {
    if (this.#extent === "all") return spans;
    return (this.#spans ??= this.rows.flatMap((row) => spans[row] ?? []));
  }

  /** `last`: that of the session. */
  tree(spans: readonly ViewSpan[], prices: Prices | undefined, times: SessionTimes, last: SessionTree): SessionTree {
    const { table, fold } = this.fold(prices);
    const known = this.#tree;
    if (known?.of === fold && isSameRange(known.clocks, times.clocks)) return known.tree;
    const own = this.own(spans);
    let ended: ReadonlySet<number> | undefined;
    const isAwaited = (trace: number): boolean => !(ended ??= endedTraces(table, fold)).has(trace);
    const tree = buildTree(table, fold.groups, own, isAwaited, ownUsageOf(table, fold), {
      times,
      last: known?.tree ?? (this.#extent === "all" ? last : EMPTY_TREE),
    });
    this.#tree = { of: fold, clocks: times.clocks, tree };
    return tree;
  }
}
