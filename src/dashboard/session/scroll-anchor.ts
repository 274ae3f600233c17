import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/**
 * Rows that come or go above what is read must not move it: the anchor row keeps its place on the screen. The anchor is
 * `preferred` while it is in view, else the first row in view. `keys` changes identity with every change of the rows.
 */
export function useScrollAnchor(
  scroller: RefObject<HTMLDivElement | null>,
  keys: readonly { readonly key: string }[],
  rowHeight: number,
  preferred: string | undefined,
): void {
  const before = useRef<readonly { readonly key: string }[]>([]);
  useLayoutEffect(() => {
    const element = scroller.current;
    const old = before.current;
    before.current = keys;
    if (element === null || old.length === 0 || old === keys || element.scrollTop === 0) return;
    const first = Math.floor(element.scrollTop / rowHeight);
    const last = Math.floor((element.scrollTop + element.clientHeight) / rowHeight);
    const chosen = old.findIndex((row) => row.key === preferred);
    const anchor = chosen >= first && chosen <= last ? chosen : first;
    const key = old[anchor]?.key;
    if (key === undefined || keys[anchor]?.key === key) return;
    const now = keys.findIndex((row) => row.key === key);
    if (now >= 0) element.scrollTop += (now - anchor) * rowHeight;
  }, [keys, rowHeight, preferred, scroller]);
}
