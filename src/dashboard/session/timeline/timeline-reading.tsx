import { useLayoutEffect, useMemo } from "preact/hooks";
import { shownRows } from "../../../session/tree/shown-rows.ts";
import type { TreeNode } from "../../../session/tree/tree.ts";
import type { ReadingProps } from "../reading-props.ts";
import { findRow } from "../reader.ts";
import { SpanTree } from "./span-tree.tsx";

/** The session as a tree of spans beside their bars. */
export function TimelineReading(props: ReadingProps) {
  const { displayed, whole, playing, reader, order, clock, filter, turn } = props;
  const { tree, newRows } = displayed;
  const rows = useMemo(
    () => shownRows(tree, { closed: reader.closed, filter, turn }),
    [tree, reader.closed, filter, turn],
  );
  useLayoutEffect(() => {
    order.current = () => rows.map(({ key }) => key);
  }, [order, rows]);
  const expectedRow = (row: TreeNode): TreeNode | undefined => findRow(whole.tree, `${row.traceId}:${row.spanId}`);
  return (
    <SpanTree
      {...props}
      rows={rows}
      open={clock.drawn.value}
      counted={clock.counted.value}
      now={newRows === "counted" ? clock.present.value : 0}
      newRows={newRows}
      expectedRow={playing === "live" ? undefined : expectedRow}
    />
  );
}
