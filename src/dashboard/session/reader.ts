import type { ActionOf, HIT_KEYS, ROW_KEYS, STEP_KEYS, TREE_KEYS } from "../keymap.ts";
import { ALL_CLOSED, ALL_OPEN, isClosed, openedTo, toggled, type ClosedRows } from "../../session/tree/closed-rows.ts";
import type { TreeNode, SessionTree } from "../../session/tree/tree.ts";

/** Where the reader of a session is: the row of the keyboard cursor, and the closed rows. */
export type Reader = { readonly cursor: string | undefined; readonly closed: ClosedRows };

/** An action of a key on the reader's state. */
export type Move = ActionOf<typeof ROW_KEYS | typeof TREE_KEYS | typeof STEP_KEYS | typeof HIT_KEYS>;

export type MoveThrough = {
  /** Keys of the rows that the current reading shows, in its order. */
  readonly shown: readonly string[];
  readonly tree: SessionTree;
  /** Keys of the search's hits. */
  readonly hits: ReadonlySet<string> | undefined;
};

/** Jumps go through all rows of the tree, and open what hides their target. */
export function moved(reader: Reader, move: Move, { shown, tree, hits }: MoveThrough): Reader {
  const at = reader.cursor === undefined ? -1 : shown.indexOf(reader.cursor);
  const row = tree.byKey.get(reader.cursor ?? "");
  const to = (key: string | undefined): Reader => (key === undefined ? reader : { ...reader, cursor: key });
  const by = (count: number): Reader =>
    to(at < 0 ? shown[0] : shown[Math.min(shown.length - 1, Math.max(0, at + count))]);
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
      return to(shown[0]);
    case "last":
      return to(shown.at(-1));
    case "into":
      if (row === undefined) return to(shown[0]);
      if (row.children.length === 0) return reader;
      return isClosed(reader.closed, row)
        ? { ...reader, closed: toggled(reader.closed, row) }
        : to(row.children[0]?.key);
    case "out":
      if (row === undefined) return to(shown[0]);
      if (row.children.length > 0 && !isClosed(reader.closed, row))
        return { ...reader, closed: toggled(reader.closed, row) };
      return to(row.parent?.key);
    case "collapseAll":
      return { closed: ALL_CLOSED, cursor: branchOf(row)?.key };
    case "expandAll":
      return { closed: ALL_OPEN, cursor: reader.cursor };
    case "nextError":
      return jumped(reader, tree, 1, isCause);
    case "previousError":
      return jumped(reader, tree, -1, isCause);
    case "nextOfKind":
      return jumped(reader, tree, 1, ofKind(row));
    case "previousOfKind":
      return jumped(reader, tree, -1, ofKind(row));
    case "nextHit":
      return hits === undefined ? reader : jumped(reader, tree, 1, ({ key }) => hits.has(key));
    case "previousHit":
      return hits === undefined ? reader : jumped(reader, tree, -1, ({ key }) => hits.has(key));
  }
}

/** Moves the cursor to a row, and opens every row above it. */
export const shownAt = ({ closed }: Pick<Reader, "closed">, row: TreeNode): Reader => ({
  closed: openedTo(closed, row),
  cursor: row.key,
});

/** The row of its branch that is visible with all rows closed. */
function branchOf(row: TreeNode | undefined): TreeNode | undefined {
  let branch = row;
  while (branch?.parent !== undefined && branch.depth > 1) branch = branch.parent;
  return branch;
}

const isCause = (row: TreeNode): boolean => row.cause;

/** Model calls, as long as the cursor is on no span. */
function ofKind(row: TreeNode | undefined): (candidate: TreeNode) => boolean {
  const kind = row?.span?.facts.kind ?? "llm";
  return (candidate) => candidate.span?.facts.kind === kind;
}

/** Moves to the next matching row after the cursor, and wraps around at the end. */
function jumped(reader: Reader, { rows }: SessionTree, by: 1 | -1, wanted: (row: TreeNode) => boolean): Reader {
  const from = rows.findIndex((row) => row.key === reader.cursor);
  const start = from < 0 ? (by === 1 ? -1 : rows.length) : from;
  for (let step = 1; step <= rows.length; step++) {
    const row = rows[(((start + by * step) % rows.length) + rows.length) % rows.length];
    if (row !== undefined && wanted(row)) return shownAt(reader, row);
  }
  return reader;
}
