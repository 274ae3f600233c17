import { isSameUsage } from "../row-usage.ts";
import type { Badge, DraftNode, SessionTree, TreeNode } from "./tree-node.ts";

/**
 * Puts nodes of the last tree in the place of equal new ones: a node is a new object only if it or a node below it changed.
 * The parent of a node is always that of the new tree.
 */
export function keepNodes(roots: DraftNode[], rows: DraftNode[], last: SessionTree): void {
  if (last.rows.length === 0) return;
  // Children are after their parents: in reverse, all of them are decided before their parent is.
  for (let at = rows.length - 1; at >= 0; at--) {
    const node = rows[at];
    if (node === undefined) continue;
    const known = last.byKey.get(node.key);
    if (known !== undefined && isSame(known, node)) {
      rows[at] = known;
      node.kept = known;
      continue;
    }
    takeKept(node.children);
    for (const child of node.children) child.parent = node;
  }
  takeKept(roots);
}

function takeKept(nodes: DraftNode[]): void {
  for (const [at, { kept }] of nodes.entries()) if (kept !== undefined) nodes[at] = kept;
}

function isSame(known: TreeNode, node: DraftNode): known is DraftNode {
  return (
    known.span === node.span &&
    known.descendants === node.descendants &&
    known.depth === node.depth &&
    known.parent?.key === node.parent?.key &&
    known.start === node.start &&
    known.end === node.end &&
    known.name === node.name &&
    known.running === node.running &&
    known.awaited === node.awaited &&
    known.error === node.error &&
    known.cause === node.cause &&
    known.canceled === node.canceled &&
    known.failure === node.failure &&
    known.worst === node.worst &&
    known.usage?.model === node.usage?.model &&
    isSameUsage(known.usage, node.usage) &&
    isSameUsage(known.usageBelow, node.usageBelow) &&
    areSameBadges(known.badges, node.badges) &&
    known.children.length === node.children.length &&
    node.children.every(({ kept }, at) => kept !== undefined && kept === known.children[at])
  );
}

function areSameBadges(a: readonly Badge[], b: readonly Badge[]): boolean {
  return a === b || (a.length === b.length && a.every((badge, at) => badge === b[at]));
}
