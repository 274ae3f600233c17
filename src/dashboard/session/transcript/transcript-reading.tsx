import { useSignal } from "@preact/signals";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { countKinds, isFiltering, passes } from "../../../session/kind-filter.ts";
import { isSection, type ReadingRow } from "../../../session/transcript/reading-rows.ts";
import { isClosed, toggled } from "../../../session/tree/closed-rows.ts";
import type { SessionTree, TreeNode } from "../../../session/tree/tree.ts";
import { counted } from "../../../lib/figures.ts";
import { type Actions, usePageKeys } from "../../keys.tsx";
import { TRANSCRIPT_KEYS } from "../../keymap.ts";
import { lazily } from "../../ui/lazy.tsx";
import { Link } from "../../ui/link.tsx";
import type { ProseForm } from "../../ui/markdown/prose.tsx";
import type { ReadingProps, Revealed } from "../reading-props.ts";
import { type MeasuredRows, useMeasuredRows } from "./measured-rows.ts";
import type { RowList } from "./row-list.ts";
import { RowSlot } from "./row-slot.tsx";
import { useSearchMarks } from "./search-marks.ts";
import { ShownBlocks } from "./shown-blocks.ts";
import type { StickyProps } from "./sticky-header.tsx";
import type { NewRowsProps } from "./new-rows.tsx";
import { useRows } from "./use-rows.ts";
import "./transcript.css";

/** Nothing is above the first rows. */
const Sticky = lazily<StickyProps>(async () => (await import("./sticky-header.tsx")).StickyHeader, null);
const News = lazily<NewRowsProps>(async () => (await import("./new-rows.tsx")).NewRows, null);

/** A session as it is read: turn by turn, what was said, called and returned. */
export function TranscriptReading(props: ReadingProps) {
  const { displayed, reader, onReader, selected, revealed, order, onSelect, filter, search, following } = props;
  const { tree } = displayed;
  const seen = useRef<Seen | undefined>(undefined);
  const isPrinting = usePrinting();
  const [rows, catchUp] = useRows(
    displayed,
    (since) => {
      const { current } = seen;
      if (isPrinting || following === "following" || current === undefined || current.revealed !== revealed)
        return false;
      return !isInView(current, since.tree, tree);
    },
    isPrinting ? Number.POSITIVE_INFINITY : undefined,
  );
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [form, setForm] = useState<ProseForm>("drawn");
  const nodeOf = useCallback((key: string): TreeNode | undefined => nodeIn(tree, key), [tree]);

  const isAllOpen = reader.closed.others === "open" && reader.closed.named.size === 0;
  const isRowClosed = (row: ReadingRow): boolean => {
    if (row.of.kind === "earlier") return !opened.has(row.id);
    const node = isAllOpen ? undefined : nodeOf(row.key);
    return node !== undefined && isClosed(reader.closed, node);
  };
  const turn = props.turn;
  const choose = useMemo(() => new ShownBlocks(), []);
  const reads = isAllOpen && turn === undefined && !isFiltering(filter) ? "all" : "some";
  const shown = useMemo(
    () =>
      choose.of(rows.blocks, {
        passes: (row) => {
          if (!isFiltering(filter)) return true;
          const node = nodeOf(row.key);
          return node !== undefined && passes(filter, node);
        },
        isClosed: isRowClosed,
        turn: turn === undefined ? undefined : `${turn.traceId}:${turn.spanId}`,
        opened,
        reads,
      }),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `isRowClosed` depends on what is listed
    [choose, rows.blocks, reads === "all" ? undefined : tree, filter, reader.closed, opened, turn],
  );

  useLayoutEffect(() => {
    let keys: readonly string[] | undefined;
    // The next key of the reader finds them again.
    order.current = () =>
      (keys ??= [...new Set(shown.blocks.flatMap((block) => block.flatMap(({ key }) => nodeOf(key)?.key ?? [])))]);
  }, [order, shown, nodeOf]);

  const fold = useCallback(
    (row: ReadingRow) => {
      const node = nodeOf(row.key);
      if (isSection(row) && row.of.kind !== "earlier") {
        if (node !== undefined) onReader({ ...reader, closed: toggled(reader.closed, node) });
      } else setOpened((known) => withToggled(known, row.id));
    },
    [nodeOf, reader, onReader],
  );
  // Rows keep their callbacks: only those that changed are drawn again.
  const latest = useRef({ fold, onSelect });
  latest.current = { fold, onSelect };
  const onFold = useCallback((row: ReadingRow) => latest.current.fold(row), []);
  const onOpen = useCallback((key: string) => latest.current.onSelect(key), []);

  const indexOf = useCallback(
    (key: string): number => {
      const isWanted = isOfNode(tree, key);
      return shown.findIndex((one) => one.of.kind !== "gap" && isWanted(one));
    },
    [shown, tree],
  );
  const pinned = useMemo(
    () => (reader.cursor === undefined ? undefined : shown.find(isOfNode(tree, reader.cursor))?.id),
    [shown, tree, reader.cursor],
  );
  const measured = useMeasuredRows(shown, pinned);
  const { scroller, first, last, start, height, view, measure, scrollTo } = measured;
  const end = shown.length - 1 - rows.left;
  seen.current = { rows: shown, end, view, revealed };
  useEnd(view, end, catchUp);

  const isResting = following === "resting";
  const done = useRef<{ readonly revealed: Revealed; readonly height: number } | undefined>(undefined);
  useLayoutEffect(() => {
    if (revealed === undefined) return;
    // What is followed leaves the view when rows above it turn out to be higher.
    if (done.current?.revealed === revealed && (isResting || done.current.height === height)) return;
    let row = tree.byKey.get(revealed.key);
    for (; row !== undefined; row = row.parent) {
      const at = indexOf(row.key);
      if (at < 0) continue;
      // The row itself may still be folded: a row above it stands in for it until then.
      if (row.key === revealed.key || rows.are === "grown") done.current = { revealed, height };
      return scrollTo(at, isResting ? "near" : "followed");
    }
  });

  const rest = (): void => {
    if (!isResting) props.onFollowing("resting");
  };

  const actions: Actions<typeof TRANSCRIPT_KEYS> = {
    open() {
      const row = shown.find(
        (one) => one.of.kind !== "gap" && one.of.kind !== "user" && nodeOf(one.key)?.key === reader.cursor,
      );
      return row === undefined ? "unhandled" : fold(row);
    },
    raw: () => setForm((known) => (known === "raw" ? "drawn" : "raw")),
  };
  usePageKeys(TRANSCRIPT_KEYS, (action) => actions[action]());

  const scale = useSignal(props.scale);
  useLayoutEffect(() => {
    scale.value = props.scale;
  }, [scale, props.scale]);
  const [from, to] = isPrinting ? [0, MAX_PRINTED] : [first, last];
  useSearchMarks(scroller, search.text, `${first} ${last} ${shown.length} ${form}`);
  const plumbing = useMemo(() => countKinds(tree).plumbing, [tree]);

  return (
    <section class="transcript" aria-label="Transcript">
      <Sticky.Part
        rows={shown}
        view={view}
        onRow={(row) =>
          scrollTo(
            shown.findIndex((one) => one === row),
            "top",
          )
        }
      />
      {/* The reader's own scrolling ends following. */}
      <div class="scroller" ref={scroller} onWheel={rest} onTouchMove={rest}>
        <div
          class="rows"
          role="list"
          aria-label="Transcript"
          style={isPrinting ? undefined : { minHeight: `${height}px` }}
        >
          <div style={isPrinting ? undefined : { transform: `translateY(${start}px)` }}>
            {shown.slice(from, to).map((row) => {
              const node = nodeOf(row.key);
              return (
                <RowSlot
                  key={row.id}
                  row={row}
                  node={node}
                  scale={scale}
                  clock={props.clock}
                  form={form}
                  opened={opened.has(row.id) ? "opened" : "folded"}
                  closed={isSection(row) && isRowClosed(row) ? "closed" : "open"}
                  onFold={onFold}
                  onSelect={onOpen}
                  measure={measure}
                  mark={
                    (node !== undefined && node.key === selected ? "selected " : "") +
                    (node !== undefined && node.key === reader.cursor ? "at-cursor " : "") +
                    (node !== undefined && search.matches?.has(node.key) ? "is-hit" : "")
                  }
                />
              );
            })}
          </div>
        </div>
        {plumbing === 0 ? null : (
          <p class="transcript-end muted">
            {counted(plumbing, "internal span")} not shown here:{" "}
            <Link to={{ ...props.here, view: "timeline" }}>Timeline</Link>
          </p>
        )}
        {rows.blocks.length > 0 && shown.length === 0 ? (
          <p class="transcript-end muted">No step passes the filter.</p>
        ) : null}
      </div>
      <News.Part
        blocks={rows.blocks}
        shown={shown}
        view={view}
        // What joins while the reader follows the newest step is no news.
        newRows={isResting && rows.are === "grown" ? displayed.newRows : "expected"}
        isResting={isResting}
        onRow={(place) => scrollTo(place, "near")}
      />
    </section>
  );
}

