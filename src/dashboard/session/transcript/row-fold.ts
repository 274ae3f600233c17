import { ReadingRows, type RowBlock } from "../../../session/transcript/reading-rows.ts";
import type { MayGoOn } from "../../../session/transcript/turn-list.ts";
import { ViewTranscript } from "../../../session/transcript/view-transcript.ts";
import type { SessionView } from "../../../session/view/session-view.ts";
import { whenIdle } from "../../ui/idle.ts";
import type { DisplayedSession } from "../display-fold.ts";

/** The pause after a fold, in multiples of its duration: a large session that grows leaves the page responsive. */
const SHARE = 4;
/** The pause after rows that nobody sees grew, milliseconds; longer if their fold takes long. */
export const OUT_OF_VIEW = 4_000;
const SHARE_OUT_OF_VIEW = 40;
/** A fold at once, milliseconds: the first turns of a long session are shown before the others are folded. */
const AT_ONCE = 8;
/** Turns that are folded while the browser is idle are shown so often, milliseconds. */
const SHOWN_EVERY = 500;

/**
 * `are`: `loaded` as long as the steps of turns that were received are still being folded. `left`: so many of the last blocks are of new
 * turns whose steps wait until the reader comes near.
 */
export type FoldedRows = {
  readonly blocks: readonly RowBlock[];
  readonly are: "loaded" | "grown";
  readonly left: number;
};

const NO_ROWS: FoldedRows = { blocks: [], are: "loaded", left: 0 };

/** The rows of a transcript that grows, folded no more often than it is worth. */
export class RowFold {
  readonly #transcript: ViewTranscript | undefined;
  readonly #rows = new ReadingRows();
  #of: DisplayedSession | undefined;
  #notBefore = 0;
  #notOutOfViewBefore = 0;
  #isBehind = false;
  rows = NO_ROWS;
  /** The last call of {@link follow} put the fold off. */
  isWaiting = false;

  constructor(view: SessionView | undefined) {
    this.#transcript = view === undefined ? undefined : new ViewTranscript(view);
  }

  /**
   * Brings the rows up to date, or answers how long to wait for that, milliseconds. `isOutOfView`: whether nothing of what changed since
   * then is in view. `atOnce`: the most time for a fold at once, milliseconds.
   */
  follow(displayed: DisplayedSession, isOutOfView: (since: DisplayedSession) => boolean, atOnce = AT_ONCE): number {
    this.isWaiting = false;
    const isUnseen = this.#of !== undefined && this.#notOutOfViewBefore > 0 && isOutOfView(this.#of);
    if (this.#of === displayed && (isUnseen || this.rows.left === 0)) return 0;
    const started = performance.now();
    const isSeldom = isUnseen && started < this.#notOutOfViewBefore;
    const wait = (isSeldom ? this.#notOutOfViewBefore : this.#notBefore) - started;
    this.isWaiting = wait > 0;
    if (this.isWaiting) return wait;
    this.#of = displayed;
    this.#fold(isUnseen ? "until new" : () => performance.now() < started + atOnce);
    const finished = performance.now();
    const took = finished - started;
    this.#notBefore = finished + took * SHARE;
    const grew = this.rows.are === "grown" && displayed.newRows === "counted";
    this.#notOutOfViewBefore = grew ? finished + Math.max(OUT_OF_VIEW, took * SHARE_OUT_OF_VIEW) : 0;
    return 0;
  }

  /** Folds what {@link follow} left, when the browser is idle and the session is loaded. Answers how to end that. */
  goOn(onRows: () => void): () => void {
    let ending = (): void => {};
    let shown = performance.now();
    const next = (): void => {
      if (!this.#isBehind || this.#of?.of === "part") return;
      ending = whenIdle((hasTime) => {
        this.#fold(hasTime);
        if (this.#isBehind && performance.now() < shown + SHOWN_EVERY) return next();
        shown = performance.now();
        onRows();
      }, SHOWN_EVERY);
    };
    next();
    return () => ending();
  }

  #fold(mayGoOn: MayGoOn): void {
    const wasBehind = this.#isBehind || this.rows === NO_ROWS;
    const transcript = this.#transcript?.at(0, mayGoOn);
    const ahead = transcript === undefined ? 0 : transcript.turns.length - transcript.folded;
    const left = mayGoOn === "until new" ? ahead : 0;
    this.#isBehind = ahead > left;
    this.rows =
      transcript === undefined
        ? NO_ROWS
        : { blocks: this.#rows.of(transcript), are: wasBehind || this.#isBehind ? "loaded" : "grown", left };
  }
}
