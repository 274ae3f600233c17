/** A part of the time axis, Unix nanoseconds: `to` is not before `from`. */
export type Interval = { readonly from: bigint; readonly to: bigint };

/** What timing reads of a row in the tree. Its start may lie after its end: clocks disagree. */
export type TimedNode<Node> = {
  readonly key: string;
  /** Unix nanoseconds. */
  readonly start: bigint;
  /** Unix nanoseconds. Of a running row: the latest known time. */
  readonly end: bigint;
  readonly running: boolean;
  readonly children: readonly Node[];
};

/** The row's time. A running row lasts until `present`, Unix nanoseconds. */
export function intervalOf(node: TimedNode<unknown>, present: bigint): Interval {
  const end = node.running && present > node.end ? present : node.end;
  return { from: node.start, to: end > node.start ? end : node.start };
}

/** The part of an interval inside another one; `undefined` if they do not meet. */
export function clipped({ from, to }: Interval, within: Interval): Interval | undefined {
  const start = from > within.from ? from : within.from;
  const end = to < within.to ? to : within.to;
  return end > start ? { from: start, to: end } : undefined;
}

/** The intervals by start, those that overlap or touch as one. */
export function union(intervals: readonly Interval[]): readonly Interval[] {
  const sorted = [...intervals].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const merged: { from: bigint; to: bigint }[] = [];
  for (const { from, to } of sorted) {
    const last = merged.at(-1);
    if (last === undefined || from > last.to) merged.push({ from, to });
    else if (to > last.to) last.to = to;
  }
  return merged;
}

/** Nanoseconds. */
export function totalOf(intervals: readonly Interval[]): bigint {
  return intervals.reduce((sum, { from, to }) => sum + (to - from), 0n);
}
