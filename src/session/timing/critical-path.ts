import { intervalOf } from "./interval.ts";
import type { Interval, TimedNode } from "./interval.ts";

/** A part of the time in which the end of a turn waited for this row, and for none of its children. */
export type CriticalPart = Interval & { readonly key: string };

type Visit<Node> = {
  readonly node: Node;
  /** The row's time, within its parent's. */
  readonly from: bigint;
  readonly to: bigint;
  /** Children by end, the latest last: they are taken from the end. */
  readonly children: Node[];
  /** The time before which the path is not known yet. */
  until: bigint;
};

/**
 * The critical path below a root: which row had to be faster for the root to end earlier. The path goes backwards from the
 * root's end: into the child that ended last, from its start to the child that ended last before that, and so on. Children count
 * within their parent's time only. Parts come by time, do not overlap and cover the root's time.
 */
export function criticalPath<Node extends TimedNode<Node>>(root: Node, present: bigint): readonly CriticalPart[] {
  const parts: CriticalPart[] = [];
  const add = (key: string, from: bigint, to: bigint): void => {
    if (to > from) parts.push({ key, from, to });
  };
  const { from, to } = intervalOf(root, present);
  const stack: Visit<Node>[] = [{ node: root, from, to, children: byEnd(root, present), until: to }];
  for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
    const child = visit.until > visit.from ? visit.children.pop() : undefined;
    if (child === undefined) {
      add(visit.node.key, visit.from, visit.until);
      stack.pop();
      continue;
    }
    const time = intervalOf(child, present);
    const start = time.from > visit.from ? time.from : visit.from;
    const end = time.to < visit.to ? time.to : visit.to;
    // It lies outside its parent, or the next part of the path began before it ended: that part did not wait for it.
    if (end <= start || end > visit.until) continue;
    add(visit.node.key, end, visit.until);
    visit.until = start;
    stack.push({ node: child, from: start, to: end, children: byEnd(child, present), until: end });
  }
  return parts.toReversed();
}

function byEnd<Node extends TimedNode<Node>>(node: Node, present: bigint): Node[] {
  const ends = node.children.map((child) => ({ child, end: intervalOf(child, present).to }));
  return ends.sort((a, b) => (a.end < b.end ? -1 : a.end > b.end ? 1 : 0)).map(({ child }) => child);
}
