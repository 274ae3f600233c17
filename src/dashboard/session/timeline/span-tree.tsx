import { useCallback, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { isClosed, toggled } from "../../../session/tree/closed-rows.ts";
import type { FoldedRows } from "../../../session/timeline/folded-plumbing.ts";
import type { TreeNode } from "../../../session/tree/tree.ts";
import { counted } from "../../../lib/figures.ts";
import { Icon } from "../../ui/icons.tsx";
import { toMillis } from "../../ui/moments.ts";
import { narrow, useVirtualRows } from "../../ui/virtual-rows.ts";
import { Axis, GridLines, useTicks } from "./axis.tsx";
import type { ReadingProps, Revealed } from "../reading-props.ts";
import { useScrollAnchor } from "./scroll-anchor.ts";
import { type UnseenRowsOptions, useUnseenRows } from "./unseen-rows.ts";
import { standsForTrace } from "./placeholder.ts";
import { FoldedRunCells, SpanRowCells } from "./span-row.tsx";

const ROW = 28;
const NARROW_ROW = 46;

type TreeProps = ReadingProps &
  UnseenRowsOptions & {
    readonly rows: readonly TreeNode[];
    readonly folded: FoldedRows;
    /** Opens the run of plumbing that the row with this key stands for. */
    readonly onRun: (key: string) => void;
    /** The end of running spans' bars, Unix nanoseconds. */
    readonly open: bigint;
    /** The present of running spans' counters, Unix milliseconds: see `openEnd`. */
    readonly counted: number | undefined;
    /** The server's present, Unix milliseconds. */
    readonly now: number;
    /** In a replay: the row that will replace a placeholder. */
    readonly expectedRow: ((row: TreeNode) => TreeNode | undefined) | undefined;
  };

/** The rows of a session with their bars. Only rows in view are mounted. */
export function SpanTree(props: TreeProps) {
  const { rows, folded, axis: whole, scale, open, reader, onReader, revealed, selected, onFollowing } = props;
  const keyOf = useCallback((index: number) => rows[index]?.key ?? "", [rows]);
  const axis = useTicks(scale, whole.start);
  const rowHeight = narrow.value ? NARROW_ROW : ROW;
  const { scroller, items, height, scrollTo } = useVirtualRows(rows.length, rowHeight, keyOf);
  useScrollAnchor(scroller, rows, rowHeight, reader.cursor);

  const cursorAt = useMemo(() => rows.findIndex((row) => row.key === reader.cursor), [rows, reader.cursor]);
  const followed = useRef<Revealed | undefined>(undefined);
  useLayoutEffect(() => {
    if (revealed === undefined || followed.current === revealed) return;
    followed.current = revealed;
    const at = rows.findIndex((row) => row.key === revealed.key);
    if (at >= 0) scrollTo(at);
  });

  const zoom = scale.start === whole.start && scale.end === whole.end ? "whole" : "zoomed";
  const fresh = useUnseenRows(scroller, rows, props);

  return (
    <section class="tree" aria-label="Spans">
      <div class="tree-head">
        <span>Span</span>
        <span class="number head-tokens">Tokens</span>
        <span class="number head-cost">Cost</span>
        <span class="number">Duration</span>
        <Axis {...axis} />
      </div>
      <div
        class="scroller"
        ref={scroller}
        role="treegrid"
        aria-label="Spans"
        aria-rowcount={rows.length}
        tabIndex={0}
        aria-activedescendant={cursorAt >= 0 ? `row-${cursorAt}` : undefined}
      >
        <div class="rows" style={{ height: `${height}px` }}>
          <GridLines ticks={axis.ticks} />
          {items.map((item) => {
            const node = rows[item.index];
            if (node === undefined) return null;
            const run = folded.runs.get(node.key);
            const depth = folded.depthOf(node);
            const shared = { depth, scale, zoom, open, counted: props.counted } as const;
            const collapsed = isClosed(reader.closed, node) ? "collapsed" : "expanded";
            return (
              // A click anywhere on the row opens it. The page handles the keys (see reading.ts).
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
              <div
                key={item.key}
                id={`row-${item.index}`}
                role="row"
                aria-level={depth + 1}
                aria-rowindex={item.index + 1}
                aria-selected={node.key === selected}
                aria-expanded={
                  run !== undefined ? false : node.children.length === 0 ? undefined : collapsed === "expanded"
                }
                class={run === undefined ? rowClass(node, props) : runClass(node, props)}
                style={{ transform: `translateY(${item.start}px)` }}
                onClick={() => (run === undefined ? props.onSelect(node.key) : props.onRun(node.key))}
              >
                {run === undefined ? (
                  <SpanRowCells
                    {...shared}
                    node={node}
                    sessionId={props.sessionId}
                    expectedSpan={
                      node.span === undefined && node.spanId !== "" ? props.expectedRow?.(node)?.span : undefined
                    }
                    collapsed={collapsed}
                    onToggle={(row) => onReader({ cursor: row.key, closed: toggled(reader.closed, row) })}
                  />
                ) : (
                  <FoldedRunCells {...shared} run={run} onOpen={() => props.onRun(node.key)} />
                )}
              </div>
            );
          })}
        </div>
      </div>
      {fresh > 0 ? (
        <button type="button" class="pill pill-bottom" onClick={() => onFollowing("following")}>
          <Icon name="down" />
          {counted(fresh, "new row")}
        </button>
      ) : null}
    </section>
  );
}

/** A span this recent is highlighted, milliseconds. */
const FRESH = 2_500;

const isFresh = ({ span }: TreeNode, now: number): boolean =>
  span !== undefined && now - toMillis(span.received) < FRESH;

function rowClass(node: TreeNode, { reader: { cursor }, newRows, now }: TreeProps): string {
  return [
    "span-row",
    node.key === cursor ? "at-cursor" : "",
    node.error ? "is-error" : "",
    node.running ? "is-running" : "",
    node.span === undefined && !standsForTrace(node) ? "is-missing" : "",
    newRows === "counted" && isFresh(node, now) ? "is-fresh" : "",
  ]
    .filter(Boolean)
    .join(" ");
}

const runClass = ({ key }: TreeNode, { reader: { cursor } }: TreeProps): string =>
  `span-row is-run${key === cursor ? " at-cursor" : ""}`;
