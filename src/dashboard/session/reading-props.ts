import type { ReadonlySignal } from "@preact/signals";
import type { KindFilter } from "../../session/kind-filter.ts";
import type { TreeNode } from "../../session/tree/tree.ts";
import type { SessionAddress } from "../address/address.ts";
import type { DisplayedSession } from "./display-fold.ts";
import type { Reader } from "./reader.ts";
import type { TimeScale } from "./timeline/time-scale.ts";

/**
 * What the page gives each reading of a session (transcript, timeline, steps, logs): one selection, one cursor, one search, one
 * filter and one range for all. A reading draws rows of its own fold. A row of a span has the span's key in the tree.
 */
export type ReadingProps = {
  readonly sessionId: string;
  /** For links that change one thing of the page. */
  readonly here: SessionAddress;
  /** In a replay: the session as far as the replay has come. */
  readonly displayed: DisplayedSession;
  /** The whole session. Differs from `displayed` in a replay only, which knows what comes. */
  readonly whole: DisplayedSession;
  readonly playing: "live" | "replay";

  /** Key of the span in the panel. */
  readonly selected: string | undefined;
  /** Opens a span in the panel, and moves the cursor there. `undefined`: closes the panel. */
  readonly onSelect: (key: string | undefined) => void;
  /** The row of the keyboard cursor, and the closed rows. */
  readonly reader: Reader;
  readonly onReader: (reader: Reader) => void;
  /**
   * The row to bring into view: a new object each time, for a layout effect. All rows above it are open. A reading without such a
   * row brings the nearest row above it into view. Also set when a reading is first shown.
   */
  readonly revealed: Revealed | undefined;
  /** A reading sets it when its rows change: keys of its rows in order, for the keys that move the cursor. */
  readonly order: RowOrder;

  readonly search: Search;
  readonly filter: KindFilter;
  /** The row of the query that is read alone, with all below it. */
  readonly turn: TreeNode | undefined;

  /** The whole time axis, and the visible part of it: the range in the URL. The end of a running session moves in steps. */
  readonly axis: TimeScale;
  readonly scale: TimeScale;
  /** `undefined`: the whole axis. */
  readonly onZoom: (scale: TimeScale | undefined) => void;
  readonly clock: SessionClock;

  /** `following`: the page reveals the newest changed step. A reading rests when the reader scrolls away. */
  readonly following: Following;
  readonly onFollowing: (following: Following) => void;
};

export type Following = "following" | "resting";

/** `follow`: as unobtrusively as possible. The reader's own moves may scroll as they like. */
export type Revealed = { readonly key: string; readonly by: "reader" | "follow" };

export type RowOrder = { current: (() => readonly string[]) | undefined };

export type Search = {
  /** "" without a search. */
  readonly text: string;
  /** Keys of the spans and log records that match; `undefined` without a search. */
  readonly matches: ReadonlySet<string> | undefined;
};

export const NO_SEARCH: Search = { text: "", matches: undefined };

/**
 * Signals that change with time alone. Read their values in the smallest component that shows them: whoever reads `present` is drawn
 * again each second. `counted` and `drawn` stay the same while nothing runs.
 */
export type SessionClock = {
  /** Up to when the shown data is complete, Unix milliseconds. */
  readonly present: ReadonlySignal<number>;
  /** The present of running spans' counters, Unix milliseconds; `undefined` while nothing runs. */
  readonly counted: ReadonlySignal<number | undefined>;
  /** The end of running spans' bars, Unix nanoseconds. */
  readonly drawn: ReadonlySignal<bigint>;
};
