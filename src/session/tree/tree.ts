import { ClockOutlierCount, bucketOf, isExtreme, isWithin } from "../clock-outliers.ts";
import type { ClockRange } from "../clock-outliers.ts";
import { CYCLE, ROOT, SELF } from "../table/parent-links.ts";
import type { DerivedKeys } from "../correlate/derived-links.ts";
import { linkParents } from "./tree-links.ts";
import { draftNode, addBadge } from "./tree-node.ts";
import type { DraftNode, SessionTree, TreeNode, ViewSpan } from "./tree-node.ts";

export type { Badge, SessionTree, TreeNode, ViewSpan } from "./tree-node.ts";

/**
 * Nests spans by parent, independent of their order. Orphans are below a placeholder, and that is below its trace. Members of a
 * cycle are roots.
 * `isAwaited`: whether missing parents of this trace may still be received; called only for traces with one.
 * `derived`: effects of log records on spans.
 */
export function buildTree(
  spans: Iterable<ViewSpan>,
  isAwaited: (traceId: string) => boolean = () => true,
  derived?: DerivedKeys,
): SessionTree {
  const counted = derived === undefined ? spans : Array.from(spans).filter(({ key }) => !derived.duplicates.has(key));
  const nodes = Array.from(counted, (span) => draftNode(span, derived));
  const clockRange = markAbsurdTimes(nodes);
  const parents = linkParents(nodes, isAwaited, derived?.parents);
  const tops = nest(nodes, parents);
  const roots = sortRoots(tops);
  const rows = flatten(roots);
  sumUp(rows);
  // Built on first use: the page builds a tree per frame, and few need it.
  let byKey: ReadonlyMap<string, TreeNode> | undefined;
  return {
    roots,
    rows,
    clockRange,
    replacements: derived?.replacements ?? NO_REPLACEMENTS,
    get byKey() {
      return (byKey ??= keyed(rows));
    },
  };
}

const NO_REPLACEMENTS: ReadonlyMap<string, string> = new Map();

/** The visible rows while these nodes are collapsed. */
export function visibleRows(tree: SessionTree, collapsed: ReadonlySet<string>): readonly TreeNode[] {
  if (collapsed.size === 0) return tree.rows;
  const visible: TreeNode[] = [];
  for (let at = 0; at < tree.rows.length; at++) {
    const node = tree.rows[at];
    if (!node) break;
    visible.push(node);
    if (collapsed.has(node.key)) at += node.descendants;
  }
  return visible;
}

/**
 * The time axis: from the earliest start to the latest end of the spans without clock outliers, which are more than a year
 * off (see {@link ClockOutlierCount}). Callers clamp the bars of outliers to it.
 */
export function axisOf(tree: SessionTree): { start: bigint; end: bigint } {
  const { clockRange } = tree;
  let start: bigint | undefined;
  let end = 0n;
  for (const node of tree.rows) {
    if (!node.span) continue;
    if (isWithin(clockRange, bucketOfInstant(node.start))) {
      if (start === undefined || node.start < start) start = node.start;
      if (node.start > end) end = node.start;
    }
    if (!node.running && node.end > end && isWithin(clockRange, bucketOfInstant(node.end), 1)) end = node.end;
  }
  return { start: start ?? 0n, end };
}

/** Adds badges to nodes with clock outliers, and to nodes with a clock near zero or near its maximum. */
function markAbsurdTimes(nodes: readonly DraftNode[]): ClockRange {
  const count = new ClockOutlierCount();
  for (const { start } of nodes) count.add(bucketOfInstant(start));
  const range = count.plausible;
  for (const node of nodes) {
    const start = bucketOfInstant(node.start);
    const end = node.running ? start : bucketOfInstant(node.end);
    if (!isWithin(range, start) || !isWithin(range, end, 1) || isExtreme(start) || isExtreme(end))
      addBadge(node, "absurd-time");
  }
  return range;
}

function bucketOfInstant(instant: bigint): number {
  return bucketOf(Number(instant >> 32n));
}

/** Attaches each node to its parent; returns the nodes without one. */
function nest(nodes: readonly DraftNode[], parents: Int32Array): DraftNode[] {
  const tops: DraftNode[] = [];
  nodes.forEach((node, at) => {
    const place = parents[at] ?? ROOT;
    if (place === SELF) addBadge(node, "self-parent");
    if (place === CYCLE) addBadge(node, "cycle");
    const parent = nodes[place];
    if (!parent) {
      tops.push(node);
      return;
    }
    node.parent = parent;
    parent.children.push(node);
  });
  for (const node of nodes) sortByStart(node.children);
  return tops;
}

function sortRoots(tops: DraftNode[]): DraftNode[] {
  const byTrace = new Map<string, DraftNode[]>();
  for (const node of tops) {
    const roots = byTrace.get(node.traceId);
    if (roots) roots.push(node);
    else byTrace.set(node.traceId, [node]);
  }
  for (const roots of byTrace.values()) sortByStart(roots);
  const traces = [...byTrace.values()].map((roots) => ({ roots, first: roots[0] }));
  traces.sort((a, b) => {
    if (!a.first || !b.first) return 0;
    if (a.first.start !== b.first.start) return a.first.start < b.first.start ? -1 : 1;
    return a.first.traceId < b.first.traceId ? -1 : 1;
  });
  return traces.flatMap(({ roots }) => roots);
}

function flatten(roots: readonly DraftNode[]): DraftNode[] {
  const rows: DraftNode[] = [];
  const ahead = roots.toReversed();
  for (let node = ahead.pop(); node; node = ahead.pop()) {
    node.depth = node.parent ? node.parent.depth + 1 : 0;
    rows.push(node);
    for (let at = node.children.length - 1; at >= 0; at--) {
      const child = node.children[at];
      if (child) ahead.push(child);
    }
  }
  return rows;
}

/** Children are after their parents in `rows`: in reverse, each node is complete before its parent sums it up. */
function sumUp(rows: readonly DraftNode[]): void {
  for (let at = rows.length - 1; at >= 0; at--) {
    const node = rows[at];
    if (!node) continue;
    if (node.running || !node.span || node.span.facts.derivation === "prompt") node.end = node.latest;
    const { parent } = node;
    if (!parent) continue;
    parent.descendants += node.descendants + 1;
    if (node.worst === "error") parent.worst = "error";
    if (node.latest > parent.latest) parent.latest = node.latest;
  }
}

function keyed(rows: readonly TreeNode[]): Map<string, TreeNode> {
  const nodes = new Map<string, TreeNode>();
  for (const node of rows) nodes.set(node.key, node);
  return nodes;
}

function sortByStart(nodes: DraftNode[]): void {
  for (let at = 1; at < nodes.length; at++) {
    const before = nodes[at - 1];
    const node = nodes[at];
    if (before && node && compare(before, node) > 0) {
      nodes.sort(compare);
      return;
    }
  }
}

function compare(a: DraftNode, b: DraftNode): number {
  if (a.start !== b.start) return a.start < b.start ? -1 : 1;
  if (a.spanId !== b.spanId) return a.spanId < b.spanId ? -1 : 1;
  return a.otlpKind - b.otlpKind;
}
