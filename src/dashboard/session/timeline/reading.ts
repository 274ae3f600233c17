import type { ActionOf, ROW_KEYS, TREE_KEYS } from "../../keymap.ts";
import type { TreeNode, SessionTree } from "../../../session/tree/tree.ts";

/** The reader's state in a tree: the collapsed rows, and the row of the keyboard cursor. */
export type Reading = { readonly collapsed: ReadonlySet<string>; readonly cursor: string | undefined };

/** An action of a key on the reader's state. */
export type Move = ActionOf<typeof ROW_KEYS> | ActionOf<typeof TREE_KEYS>;

/** `rows`: the visible rows. `all`: every row in the tree's order, for jumps into collapsed rows. */
export function moved(reading: Reading, move: Move, rows: readonly TreeNode[], all: readonly TreeNode[]): Reading {
  const at = rows.findIndex((row) => row.key === reading.cursor);
  const here = rows[at];
  const to = (row: TreeNode | undefined): Reading => (row === undefined ? reading : { ...reading, cursor: row.key });
  const by = (count: number): Reading =>
    to(here === undefined ? rows[0] : rows[Math.min(rows.length - 1, Math.max(0, at + count))]);
  switch (move) {
    case "next":
      return by(1);
    case "previous":
      return by(-1);
    case "pageDown":
      return by(20);
    case "pageUp":
      return by(-20);
    case "first":
      return to(rows[0]);
    case "last":
      return to(rows.at(-1));
    case "into":
      if (here === undefined) return to(rows[0]);
      if (here.children.length === 0) return reading;
      return reading.collapsed.has(here.key) ? toggled(reading, here.key) : to(here.children[0]);
    case "out":
      if (here === undefined) return to(rows[0]);
      if (here.children.length > 0 && !reading.collapsed.has(here.key)) return toggled(reading, here.key);
      return to(here.parent);
    case "collapseAll":
      return collapsedAll(reading, all);
    case "expandAll":
      return { collapsed: new Set(), cursor: reading.cursor };
    case "nextError":
      return jumped(reading, all, 1, isCause);
    case "previousError":
      return jumped(reading, all, -1, isCause);
    case "nextModelCall":
      return jumped(reading, all, 1, isModelCall);
    case "previousModelCall":
      return jumped(reading, all, -1, isModelCall);
  }
}

/** Roots stay expanded, so that the shape of each trace is visible. The cursor moves up to the visible row of its branch. */
function collapsedAll(reading: Reading, all: readonly TreeNode[]): Reading {
  const collapsed = new Set(all.flatMap((row) => (row.children.length > 0 && row.depth > 0 ? [row.key] : [])));
  let row = all.find((candidate) => candidate.key === reading.cursor);
  while (row?.parent !== undefined && row.depth > 1) row = row.parent;
  return { collapsed, cursor: row?.key };
}

/** Collapses or expands a row. */
export function toggled(reading: Reading, key: string): Reading {
  const collapsed = new Set(reading.collapsed);
  if (!collapsed.delete(key)) collapsed.add(key);
  return { ...reading, collapsed };
}

/** Moves the cursor to a row, and expands every row above it. */
export function shownAt(reading: Reading, row: TreeNode): Reading {
  const collapsed = new Set(reading.collapsed);
  for (let above = row.parent; above !== undefined; above = above.parent) collapsed.delete(above.key);
  return { collapsed: collapsed.size === reading.collapsed.size ? reading.collapsed : collapsed, cursor: row.key };
}

const isCause = (row: TreeNode): boolean => row.cause;

const isModelCall = (row: TreeNode): boolean => row.span?.facts.kind === "llm";

/** Moves to the next matching row after the cursor, and wraps around at the end. */
function jumped(reading: Reading, all: readonly TreeNode[], by: 1 | -1, wanted: (row: TreeNode) => boolean): Reading {
  const from = all.findIndex((row) => row.key === reading.cursor);
  const start = from < 0 ? (by === 1 ? -1 : all.length) : from;
  for (let step = 1; step <= all.length; step++) {
    const row = all[(((start + by * step) % all.length) + all.length) % all.length];
    if (row !== undefined && wanted(row)) return shownAt(reading, row);
  }
  return reading;
}

/**
 * The row of a URL's key: `<trace id>:<span id>`, with or without the suffix that distinguishes spans of one id. So a
 * link to a placeholder leads to its span once received, and a link to a trace's placeholder to its root.
 */
export function findRow(tree: SessionTree, key: string): TreeNode | undefined {
  const row = tree.byKey.get(key);
  if (row !== undefined) return row;
  const [traceId, spanId] = key.split(":");
  const standIn = tree.replacements.get(`${traceId}:${spanId}`);
  if (standIn !== undefined) return tree.byKey.get(standIn);
  if (spanId === "") return tree.roots.find((root) => root.traceId === traceId);
  return tree.rows.find((candidate) => candidate.spanId === spanId && candidate.traceId === traceId);
}
