import { signal } from "@preact/signals";
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import type { VirtualItem } from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";

export type VirtualRows = {
  /** The element that scrolls. */
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly items: readonly VirtualItem[];
  readonly height: number;
  readonly scrollTo: (index: number, align?: "auto" | "center") => void;
};

/** Rows of one height. Only rows in view are mounted. A new `keyOf` measures all rows again, so keep it while the rows are the same. */
export function useVirtualRows(count: number, rowHeight: number, keyOf: (index: number) => string): VirtualRows {
  const scroller = useRef<HTMLDivElement>(null);
  const [, renderAgain] = useReducer((version: number, _: undefined) => version + 1, 0);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: keyOf,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    overscan: 10,
    onChange: () => renderAgain(undefined),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLDivElement, HTMLDivElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  useLayoutEffect(() => {
    // The header above the rows has the same width as the rows.
    const element = scroller.current;
    element?.parentElement?.style.setProperty("--scrollbar", `${element.offsetWidth - element.clientWidth}px`);
  });
  return {
    scroller,
    items: virtualizer.getVirtualItems(),
    height: virtualizer.getTotalSize(),
    scrollTo: (index, align = "auto") => virtualizer.scrollToIndex(index, { align }),
  };
}

/** Narrow screens: names stand above their bars, and the span panel is a sheet. The style sheets use the same bound. */
const query = matchMedia("(max-width: 720px)");

export const narrow = signal(query.matches);
query.addEventListener("change", () => (narrow.value = query.matches));
