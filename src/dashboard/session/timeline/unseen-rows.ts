import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";

export type UnseenRowsOptions = {
  /** While the stream catches up, new rows are not counted as unseen. */
  readonly newRows: "counted" | "expected";
  readonly following: "following" | "resting";
  readonly onFollowing: (following: "following" | "resting") => void;
};

/** This many pixels from the end count as the end. */
const NEAR = 4;

/**
 * Counts the rows that arrived since the reader last saw the end. Following ends when the reader
 * scrolls. `rows` changes identity with every change.
 */
export function useUnseenRows(
  scroller: RefObject<HTMLDivElement | null>,
  rows: readonly unknown[],
  { newRows, following, onFollowing }: UnseenRowsOptions,
): number {
  const [seen, setSeen] = useState(rows.length);

  useLayoutEffect(() => {
    if (following === "following" || newRows === "expected" || seen > rows.length || isAtEnd(scroller.current))
      setSeen(rows.length);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `seen` is updated only when rows or modes change
  }, [rows, following, newRows]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const listen = (): void => {
      if (isAtEnd(scroller.current)) setSeen(rows.length);
    };
    // The page scrolls, too: only what the reader does counts.
    const rest = (): void => {
      if (following === "following") onFollowing("resting");
    };
    element.addEventListener("scroll", listen, { passive: true });
    element.addEventListener("wheel", rest, { passive: true });
    element.addEventListener("touchmove", rest, { passive: true });
    return () => {
      element.removeEventListener("scroll", listen);
      element.removeEventListener("wheel", rest);
      element.removeEventListener("touchmove", rest);
    };
  }, [rows, following, onFollowing, scroller]);

  return Math.max(0, rows.length - seen);
}

function isAtEnd(element: HTMLElement | null): boolean {
  return element === null || element.scrollTop + element.clientHeight >= element.scrollHeight - NEAR;
}
