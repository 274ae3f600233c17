import { signal } from "@preact/signals";
import type { RefObject } from "preact";
import { clipped, FIRST_RANGE, rangeInView, type RowRange, scrolledTo } from "./row-range.ts";
import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";

export type VirtualRow = {
  readonly index: number;
  readonly key: string;
  /** Pixels from the top of all rows. */
  readonly start: number;
};

export type VirtualRows = {
  /** The element that scrolls. It stays the same element. */
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** The mounted rows. */
  readonly items: readonly VirtualRow[];
  /** Of all rows, pixels. */
  readonly height: number;
  /** `auto` scrolls only as far as the row needs to be in view. */
  readonly scrollTo: (index: number, align?: "auto" | "center") => void;
};

/** Rows of one height. Only rows in view are mounted. */
export function useVirtualRows(count: number, rowHeight: number, keyOf: (index: number) => string): VirtualRows {
  const scroller = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState(FIRST_RANGE);
  const viewHeight = useRef(0);

  const showRows = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const next = rangeInView({ top: element.scrollTop, height: viewHeight.current }, rowHeight);
    setRange((known) => (known.first === next.first && known.last === next.last ? known : next));
  }, [rowHeight]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    // Called once at the start, and after each layout that changes the size, so that reading it here forces no layout.
    const observer = new ResizeObserver(() => {
      viewHeight.current = element.clientHeight;
      // The header above the rows has the same width as the rows.
      const scrollbar = element.offsetWidth - element.clientWidth;
      element.parentElement?.style.setProperty("--scrollbar", `${scrollbar}px`);
      showRows();
    });
    observer.observe(element);
    element.addEventListener("scroll", showRows, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", showRows);
    };
  }, [showRows]);

  const scrollTo = (index: number, align: "auto" | "center" = "auto"): void => {
    const element = scroller.current;
    if (element === null) return;
    const view = { top: element.scrollTop, height: element.clientHeight };
    const top = scrolledTo(index, align, view, rowHeight);
    if (top === view.top) return;
    element.scrollTop = top;
    showRows();
  };
  return { scroller, items: rowsIn(clipped(range, count), rowHeight, keyOf), height: count * rowHeight, scrollTo };
}

function rowsIn({ first, last }: RowRange, rowHeight: number, keyOf: (index: number) => string): VirtualRow[] {
  const rows: VirtualRow[] = [];
  for (let index = first; index < last; index++) rows.push({ index, key: keyOf(index), start: index * rowHeight });
  return rows;
}

/** Narrow screens: names stand above their bars, and the span panel is a sheet. The style sheets use the same bound. */
const query = matchMedia("(max-width: 720px)");

export const narrow = signal(query.matches);
query.addEventListener("change", () => (narrow.value = query.matches));
