import { computed } from "@preact/signals";
import { useLayoutEffect, useMemo, useState } from "preact/hooks";
import { foldPlumbing } from "../../../session/timeline/folded-plumbing.ts";
import { shownRows } from "../../../session/tree/shown-rows.ts";
import { idleTimes } from "../../../session/cards.ts";
import { criticalRows } from "../../../session/timeline/critical-rows.ts";
import { foldedAxis } from "../../../session/timing/folded-axis.ts";
import { go } from "../../address/location.ts";
import type { TreeNode } from "../../../session/tree/tree.ts";
import { TREE_KEYS } from "../../keymap.ts";
import { usePageKeys } from "../../keys.tsx";
import type { ReadingProps } from "../reading-props.ts";
import { findRow } from "../../../session/tree/find-row.ts";
import { toMillis } from "../../ui/moments.ts";
import { FRESH, SpanTree } from "./span-tree.tsx";
import "./tree.css";
import "./bars.css";

const NONE: ReadonlySet<string> = new Set();

/** The session as a tree of spans beside their bars. */
export function TimelineReading(props: ReadingProps) {
  const { displayed, whole, playing, reader, order, clock, filter, turn, revealed } = props;
  const { tree, newRows } = displayed;
  const all = useMemo(
    () => shownRows(tree, { closed: reader.closed, filter, turn }),
    [tree, reader.closed, filter, turn],
  );
  const [opened, setOpened] = useState<ReadonlySet<string>>(NONE);
  // A reader who asks for plumbing by its kind wants to see it.
  const plumbing = filter.plumbing === "folded" && filter.kinds === undefined ? "folded" : "shown";
  const folded = useMemo(() => foldPlumbing(all, opened, plumbing), [all, opened, plumbing]);
  const { rows, runs, hidden } = folded;
  const openRun = (key: string): void => setOpened(new Set([...opened, key]));
  useLayoutEffect(() => {
    const run = revealed === undefined ? undefined : hidden.get(revealed.key);
    if (run !== undefined && revealed?.by === "reader") openRun(run);
  }, [revealed, hidden]);
  usePageKeys(TREE_KEYS, (action) => {
    const key = reader.cursor ?? "";
    if (action !== "into" || !runs.has(key)) return "unhandled";
    openRun(key);
  });
  useLayoutEffect(() => {
    order.current = () => rows.map(({ key }) => key);
  }, [order, rows]);
  const { start, end } = props.axis;
  const folds = useMemo(() => {
    const axis = { from: start, to: end };
    return foldedAxis(axis, idleTimes(whole.tree, axis, end));
  }, [whole.tree, start, end]);
  const isCritical = props.here.critical === true;
  const runningEnd = tree.rows.some(({ running }) => running) ? clock.drawn.value : 0n;
  const critical = useMemo(
    () => (isCritical ? criticalRows(tree, runningEnd) : undefined),
    [tree, isCritical, runningEnd],
  );
  // The present, until no row is new: then the rows are not drawn again.
  const lastArrival = toMillis(displayed.summary.liveness.lastArrival);
  const freshness = useMemo(
    () => computed(() => (newRows === "counted" ? Math.min(clock.present.value, lastArrival + FRESH) : 0)),
    [clock, newRows, lastArrival],
  );
  const expectedRow = (row: TreeNode): TreeNode | undefined => findRow(whole.tree, `${row.traceId}:${row.spanId}`);
  return (
    <SpanTree
      {...props}
      rows={rows}
      folded={folded}
      folds={folds}
      critical={critical}
      onCritical={() => go({ ...props.here, critical: isCritical ? undefined : true }, "replace")}
      onRun={openRun}
      open={clock.drawn.value}
      counted={clock.counted.value}
      now={freshness.value}
      newRows={newRows}
      expectedRow={playing === "live" ? undefined : expectedRow}
    />
  );
}
