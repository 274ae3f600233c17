import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { DisplayedSession } from "../display-fold.ts";
import { afterPress } from "../../ui/press.ts";
import { type FoldedRows, RowFold } from "./row-fold.ts";

/**
 * The transcript's rows. While much arrives, and where nobody sees it, they are a while behind. `isOutOfView`: whether nothing of what changed
 * since then is in view. The function brings them up to date if they are behind; what is left of them, only if the reader comes `near`.
 */
export function useRows(
  displayed: DisplayedSession,
  isOutOfView: (since: DisplayedSession) => boolean,
  atOnce?: number,
): readonly [FoldedRows, (near: boolean) => void] {
  const { view } = displayed;
  const fold = useMemo(() => new RowFold(view), [view]);
  const [, setTime] = useState(0);
  const again = useCallback(() => afterPress(() => setTime(performance.now())), []);
  // `displayed` is another object whenever the view has changed.
  const wait = fold.follow(displayed, isOutOfView, atOnce);
  useEffect(() => {
    if (wait > 0) {
      const timer = setTimeout(again, wait);
      return () => clearTimeout(timer);
    }
    return fold.goOn(again);
  }, [wait, displayed, fold, fold.rows]);
  return [fold.rows, useCallback((near) => (fold.isWaiting || (near && fold.rows.left > 0)) && again(), [fold])];
}
