import { EraCount, eraOf, isWithin } from "./era.ts";
import type { SpanFacts } from "./facts.ts";
import { CYCLE, cutCycles, MISSING, ROOT, SELF } from "./parent-links.ts";
import type { Resource, Scope, Span } from "./span.ts";

/** A span as a view holds it: the same object as long as nothing better comes. */
export type ViewSpan = {
  /** `<trace id>:<span id>:<OTLP kind>`, a span's identity. */
  readonly key: string;
  readonly traceId: string;
  readonly span: Span;
  readonly resource?: Resource;
  readonly scope?: Scope;
  readonly facts: SpanFacts;
  /** Unix nanoseconds, decimal. */
  readonly received: string;
};

/** What is odd about a node; all of it is legal OTLP, and shown. */
export type Mark = "placeholder" | "self-parent" | "cycle" | "end-before-start" | "duplicate-id";

export type TreeNode = {
  /** The span's; of a placeholder `<trace id>:<span id>:missing`. */
  readonly key: string;
  readonly traceId: string;
  readonly spanId: string;
  /** None on a placeholder: the parent that was named and has not come. */
  readonly span?: ViewSpan;
  readonly parent?: TreeNode;
  /** By start, then by span id and kind. */
  readonly children: readonly TreeNode[];
  readonly depth: number;
  /** Unix nanoseconds; of a placeholder its earliest child's. */
  readonly start: bigint;
  /** Unix nanoseconds, as the span says; while it runs and of a placeholder, the latest that is known of the subtree. */
  readonly end: bigint;
  readonly running: boolean;
  readonly error: boolean;
  /** Of the node and all below. */
  readonly worst: "error" | "ok";
  readonly descendants: number;
  readonly marks: readonly Mark[];
};

export type SessionTree = {
  /** Nodes without parent: traces by start, and within each its roots by start. */
  readonly roots: readonly TreeNode[];
  /** Every node as it is shown with nothing collapsed: each followed by all below it. */
  readonly rows: readonly TreeNode[];
  readonly byKey: ReadonlyMap<string, TreeNode>;
};

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

/** A node while it is built. */
type Growing = Mutable<Omit<TreeNode, "parent" | "children">> & {
  parent?: Growing;
  readonly children: Growing[];
  /** Latest start or end of the subtree. */
  latest: bigint;
  readonly otlpKind: number;
};

const NO_MARKS: readonly Mark[] = [];

/** Spans nested by parent, whatever order they came in: orphans hang from a placeholder, members of a cycle from the trace. */
export function buildTree(spans: Iterable<ViewSpan>): SessionTree {
  const nodes: Growing[] = [];
  const traces = new Map<string, Map<string, number>>();
  for (const span of spans) {
    const at = nodes.push(grow(span)) - 1;
    let ids = traces.get(span.traceId);
    if (!ids) traces.set(span.traceId, (ids = new Map()));
    index(nodes, ids, at);
  }
  const parents = linkParents(nodes, traces);
  const tops = nest(nodes, parents);
  const roots = sortRoots(tops);
  const rows = flatten(roots);
  sumUp(rows);
  // Few trees are ever asked: the page builds one a frame.
  let byKey: ReadonlyMap<string, TreeNode> | undefined;
  return {
    roots,
    rows,
    get byKey() {
      return (byKey ??= keyed(rows));
    },
  };
}

/** The rows that are shown while these nodes are collapsed. */
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
 * The common time axis: from the earliest start to the latest end of the spans, but for those whose clock is more than a
 * year from the others (see {@link EraCount}); their bars are to be clamped to it.
 */
export function axisOf(tree: SessionTree): { start: bigint; end: bigint } {
  const count = new EraCount();
  for (const { span, start } of tree.rows) if (span) count.add(eraOfInstant(start));
  const eras = count.common;
  let start: bigint | undefined;
  let end = 0n;
  for (const node of tree.rows) {
    if (!node.span) continue;
    if (isWithin(eras, eraOfInstant(node.start))) {
      if (start === undefined || node.start < start) start = node.start;
      if (node.start > end) end = node.start;
    }
    if (!node.running && node.end > end && isWithin(eras, eraOfInstant(node.end), 1)) end = node.end;
  }
  return { start: start ?? 0n, end };
}

function eraOfInstant(instant: bigint): number {
  return eraOf(Number(instant >> 32n));
}

