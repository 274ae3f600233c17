import type { QueryGroups } from "../query-groups.ts";
import { hasAbsurdTime, sessionTimes } from "../session-times.ts";
import type { SessionTimes } from "../session-times.ts";
import { errorsOf } from "../errors.ts";
import { UsageTotal } from "../row-usage.ts";
import type { OwnUsage } from "../row-usage.ts";
import { failureAt, isCanceled, isError } from "../table/annotated-rows.ts";
import { CYCLE, ROOT, SELF } from "../table/parent-links.ts";
import * as Row from "../table/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import { isClosed } from "./closed-rows.ts";
import { keptNodes } from "./keep-nodes.ts";
import type { LastTree } from "./keep-nodes.ts";
import type { ClosedRows } from "./closed-rows.ts";
import { outlineOf, startOf } from "./outline.ts";
import type { Placeholder } from "./placeholders.ts";
import { draftNode, draftPlaceholder, EMPTY_TREE } from "./tree-node.ts";
import type { Badge, DraftNode, RowFields, SessionTree, TreeNode, ViewSpan } from "./tree-node.ts";

export { EMPTY_TREE } from "./tree-node.ts";
export type { Badge, SessionTree, TreeNode, ViewSpan } from "./tree-node.ts";

/**
 * The tree of a session. The table knows its shape, order and times; here each row gets its span, its badges and the sums
 * over the rows below.
 * `spans`: by row of the table.
 * `usageOf`: what a row counts of tokens and costs.
 * `isAwaited`: whether missing parents of a trace (a number) may still be received; called only for traces with one.
 */
export function buildTree(
  table: SpanTable,
  groups: QueryGroups,
  spans: readonly ViewSpan[],
  isAwaited: (trace: number) => boolean,
  usageOf: (row: number) => OwnUsage | undefined = () => undefined,
  { times = sessionTimes(table, groups), last = EMPTY_TREE }: Surroundings = {},
): SessionTree {
  const { start, end, clocks } = times;
  const { parents, order, placeholders } = outlineOf(table, groups);
  const errors = errorsOf(table, groups);
  /** By place. */
  const nodes = new Array<DraftNode | undefined>(parents.length);
  placeholders.forEach((placeholder, at) => {
    const place = table.size + at;
    const above = parents[place] ?? ROOT;
    nodes[place] = dressPlaceholder(table, placeholder, above, isAwaited(placeholder.trace));
  });
  // One object for all rows, which are asked for one after the other: of most, nothing changed.
  const fields: { -readonly [Field in keyof RowFields]: RowFields[Field] } = {
    error: false,
    cause: false,
    canceled: false,
    badges: NO_BADGES,
    usage: undefined,
    failure: undefined,
  };
  const fieldsOf = (row: number, { facts }: ViewSpan): RowFields => {
    const above = parents[row] ?? ROOT;
    let badges = NO_BADGES;
    if (!facts.running && facts.end < facts.start) badges = ["end-before-start"];
    if (hasAbsurdTime(table, row, clocks)) badges = [...badges, "absurd-time"];
    if (table.sharesId(row)) badges = [...badges, "duplicate-id"];
    if (above < ROOT) badges = [...badges, ...cutBadges(above)];
    fields.badges = badges;
    fields.error = errors.failed[row] === 1;
    fields.cause = errors.causes[row] === 1;
    fields.canceled = isError(table, row) && isCanceled(table, row);
    fields.usage = usageOf(row);
    fields.failure = fields.error ? failureAt(table, row) : undefined;
    return fields;
  };
  const kept = keptNodes({ order, parents, spans, placeholders: nodes, last, fieldsOf });
  const roots: DraftNode[] = [];
  const rows: DraftNode[] = [];
  const drafts: DraftNode[] = [];
  for (const place of order) {
    const span = spans[place];
    const node = kept[place] ?? nodes[place] ?? (span && draftNode(span, fieldsOf(place, span)));
    if (node === undefined) continue;
    nodes[place] = node;
    rows.push(node);
    if (kept[place] === undefined) drafts.push(node);
    const above = parents[place] ?? ROOT;
    const parent = above < 0 ? undefined : nodes[above];
    if (parent === undefined) roots.push(node);
    else if (kept[above] === undefined) {
      node.parent = parent;
      node.depth = parent.depth + 1;
      parent.children.push(node);
    }
  }
  sumUp(drafts);
  // Built on first use: the page builds a tree per frame, and few need it.
  let byKey: ReadonlyMap<string, TreeNode> | undefined;
  let bySpan: SpanNodes | undefined;
  return {
    roots,
    rows,
    start,
    end,
    replacements: replacementsIn(groups, spans),
    get byKey() {
      return (byKey ??= keyed(rows));
    },
    get bySpan() {
      return (bySpan ??= new SpanNodes(rows));
    },
  };
}

