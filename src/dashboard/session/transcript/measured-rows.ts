import { type ReadonlySignal, signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { estimatedHeight } from "./estimated-height.ts";
import { type Anchor, anchoredTop, RowHeights, type RowId, RowLayout } from "./row-layout.ts";
import type { RowList } from "./row-list.ts";

export type MeasuredRows = {
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** The mounted rows: from `first` up to `last`, without it. */
  readonly first: number;
  readonly last: number;
  /** Pixels from the top of all rows to the first mounted one. */
  readonly start: number;
  /** Of all rows, pixels. */
  readonly height: number;
  /** Rows that are not wholly above or below the view. Read it only where it is shown. */
  readonly view: ReadonlySignal<View>;
  /** Of a mounted row's element; `null` when it goes. */
  readonly measure: (row: RowId, element: HTMLElement | null) => void;
  /** `near`: as little as possible. `followed`: the same, with room for what it grows by. */
  readonly scrollTo: (index: number, align: "near" | "followed" | "top") => void;
};

export type View = { readonly first: number; readonly last: number };

/** Pixels mounted beyond each end of the view. */
const OVERSCAN = 500;
/** The mounted rows change when the view comes this near to their end: most frames of a scroll render nothing. */
const NEAR = 150;
/** Room above a row that is scrolled to: what sticks at the top must not hide it. */
const HEADROOM = 44;

/**
 * Rows of different heights, of which those in view are mounted. A row in view keeps its place when rows above it change: `pinned`
 * if it is in view, else the first one.
 */
export function useMeasuredRows(rows: RowList, pinned: string | undefined): MeasuredRows {
  const scroller = useRef<HTMLDivElement>(null);
  const heights = useMemo(() => new RowHeights(estimatedHeight), []);
  const view = useMemo(() => signal<View>({ first: 0, last: 0 }), []);
  const [version, setVersion] = useState(0);
  const layout = useMemo(() => new RowLayout(rows, heights), [rows, heights, version]);
  const [mounted, setMounted] = useState({ top: 0, bottom: 2 * OVERSCAN });
  const anchor = useRef<Anchor | undefined>(undefined);
  const viewHeight = useRef(0);
  const latest = useRef({ rows, layout, pinned });
  latest.current = { rows, layout, pinned };
  const scrolled = useRef(0);

  const lookFrom = useCallback(
    (top: number) => {
      scrolled.current = top;
      const bottom = top + viewHeight.current;
      const now = latest.current;
      const [first, last] = [now.layout.rowAt(top), now.layout.rowAt(bottom)];
      if (view.peek().first !== first || view.peek().last !== last) view.value = { first, last };
      anchor.current = top <= 0 ? undefined : anchorIn(now, first, last, top);
      setMounted((known) =>
        (known.top > 0 && top - known.top < NEAR) || known.bottom - bottom < NEAR
          ? { top: Math.max(0, top - OVERSCAN), bottom: bottom + OVERSCAN }
          : known,
      );
    },
    [view],
  );
  const look = useCallback(() => {
    if (scroller.current !== null) lookFrom(scroller.current.scrollTop);
  }, [lookFrom]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      viewHeight.current = element.clientHeight;
      look();
    });
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [look]);

  // Before the browser paints: what is above may have become higher.
  useLayoutEffect(() => {
    const element = scroller.current;
    // At the top nothing is above. Asking where it is would make the browser lay out the page.
    if (element === null || anchor.current === undefined) return lookFrom(scrolled.current);
    const top = anchoredTop(anchor.current, rows, layout);
    if (top === undefined || Math.abs(top - element.scrollTop) < 1) return look();
    element.scrollTop = top;
    look();
  }, [layout]);

  const measure = useMeasuring(heights, () => setVersion((known) => known + 1));
  const scrollTo = (index: number, align: "near" | "followed" | "top"): void => {
    const element = scroller.current;
    if (element === null) return;
    const [start, end] = [layout.topOf(index), layout.topOf(index + 1)];
    const { scrollTop: top, clientHeight: height } = element;
    const isIn = start >= top + HEADROOM && end <= top + height;
    if (align !== "top" && isIn) return;
    // A call that ends shows its result there.
    const below = align === "followed" ? HEADROOM : 0;
    const isBelow = align !== "top" && end > top + height && end - start < height - 2 * HEADROOM;
    const to = isBelow ? end - height + below : Math.max(0, start - HEADROOM);
    element.scrollTop = to;
    look();
    // Rows around it were never drawn: it keeps this place while their heights become known.
    const row = rows.at(index);
    if (row !== undefined) anchor.current = { id: row.id, index, below: start - to };
  };
  const { height } = layout;
  const first = layout.rowAt(mounted.top);
  const last = Math.min(rows.length, layout.rowAt(mounted.bottom) + 1);
  return { scroller, first, last, start: layout.topOf(first), height, view, measure, scrollTo };
}

type Latest = {
  readonly rows: RowList;
  readonly layout: RowLayout;
  readonly pinned: string | undefined;
};

function anchorIn({ rows, layout, pinned }: Latest, first: number, last: number, top: number): Anchor | undefined {
  const index =
    first +
    Math.max(
      0,
      rows.slice(first, last + 1).findIndex(({ id }) => id === pinned),
    );
  const row = rows.at(index);
  return row === undefined ? undefined : { id: row.id, index, below: layout.topOf(index) - top };
}

/** Heights come with the browser's own layout: asking for them would force one. */
function useMeasuring(heights: RowHeights, onChange: () => void): MeasuredRows["measure"] {
  const changed = useRef(onChange);
  changed.current = onChange;
  const elements = useMemo(() => new Map<string, HTMLElement>(), []);
  const rows = useMemo(() => new WeakMap<Element, RowId>(), []);
  const observer = useMemo(
    () =>
      new ResizeObserver((entries) => {
        let isChanged = false;
        for (const { target, borderBoxSize } of entries) {
          const row = rows.get(target);
          const height = borderBoxSize[0]?.blockSize ?? 0;
          if (row !== undefined && height > 0 && heights.measure(row, height)) isChanged = true;
        }
        if (isChanged) changed.current();
      }),
    [heights],
  );
  useLayoutEffect(() => () => observer.disconnect(), [observer]);
  return useCallback(
    (row, element) => {
      const { id } = row;
      const known = elements.get(id);
      if (known === element) return;
      if (known !== undefined) observer.unobserve(known);
      if (element === null) elements.delete(id);
      else {
        elements.set(id, element);
        rows.set(element, row);
        observer.observe(element);
      }
    },
    [elements, rows, observer],
  );
}
