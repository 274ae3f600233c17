import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

export type UnseenRowsOptions = {
  /** While the stream catches up, new rows are not counted as unseen. */
  readonly newRows: "counted" | "expected";
  readonly following: "following" | "resting";
  readonly onFollowing: (following: "following" | "resting") => void;
};

/** A scroll event within this time of our own scrolling is not the reader's, milliseconds. */
const OURS = 150;
/** This many pixels from the end count as the end. */
const NEAR = 4;

/**
 * Counts the rows that arrived since the reader last saw the end. While following, the end stays in view until the reader
 * scrolls away from it. `rows` changes identity with every change.
 */
export function useUnseenRows(
  scroller: RefObject<HTMLDivElement | null>,
  rows: readonly unknown[],
  { newRows, following, onFollowing }: UnseenRowsOptions,
): number {
  const [seen, setSeen] = useState(rows.length);
  const scrolled = useRef(0);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (following === "following" && element !== null) {
      scrolled.current = performance.now();
      element.scrollTop = element.scrollHeight;
    }
    if (following === "following" || newRows === "expected" || seen > rows.length || isAtEnd(scroller.current))
      setSeen(rows.length);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `seen` is updated only when rows or modes change
  }, [rows, following, newRows]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const listen = (): void => {
      if (isAtEnd(scroller.current)) setSeen(rows.length);
      else if (following === "following" && performance.now() - scrolled.current > OURS) onFollowing("resting");
    };
    element.addEventListener("scroll", listen, { passive: true });
    return () => element.removeEventListener("scroll", listen);
  }, [rows, following, onFollowing, scroller]);

  return Math.max(0, rows.length - seen);
}

function isAtEnd(element: HTMLElement | null): boolean {
  return element === null || element.scrollTop + element.clientHeight >= element.scrollHeight - NEAR;
}