type Surroundings = {
  /** Of the whole session, if the table is a part of it. */
  readonly times?: SessionTimes;
  /** The tree before a change of the table: its nodes stay where nothing at or below them changed. */
  readonly last?: LastTree;
};

const NO_BADGES: readonly Badge[] = [];

function dressPlaceholder(table: SpanTable, placeholder: Placeholder, above: number, awaited: boolean): DraftNode {
  const { standsFor, high, low, name, earliest } = placeholder;
  return draftPlaceholder({
    traceId: table.traceId(earliest),
    spanId: standsFor === "trace" ? "" : Row.hexOf(high, low),
    name,
    start: startOf(table, placeholder),
    awaited,
    badges: [standsFor === "trace" ? "trace" : "placeholder", ...cutBadges(above)],
  });
}

function cutBadges(above: number): readonly Badge[] {
  if (above === SELF) return ["self-parent"];
  return above === CYCLE ? ["cycle"] : NO_BADGES;
}

/** Keys of the spans that are shown in the place of duplicates. */
function replacementsIn({ derived }: QueryGroups, spans: readonly ViewSpan[]): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const [row, shown] of derived?.replacements ?? []) {
    const from = spans[row];
    const to = spans[shown];
    if (from !== undefined && to !== undefined) keys.set(`${from.traceId}:${from.facts.spanId}`, to.key);
  }
  return keys;
}

/** The rows that no closed row hides. */
export function visibleRows(tree: SessionTree, closed: ClosedRows): readonly TreeNode[] {
  if (closed.others === "open" && closed.named.size === 0) return tree.rows;
  const visible: TreeNode[] = [];
  for (let at = 0; at < tree.rows.length; at++) {
    const node = tree.rows[at];
    if (!node) break;
    visible.push(node);
    if (isClosed(closed, node)) at += node.descendants;
  }
  return visible;
}

/** Children are after their parents: in reverse, each node is complete before its parent sums it up. Kept nodes are complete. */
function sumUp(drafts: readonly DraftNode[]): void {
  for (const node of drafts.toReversed()) {
    let total: UsageTotal | undefined;
    for (const { descendants, worst, latest, usageBelow } of node.children.toReversed()) {
      node.descendants += descendants + 1;
      if (worst === "error") node.worst = worst;
      if (latest > node.latest) node.latest = latest;
      if (usageBelow === undefined) continue;
      if (node.usageBelow === undefined) node.usageBelow = usageBelow;
      else {
        node.usageBelow = total ??= new UsageTotal(node.usageBelow);
        total.add(usageBelow);
      }
    }
    if (node.running || !node.span || node.span.facts.derivation === "prompt") node.end = node.latest;
  }
}

function keyed(rows: readonly TreeNode[]): Map<string, TreeNode> {
  const nodes = new Map<string, TreeNode>();
  for (const node of rows) nodes.set(node.key, node);
  return nodes;
}

/** Nodes by trace and span id: one text each, which the nodes have already. */
class SpanNodes {
  readonly #byTrace = new Map<string, Map<string, TreeNode>>();

  constructor(rows: readonly TreeNode[]) {
    for (const node of rows) {
      let bySpan = this.#byTrace.get(node.traceId);
      if (bySpan === undefined) this.#byTrace.set(node.traceId, (bySpan = new Map()));
      if (!bySpan.has(node.spanId)) bySpan.set(node.spanId, node);
    }
  }

  get(key: string): TreeNode | undefined {
    const at = key.indexOf(":");
    return this.#byTrace.get(key.slice(0, at))?.get(key.slice(at + 1));
  }
}
