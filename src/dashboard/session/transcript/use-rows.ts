import { useEffect, useMemo, useState } from "preact/hooks";
import { type ReadingRow, ReadingRows } from "../../../session/transcript/reading-rows.ts";
import { ViewTranscript } from "../../../session/transcript/view-transcript.ts";
import type { SessionView } from "../../../session/view/session-view.ts";
import type { DisplayedSession } from "../display-fold.ts";

/** The pause after a fold, in multiples of its duration: a large session that grows leaves the page responsive. */
const SHARE = 4;

/** The transcript's rows. While much arrives they may be a moment behind. */
export function useRows(displayed: DisplayedSession): readonly ReadingRow[] {
  const { view } = displayed;
  const fold = useMemo(() => new RowFold(view), [view]);
  const [, setTime] = useState(0);
  // `displayed` is another object whenever the view has changed.
  const wait = fold.follow(displayed);
  useEffect(() => {
    if (wait <= 0) return;
    const timer = setTimeout(() => setTime(performance.now()), wait);
    return () => clearTimeout(timer);
  }, [wait, displayed]);
  return fold.rows;
}

class RowFold {
  readonly #transcript: ViewTranscript | undefined;
  readonly #rows = new ReadingRows();
  #of: DisplayedSession | undefined;
  #notBefore = 0;
  rows: readonly ReadingRow[] = [];

  constructor(view: SessionView | undefined) {
    this.#transcript = view === undefined ? undefined : new ViewTranscript(view);
  }

  /** Brings the rows up to date, or answers how long to wait for that, milliseconds. */
  follow(displayed: DisplayedSession): number {
    if (this.#of === displayed) return 0;
    const started = performance.now();
    if (started < this.#notBefore) return this.#notBefore - started;
    this.#of = displayed;
    const transcript = this.#transcript?.at(0);
    this.rows = transcript === undefined ? [] : this.#rows.of(transcript);
    const finished = performance.now();
    this.#notBefore = finished + (finished - started) * SHARE;
    return 0;
  }
}