function grow(span: ViewSpan): Growing {
  const { facts } = span;
  const { start, running, error } = facts;
  const isReversed = !running && facts.end < start;
  return {
    key: span.key,
    traceId: span.traceId,
    spanId: facts.spanId,
    span,
    children: [],
    depth: 0,
    start,
    end: running ? start : facts.end,
    latest: running || isReversed ? start : facts.end,
    running,
    error,
    worst: error ? "error" : "ok",
    descendants: 0,
    marks: isReversed ? ["end-before-start"] : NO_MARKS,
    otlpKind: facts.otlpKind >>> 0,
  };
}

/** Of several spans under one id, children hang from that of the smallest OTLP kind; the others are marked. */
function index(nodes: readonly Growing[], ids: Map<string, number>, at: number): void {
  const node = nodes[at];
  if (!node) return;
  const other = ids.get(node.spanId);
  const known = other === undefined ? undefined : nodes[other];
  if (known === undefined || node.otlpKind < known.otlpKind) ids.set(node.spanId, at);
  if (known !== undefined) mark(node.otlpKind < known.otlpKind ? known : node, "duplicate-id");
}

function linkParents(nodes: readonly Growing[], traces: ReadonlyMap<string, ReadonlyMap<string, number>>): Int32Array {
  const parents = new Int32Array(nodes.length);
  nodes.forEach((node, at) => {
    const parentId = node.span?.facts.parentSpanId ?? "";
    if (parentId === "") parents[at] = ROOT;
    else if (parentId === node.spanId) parents[at] = SELF;
    else parents[at] = traces.get(node.traceId)?.get(parentId) ?? MISSING;
  });
  cutCycles(parents);
  return parents;
}

/** Gives each node to its parent; answers those that have none. */
function nest(nodes: readonly Growing[], parents: Int32Array): Growing[] {
  const tops: Growing[] = [];
  const placeholders = new Map<string, Growing>();
  nodes.forEach((node, at) => {
    const place = parents[at] ?? ROOT;
    if (place === SELF) mark(node, "self-parent");
    if (place === CYCLE) mark(node, "cycle");
    let parent = nodes[place];
    if (place === MISSING) {
      const spanId = node.span?.facts.parentSpanId ?? "";
      const key = `${node.traceId}:${spanId}:missing`;
      parent = placeholders.get(key);
      if (!parent) {
        parent = placeholder(key, node, spanId);
        placeholders.set(key, parent);
        tops.push(parent);
      }
      if (node.start < parent.start) parent.start = node.start;
    }
    if (!parent) {
      tops.push(node);
      return;
    }
    node.parent = parent;
    parent.children.push(node);
  });
  for (const node of nodes) sortByStart(node.children);
  for (const node of placeholders.values()) sortByStart(node.children);
  return tops;
}

function placeholder(key: string, { traceId, start }: Growing, spanId: string): Growing {
  const none = { depth: 0, running: false, error: false, worst: "ok", descendants: 0, otlpKind: 0 } as const;
  return { key, traceId, spanId, children: [], start, end: start, latest: start, marks: ["placeholder"], ...none };
}

function sortRoots(tops: Growing[]): Growing[] {
  const byTrace = new Map<string, Growing[]>();
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

function flatten(roots: readonly Growing[]): Growing[] {
  const rows: Growing[] = [];
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

/** Children come after their parents in `rows`, so that from the back each is complete before its parent takes it in. */
function sumUp(rows: readonly Growing[]): void {
  for (let at = rows.length - 1; at >= 0; at--) {
    const node = rows[at];
    if (!node) continue;
    if (node.running || !node.span) node.end = node.latest;
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

function sortByStart(nodes: Growing[]): void {
  for (let at = 1; at < nodes.length; at++) {
    const before = nodes[at - 1];
    const node = nodes[at];
    if (before && node && compare(before, node) > 0) {
      nodes.sort(compare);
      return;
    }
  }
}

function compare(a: Growing, b: Growing): number {
  if (a.start !== b.start) return a.start < b.start ? -1 : 1;
  if (a.spanId !== b.spanId) return a.spanId < b.spanId ? -1 : 1;
  return a.otlpKind - b.otlpKind;
}

function mark(node: Growing, added: Mark): void {
  node.marks = [...node.marks, added];
}
