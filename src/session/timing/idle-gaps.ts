import { intervalOf, union } from "./interval.ts";
import type { Interval, TimedNode } from "./interval.ts";

/** Nanoseconds. A shorter pause is part of the work. */
export const LEAST_GAP = 5_000_000_000n;
/** Of the session's time. A shorter pause takes little room on the axis. */
const LEAST_SHARE = 20n;

/**
 * The times in which no step worked, longer than 5 s and than a twentieth of `whole`. Rows with children only contain steps: an
 * agent that waits for a person lasts, and nothing works. `rows`: all rows of a tree; a row without a span does no work.
 */
export function idleGaps<Node extends TimedNode<Node> & { readonly span?: unknown }>(
  rows: readonly Node[],
  whole: Interval,
  present: bigint,
): readonly Interval[] {
  const work: Interval[] = [];
  for (const row of rows) if (row.span !== undefined && row.children.length === 0) work.push(intervalOf(row, present));
  const gaps: Interval[] = [];
  let idleSince: bigint | undefined;
  for (const { from, to } of union(work)) {
    if (idleSince !== undefined && isLongGap({ from: idleSince, to: from }, whole))
      gaps.push({ from: idleSince, to: from });
    idleSince = to;
  }
  return gaps;
}

export const isLongGap = ({ from, to }: Interval, whole: Interval): boolean =>
  to - from > LEAST_GAP && to - from > (whole.to - whole.from) / LEAST_SHARE;
