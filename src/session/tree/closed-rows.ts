import type { TreeNode } from "./tree-node.ts";

/** Which rows with children are closed: a few, or all below the roots but a few. Small enough for a URL. */
export type ClosedRows = {
  /** Rows that are not named. Roots are open, so that the shape of each trace is visible. */
  readonly others: "open" | "closed";
  /** Short ids of the rows that differ from the others. */
  readonly named: ReadonlySet<string>;
};

export const ALL_OPEN: ClosedRows = { others: "open", named: new Set() };
export const ALL_CLOSED: ClosedRows = { others: "closed", named: new Set() };

/** A URL has room for so many short ids. The rows that were named first are forgotten first. */
export const MAX_NAMED = 150;

const TRACE_PART = 4;
const SPAN_PART = 6;

/** The ends of both ids: some producers count, some use one span id in many traces. A placeholder has that of its span. */
export const shortId = ({ traceId, spanId }: Pick<TreeNode, "traceId" | "spanId">): string =>
  traceId.slice(-TRACE_PART) + spanId.slice(-SPAN_PART);

export function isClosed({ others, named }: ClosedRows, row: TreeNode): boolean {
  if (row.children.length === 0) return false;
  const isNamed = named.size > 0 && named.has(shortId(row));
  return others === "open" || row.parent === undefined ? isNamed : !isNamed;
}

/** Closes an open row, opens a closed one. */
export function toggled({ others, named }: ClosedRows, row: TreeNode): ClosedRows {
  const next = new Set(named);
  const id = shortId(row);
  if (!next.delete(id)) next.add(id);
  return { others, named: next.size > MAX_NAMED ? new Set([...next].slice(-MAX_NAMED)) : next };
}

/** Opens every row above a row, so that it is visible. */
export function openedTo(closed: ClosedRows, row: TreeNode): ClosedRows {
  let named: Set<string> | undefined;
  for (let above = row.parent; above !== undefined; above = above.parent) {
    if (!isClosed(named === undefined ? closed : { ...closed, named }, above)) continue;
    named ??= new Set(closed.named);
    if (!named.delete(shortId(above))) named.add(shortId(above));
  }
  if (named === undefined) return closed;
  // Too deep for a URL.
  return named.size > MAX_NAMED ? ALL_OPEN : { ...closed, named };
}
