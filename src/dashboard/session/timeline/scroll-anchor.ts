import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

type Rows = readonly { readonly key: string }[];

/**
 * Rows that are added or removed above must not move the rows in view: the anchor row keeps its place on the screen. The
 * anchor is the row under the pointer, else `preferred`, if in view; else, when scrolled, the first row in view. `rows`
 * changes identity with every change of the rows. The scroller's first child has the height of all rows.
 */
export function useScrollAnchor(
  scroller: RefObject<HTMLDivElement | null>,
  rows: Rows,
  rowHeight: number,
  preferred: string | undefined,
): void {
  const before = useRef<Rows>([]);
  const pointed = useRef<string | undefined>(undefined);

  useLayoutEffect(() => {
    const element = scroller.current;
    const old = before.current;
    before.current = rows;
    if (element === null || old.length === 0 || old === rows) return;
    const view = { top: element.scrollTop, height: element.clientHeight };
    const top = anchored(old, rows, rowHeight, view, [pointed.current, preferred]);
    if (top === view.top) return;
    spare(element, top === undefined ? 0 : Math.max(0, top) + view.height);
    if (top !== undefined) element.scrollTop = top;
  }, [rows, rowHeight, preferred, scroller]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const point = (event: Event): void => {
      const row = event.target instanceof Element ? event.target.closest(".span-row") : null;
      pointed.current = row === null ? undefined : before.current[Number(row.id.slice("row-".length))]?.key;
    };
    const leave = (): void => void (pointed.current = undefined);
    const scrolled = (): void => {
      const needed = element.scrollTop + element.clientHeight;
      if (needed < spared(element)) spare(element, needed);
    };
    element.addEventListener("pointerover", point);
    element.addEventListener("pointerleave", leave);
    element.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      element.removeEventListener("pointerover", point);
      element.removeEventListener("pointerleave", leave);
      element.removeEventListener("scroll", scrolled);
    };
  }, [scroller]);
}

/** The scroll position that keeps the first of `wanted` that is in view at its place; when scrolled, otherwise the first row. `undefined`: no anchor. */
export function anchored(
  old: Rows,
  rows: Rows,
  rowHeight: number,
  view: { readonly top: number; readonly height: number },
  wanted: readonly (string | undefined)[],
): number | undefined {
  const first = Math.floor(view.top / rowHeight);
  const last = Math.floor((view.top + view.height) / rowHeight);
  const inView = old.slice(first, last + 1);
  const key =
    wanted.find((one) => one !== undefined && inView.some((row) => row.key === one)) ??
    (view.top === 0 ? undefined : inView[0]?.key);
  if (key === undefined) return undefined;
  const now = rows.findIndex((row) => row.key === key);
  const was = first + inView.findIndex((row) => row.key === key);
  return now < 0 ? undefined : view.top + (now - was) * rowHeight;
}

/** With too few rows to scroll so far, the end of the view stays empty until the reader scrolls back. */
function spare(element: HTMLElement, height: number): void {
  const all = element.firstElementChild;
  if (all instanceof HTMLElement) all.style.minHeight = height === 0 ? "" : `${height}px`;
}

function spared(element: HTMLElement): number {
  const all = element.firstElementChild;
  return all instanceof HTMLElement ? Number.parseFloat(all.style.minHeight) || 0 : 0;
}
