import { clipped, intervalOf, totalOf, union } from "./interval.ts";
import type { Interval, TimedNode } from "./interval.ts";

/**
 * Nanoseconds in which the row itself worked: its time without that of its children. Parallel children count once, and the
 * part of a child outside its parent counts nothing: it started early or outlived its parent.
 */
export function selfTime<Node extends TimedNode<Node>>(node: Node, present: bigint): bigint {
  const own = intervalOf(node, present);
  const inside = node.children
    .map((child) => clipped(intervalOf(child, present), own))
    .filter((part): part is Interval => part !== undefined);
  return own.to - own.from - totalOf(union(inside));
}
