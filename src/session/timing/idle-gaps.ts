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
  return gapsBetween(union(work), whole);
}

/** The long gaps between times of work, which come by start and do not overlap. */
export function gapsBetween(work: readonly Interval[], whole: Interval): readonly Interval[] {
  const least = (whole.to - whole.from) / LEAST_SHARE;
  const gaps: Interval[] = [];
  let idleSince: bigint | undefined;
  for (const { from, to } of work) {
    const isLong = idleSince !== undefined && from - idleSince > LEAST_GAP && from - idleSince > least;
    if (isLong && idleSince !== undefined) gaps.push({ from: idleSince, to: from });
    idleSince = to;
  }
  return gaps;
}