/** The row of the tree that shows the span of a step: `<trace id>:<span id>`. */
function nodeIn(tree: SessionTree, key: string): TreeNode | undefined {
  const node = tree.bySpan.get(key);
  if (node !== undefined) return node;
  const standIn = tree.replacements.get(key);
  return standIn === undefined ? undefined : tree.byKey.get(standIn);
}

/** Finds the rows of a node: by their keys, without looking each of them up. */
function isOfNode(tree: SessionTree, key: string): (row: ReadingRow) => boolean {
  const node = tree.byKey.get(key);
  if (node === undefined) return () => false;
  const keys = new Set(Array.from(tree.replacements).flatMap(([from, to]) => (to === key ? from : [])));
  const isOwn = nodeIn(tree, `${node.traceId}:${node.spanId}`) === node;
  return (row) => (isOwn && row.isOf(node)) || (keys.size > 0 && keys.has(row.key));
}

/** By itself: an effect of the reading would keep what was drawn when it was made. */
function useEnd(view: Seen["view"], end: number, onView: (isAtEnd: boolean) => void): void {
  useLayoutEffect(() => view.subscribe(({ last }) => onView(last >= end)), [view, end, onView]);
}

/** What the last drawing showed. */
type Seen = {
  readonly rows: RowList;
  /** Place of the last row before those of turns whose steps wait. */
  readonly end: number;
  readonly view: MeasuredRows["view"];
  readonly revealed: Revealed | undefined;
};

/** Whether the span of a row in view changed between two trees, or the end of the rows is in view: most of what comes joins there. */
function isInView({ rows, end, view }: Seen, before: SessionTree, after: SessionTree): boolean {
  const { first, last } = view.peek();
  if (last >= end) return true;
  return rows.slice(first, last + 1).some(({ key }) => nodeIn(before, key)?.span !== nodeIn(after, key)?.span);
}

/** Rows that are printed. A printer needs all of them at once. */
const MAX_PRINTED = 5_000;

function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const changed = ({ type }: Event): void => setPrinting(type === "beforeprint");
    addEventListener("beforeprint", changed);
    addEventListener("afterprint", changed);
    return () => {
      removeEventListener("beforeprint", changed);
      removeEventListener("afterprint", changed);
    };
  }, []);
  return isPrinting;
}

function withToggled(known: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(known);
  if (!next.delete(id)) next.add(id);
  return next;
}
