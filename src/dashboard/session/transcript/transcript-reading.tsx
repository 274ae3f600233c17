import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { isFiltering, isPlumbing, passes } from "../../../session/kind-filter.ts";
import { isSection, type ReadingRow, shownRows } from "../../../session/transcript/reading-rows.ts";
import { isClosed, toggled } from "../../../session/tree/closed-rows.ts";
import { counted } from "../../../lib/figures.ts";
import { type Actions, usePageKeys } from "../../keys.tsx";
import { TRANSCRIPT_KEYS } from "../../keymap.ts";
import { Icon } from "../../ui/icons.tsx";
import { Link } from "../../ui/link.tsx";
import type { ProseForm } from "../../ui/markdown/prose.tsx";
import type { ReadingProps, Revealed } from "../reading-props.ts";
import { estimatedHeight } from "./estimated-height.ts";
import { useMeasuredRows } from "./measured-rows.ts";
import { RowSlot } from "./row-slot.tsx";
import { useSearchMarks } from "./search-marks.ts";
import { SpanIndex } from "./span-index.ts";
import { StickyHeader } from "./sticky-header.tsx";
import { useNewRows } from "./new-rows.ts";
import { useRows } from "./use-rows.ts";
import "./transcript.css";

/** A session as it is read: turn by turn, what was said, called and returned. */
export function TranscriptReading(props: ReadingProps) {
  const { displayed, reader, onReader, selected, revealed, order, onSelect, filter, search, following } = props;
  const { tree } = displayed;
  const rows = useRows(displayed);
  const nodes = useMemo(() => new SpanIndex(tree), [tree]);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [form, setForm] = useState<ProseForm>("drawn");

  const isRowClosed = (row: ReadingRow): boolean => {
    if (row.of.kind === "earlier") return !opened.has(row.id);
    const node = nodes.of(row.key);
    return node !== undefined && isClosed(reader.closed, node);
  };
  const turn = props.turn;
  const shown = useMemo(() => {
    const { filter: of } = props;
    return shownRows(rows, {
      passes: (key) => {
        if (!isFiltering(of)) return true;
        const node = nodes.of(key);
        return node !== undefined && passes(of, node);
      },
      isClosed: isRowClosed,
      turn: turn === undefined ? undefined : `${turn.traceId}:${turn.spanId}`,
    });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `isRowClosed` depends on what is listed
  }, [rows, nodes, filter, reader.closed, opened, turn]);

  useLayoutEffect(() => {
    order.current = () => [...new Set(shown.flatMap(({ key }) => nodes.of(key)?.key ?? []))];
  }, [order, shown, nodes]);

  const fold = useCallback(
    (row: ReadingRow) => {
      const node = nodes.of(row.key);
      if (isSection(row) && row.of.kind !== "earlier") {
        if (node !== undefined) onReader({ ...reader, closed: toggled(reader.closed, node) });
      } else setOpened((known) => withToggled(known, row.id));
    },
    [nodes, reader, onReader],
  );
  // Rows keep their callbacks: only those that changed are drawn again.
  const latest = useRef({ fold, onSelect });
  latest.current = { fold, onSelect };
  const onFold = useCallback((row: ReadingRow) => latest.current.fold(row), []);
  const onOpen = useCallback((key: string) => latest.current.onSelect(key), []);

  const indexOf = useCallback(
    (key: string): number => {
      const row = shown.findIndex((one) => nodes.of(one.key)?.key === key && one.of.kind !== "gap");
      return row;
    },
    [shown, nodes],
  );
  const estimate = useCallback((index: number) => estimatedHeight(shown[index]), [shown]);
  const pinned = useMemo(
    () => (reader.cursor === undefined ? undefined : shown.find(({ key }) => nodes.of(key)?.key === reader.cursor)?.id),
    [shown, nodes, reader.cursor],
  );
  const measured = useMeasuredRows(shown, estimate, pinned);
  const { scroller, first, last, start, height, view, measure, scrollTo } = measured;

  const done = useRef<Revealed | undefined>(undefined);
  useLayoutEffect(() => {
    if (revealed === undefined || done.current === revealed) return;
    let row = tree.byKey.get(revealed.key);
    for (; row !== undefined; row = row.parent) {
      const at = indexOf(row.key);
      if (at < 0) continue;
      done.current = revealed;
      return scrollTo(at, "near");
    }
  });

  const unseen = useNewRows(shown, view, displayed.newRows);
  const toNew = (): void => {
    const at = unseen.first();
    if (at >= 0) scrollTo(at, "near");
  };
  const rest = (): void => {
    if (following === "following") props.onFollowing("resting");
  };

  const actions: Actions<typeof TRANSCRIPT_KEYS> = {
    open() {
      const row = shown.find(
        (one) => nodes.of(one.key)?.key === reader.cursor && one.of.kind !== "gap" && one.of.kind !== "user",
      );
      return row === undefined ? "unhandled" : fold(row);
    },
    raw: () => setForm((known) => (known === "raw" ? "drawn" : "raw")),
  };
  usePageKeys(TRANSCRIPT_KEYS, (action) => actions[action]());

  const isPrinting = usePrinting();
  const [from, to] = isPrinting ? [0, Math.min(shown.length, MAX_PRINTED)] : [first, last];
  useSearchMarks(scroller, search.text, `${first} ${last} ${shown.length} ${form}`);
  const plumbing = useMemo(() => tree.rows.reduce((count, node) => count + (isPlumbing(node) ? 1 : 0), 0), [tree]);

  return (
    <section class="transcript" aria-label="Transcript">
      <StickyHeader rows={shown} view={view} onRow={(row) => scrollTo(shown.indexOf(row), "top")} />
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
              const node = nodes.of(row.key);
              return (
                <RowSlot
                  key={row.id}
                  row={row}
                  node={node}
                  scale={props.scale}
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
        {rows.length > 0 && shown.length === 0 ? <p class="transcript-end muted">No step passes the filter.</p> : null}
      </div>
      {unseen.count.value === 0 ? null : (
        <button type="button" class="pill pill-bottom" onClick={toNew}>
          <Icon name="down" />
          {counted(unseen.count.value, "new step")}
        </button>
      )}
    </section>
  );
}

/** Rows that are printed. A printer needs all of them at once. */
const MAX_PRINTED = 5_000;

function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const [before, after] = [() => setPrinting(true), () => setPrinting(false)];
    addEventListener("beforeprint", before);
    addEventListener("afterprint", after);
    return () => {
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", after);
    };
  }, []);
  return isPrinting;
}

function withToggled(known: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(known);
  if (!next.delete(id)) next.add(id);
  return next;
}
