import { rowsFrom } from "./fold-roots.ts";
import type { SessionTree, TreeNode, ViewSpan } from "./tree-node.ts";

/** Rows of a piece: a large root has several, so that one that grows is folded where it grew. */
const PIECE = 256;

/**
 * As `foldRoots`, for a fold that needs no row above: each root's rows in pieces of neighbouring rows. A piece with the same rows as before is not
 * folded again. It may begin and end anywhere, so that the sum of all pieces has to be that of all rows.
 */
export function foldPieces<Part>(fold: (rows: readonly TreeNode[]) => Part): (tree: SessionTree) => readonly Part[] {
  const known = new WeakMap<Piece, { readonly part: Part }>();
  const ofTrees = new WeakMap<SessionTree, readonly Part[]>();
  const partOf = (piece: Piece): Part => {
    let found = known.get(piece);
    if (found === undefined) known.set(piece, (found = { part: fold(piece) }));
    return found.part;
  };
  return (tree) => {
    let parts = ofTrees.get(tree);
    if (parts === undefined) ofTrees.set(tree, (parts = tree.roots.flatMap(piecesOf).map(partOf)));
    return parts;
  };
}

type Piece = readonly TreeNode[];

const ofRoots = new WeakMap<TreeNode, readonly Piece[]>();
/** By the first span below a root that grows, which itself may not be received yet: the pieces of its last rows, by their first row. Older ones would keep nodes that were replaced. */
const lastPieces = new WeakMap<ViewSpan, ReadonlyMap<TreeNode | undefined, Piece>>();

function piecesOf(root: TreeNode): readonly Piece[] {
  let pieces = ofRoots.get(root);
  if (pieces === undefined) ofRoots.set(root, (pieces = cut(root)));
  return pieces;
}

/** The same piece as before while it has the same rows. */
function cut(root: TreeNode): readonly Piece[] {
  const rows = rowsFrom(root);
  const span = rows.find((row) => row.span !== undefined)?.span;
  if (rows.length <= PIECE || span === undefined) return [rows];
  const last = lastPieces.get(span);
  const pieces: Piece[] = [];
  for (let from = 0; from < rows.length;) {
    let end = from;
    // A row with less than a piece below it is not cut.
    while (end < rows.length && end - from < PIECE) {
      const below = rows[end]?.descendants ?? 0;
      end += below < PIECE ? below + 1 : 1;
    }
    const known = last?.get(rows[from]);
    const start = from;
    const isSame = known?.length === end - from && known.every((row, at) => row === rows[start + at]);
    pieces.push(isSame ? known : rows.slice(from, end));
    from = end;
  }
  lastPieces.set(span, new Map(pieces.map((piece) => [piece[0], piece])));
  return pieces;
}
