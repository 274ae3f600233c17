import { useCallback, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { isClosed, toggled } from "../../../session/tree/closed-rows.ts";
import type { FoldedRows } from "../../../session/timeline/folded-plumbing.ts";
import type { TreeNode } from "../../../session/tree/tree.ts";
import { counted } from "../../../lib/figures.ts";
import { Icon } from "../../ui/icons.tsx";
import { toMillis } from "../../ui/moments.ts";
import { narrow, useVirtualRows } from "../../ui/virtual-rows.ts";
import { usePageKeys, type Actions } from "../../keys.tsx";
import { LANE_KEYS } from "../../keymap.ts";
import type { FoldedAxis } from "../../../session/timing/folded-axis.ts";
import { Axis, GridLines, marksOf, useWidth } from "./axis.tsx";
import { around } from "./time-scale.ts";
import { useLaneMap } from "./lane-map.ts";
import { HoverCard, useHover } from "./hover-card.tsx";
import type { CriticalRows } from "../../../session/timeline/critical-rows.ts";
import type { ReadingProps, Revealed } from "../reading-props.ts";
import { useScrollAnchor } from "./scroll-anchor.ts";
import { type UnseenRowsOptions, useUnseenRows } from "./unseen-rows.ts";
import { standsForTrace } from "../../../session/tree/placeholder-words.ts";
import { FoldedRunCells, SpanRowCells } from "./span-row.tsx";
import { treeColumns } from "./tree-columns.ts";
import { TreeHead } from "./tree-head.tsx";
import { useSearchMarks } from "../transcript/search-marks.ts";
import "./lanes.css";

const ROW = 28;
const NARROW_ROW = 46;

type TreeProps = ReadingProps &
  UnseenRowsOptions & {
    readonly rows: readonly TreeNode[];
    readonly folded: FoldedRows;
    /** The whole time axis, with its pauses folded. */
    readonly folds: FoldedAxis;
    /** `undefined`: the critical path is not shown. */
    readonly critical: CriticalRows | undefined;
    readonly onCritical: () => void;
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
  const { rows, folded, folds, axis: whole, scale, open, reader, onReader, revealed, selected, onFollowing } = props;
  const keyOf = useCallback((index: number) => rows[index]?.key ?? "", [rows]);
  const columns = treeColumns();
  const head = useRef<HTMLDivElement>(null);
  const width = useWidth(head);
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

  const { lanes, chosen, zoomBy, panBy } = useLaneMap({ axis: folds, scale, onZoom: props.onZoom, scroller, head });
  const marks = useMemo(() => marksOf(lanes, width), [folds, lanes.from, lanes.to, width]);
  useSearchMarks(scroller, props.search.text, `${items[0]?.index} ${items.length} ${rows.length}`);
  const hover = useHover(scroller, rows);
  const actions: Actions<typeof LANE_KEYS> = {
    zoomIn: () => zoomBy(KEY_ZOOM),
    zoomOut: () => zoomBy(1 / KEY_ZOOM),
    earlier: () => panBy(-KEY_PAN),
    later: () => panBy(KEY_PAN),
    critical: props.onCritical,
  };
  usePageKeys(LANE_KEYS, (action) => actions[action]());
  const fit = (node: TreeNode): void => props.onZoom(around(node.start, node.running ? open : node.end, whole.start));
  const click = useClicks();
  const fresh = useUnseenRows(scroller, rows, props);

  return (
    <section
      class={`tree ${columns.classes}`}
      aria-label="Spans"
      style={columns.tracks === undefined ? undefined : { "--tree-columns": columns.tracks }}
    >
      <TreeHead columns={columns}>
        <Axis {...marks} element={head} width={width} />
      </TreeHead>
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
          <GridLines {...marks} chosen={chosen} />
          {items.map((item) => {
            const node = rows[item.index];
            if (node === undefined) return null;
            const run = folded.runs.get(node.key);
            const depth = folded.depthOf(node);
            const critical = props.critical?.partsOf(run ?? [node]);
            const shared = { depth, lanes, open, counted: props.counted, critical } as const;
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
                onClick={(event) =>
                  click(event, node.key, {
                    once: () => (run === undefined ? props.onSelect(node.key) : props.onRun(node.key)),
                    twice: () => fit(node),
                  })
                }
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
      {rows.length > 0 ? null : (
        <p class="tree-empty muted">
          {props.whole.tree.rows.length > 0 ? "No span passes the filter." : "No span was received so far."}
        </p>
      )}
      {hover === undefined ? null : (
        <HoverCard {...hover} open={open} critical={props.critical} sessionStart={whole.start} />
      )}
      {fresh > 0 ? (
        <button type="button" class="pill pill-bottom" onClick={() => onFollowing("following")}>
          <Icon name="down" />
          {counted(fresh, "new row")}
        </button>
      ) : null}
    </section>
  );
}

/** How far one press of a key goes. */
const KEY_ZOOM = 1.5;
const KEY_PAN = 0.2;
/** A second click or tap on a bar within this time fits the bar, milliseconds. */
const DOUBLE = 260;

/** On the lanes a click waits for a second one: the panel that it opens would move the lanes away. */
function useClicks() {
  const waiting = useRef<{ readonly key: string; readonly timer: ReturnType<typeof setTimeout> }>(undefined);
  return (event: Event, key: string, { once, twice }: { once: () => void; twice: () => void }): void => {
    const known = waiting.current;
    waiting.current = undefined;
    clearTimeout(known?.timer);
    if (!(event.target instanceof Element) || event.target.closest(".lane") === null) return once();
    if (known?.key === key) return twice();
    waiting.current = { key, timer: setTimeout(once, DOUBLE) };
  };
}

/** A span this recent is highlighted, milliseconds. */
export const FRESH = 2_500;

const isFresh = ({ span }: TreeNode, now: number): boolean =>
  span !== undefined && now - toMillis(span.received) < FRESH;

function rowClass(node: TreeNode, { reader: { cursor }, newRows, now, search }: TreeProps): string {
  return [
    "span-row",
    node.key === cursor ? "at-cursor" : "",
    node.error ? "is-error" : "",
    search.matches?.has(node.key) === true ? "is-hit" : "",
    node.running ? "is-running" : "",
    node.span === undefined && !standsForTrace(node) ? "is-missing" : "",
    newRows === "counted" && isFresh(node, now) ? "is-fresh" : "",
  ]
    .filter(Boolean)
    .join(" ");
}

const runClass = ({ key }: TreeNode, { reader: { cursor } }: TreeProps): string =>
  `span-row is-run${key === cursor ? " at-cursor" : ""}`;
