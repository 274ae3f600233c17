import { type ReadonlySignal, signal } from "@preact/signals";
import { SessionView } from "../../session/view/session-view.ts";
import type { RecentExport, SessionStreamEvent } from "../../session/contract/stream-events.ts";
import type { QuerySummary, SessionSummary } from "../../session/summary.ts";
import type { SessionTree } from "../../session/tree/tree.ts";
import type { ViewRecord } from "../../session/view/log-view.ts";
import { afterPress } from "../ui/press.ts";
import { toMillis } from "../ui/moments.ts";

/** A session as shown at one moment: a result of its fold. */
export type DisplayedSession = {
  readonly summary: SessionSummary;
  readonly tree: SessionTree;
  /** For folds that only one reading needs. It goes on with the stream. `undefined` without data. */
  readonly view: SessionView | undefined;
  readonly queries: readonly QuerySummary[];
  /** Log records by time. The same array until another record arrives. */
  readonly logs: readonly ViewRecord[];
  readonly last: readonly RecentExport[];
  /** Whether new rows happened live and count as unseen, or were only loaded. */
  readonly newRows: "counted" | "expected";
  /** Whether the session is fully loaded. */
  readonly of: "whole" | "part";
};

/** Exports listed in the footer. */
const LAST_EXPORTS = 20;
/** The pause after a rebuild, in multiples of its duration: the page stays responsive. */
const SHARE = 4;
/** A long log is folded in slices of so many milliseconds: the page draws its beginning while the rest is folded. */
const SLICE = 12;
/** The first pause after a rebuild while a log is loaded, milliseconds: what is drawn of it takes time from what is folded. The next is twice as long. */
const LOADING_PAUSE = 2_400;
const LONGEST_LOADING_PAUSE = 9_600;
/** A browser that draws nothing folds all the same, milliseconds. */
const UNDRAWN = 200;

/** A fold over a session's events, shown at most once a frame, and less often if showing it is slow. */
export class DisplayFold {
  readonly #view: SessionView;
  readonly #shown = signal<DisplayedSession | undefined>(undefined);
  /** Whether events arrive live. */
  readonly #isLive: () => boolean;
  readonly #channel = new MessageChannel();
  /** Events that are not folded yet, from `#next` on. */
  #inbox: SessionStreamEvent[] = [];
  #next = 0;
  #isFolding = false;
  #isPosted = false;
  /** Called when all is folded. */
  #waiting: (() => void)[] = [];
  #last: readonly RecentExport[] = [];
  #newRows: DisplayedSession["newRows"] = "expected";
  #isScheduled = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #notBefore = 0;
  #loadingUntil = 0;
  #loadingPause = LOADING_PAUSE;
  #closed = false;
  readonly #of: "log" | "replay";

  /** `of`: a log is loaded as fast as it can be, a replay is shown as it comes. */
  constructor(id: string, isLive: () => boolean, of: "log" | "replay") {
    this.#view = new SessionView(id);
    this.#isLive = isLive;
    this.#of = of;
    this.#channel.port1.addEventListener("message", () => {
      try {
        this.#fold();
      } finally {
        // An event that cannot be folded is skipped.
        this.#goOn();
      }
    });
    this.#channel.port1.start();
    if (of === "replay") this.#loadPrices();
  }

  /** `undefined` until the first event. */
  get shown(): ReadonlySignal<DisplayedSession | undefined> {
    return this.#shown;
  }

  /** Resolves when the events are folded, the first of them drawn, and the browser had its turn. */
  apply(events: readonly SessionStreamEvent[]): Promise<void> | undefined {
    for (const event of events) this.#inbox.push(event);
    if (!this.#isFolding) this.#fold();
    if (this.#isWhole && this.#shown.peek() !== undefined) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#goOnSoon();
    });
  }

  /** Back to the empty state. */
  clear(): void {
    this.#inbox = [];
    this.#next = 0;
    this.#isFolding = false;
    this.#reset();
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    this.#channel.port1.close();
    this.#release();
  }

  get #isWhole(): boolean {
    return this.#inbox.length === 0 && !this.#view.awaitsRecords && this.#view.state.caughtUp !== undefined;
  }

  get #isLoading(): boolean {
    return this.#of === "log" && !this.#isWhole;
  }

  #fold(): void {
    this.#isPosted = false;
    if (this.#closed) return;
    if (this.#inbox.length === 0) return this.#release();
    const until = performance.now() + SLICE;
    let isNew = false;
    while (this.#next < this.#inbox.length && !this.#view.awaitsRecords && performance.now() < until) {
      const event = this.#inbox[this.#next++];
      if (event === undefined) continue;
      this.#admit(event);
      isNew ||= event.type !== "bookmark" && event.type !== "session";
    }
    this.#isFolding = this.#next < this.#inbox.length;
    if (!this.#isFolding) {
      this.#inbox = [];
      this.#next = 0;
    }
    if (isNew || this.#isOutdated) this.#schedule();
    else this.#noteHowRowsCome();
    if (this.#view.awaitsRecords) return this.#loadRecords();
    this.#goOnSoon();
  }

  /** Most bookmarks, and the summaries beside them, say what is shown: a frame for one costs the page a millisecond or two. */
  get #isOutdated(): boolean {
    const shown = this.#shown.peek();
    return shown === undefined || shown.of !== this.#loaded || shown.summary !== this.#view.summary();
  }

  get #loaded(): DisplayedSession["of"] {
    return this.#isWhole ? "whole" : "part";
  }

  #noteHowRowsCome(): void {
    this.#newRows = this.#isLive() && this.#isWhole ? "counted" : "expected";
  }

  #release(): void {
    for (const done of this.#waiting.splice(0)) done();
  }

  /** The first rows are drawn before more is folded, or received. */
  #goOnSoon(): void {
    if (this.#shown.peek() === undefined) setTimeout(() => this.#goOn(), UNDRAWN);
    else this.#goOn();
  }

  #goOn(): void {
    if ((!this.#isFolding && this.#waiting.length === 0) || this.#isPosted || this.#closed) return;
    this.#isPosted = true;
    this.#channel.port2.postMessage(undefined);
  }

  #admit(event: SessionStreamEvent): void {
    this.#view.apply(event);
    if (event.type === "spans" || event.type === "logs")
      this.#last = [exportOf(event), ...this.#last].slice(0, LAST_EXPORTS);
    // Later events under this name belong to a new session.
    if (event.type === "deleted") this.#reset();
  }

  #reset(): void {
    this.#view.apply({ type: "reset" });
    this.#last = [];
    this.#newRows = "expected";
  }

  /** First rows come before the price list. A session whose cost it has to give shows none without it. */
  #loadPrices(): void {
    import("../../session/prices/prices.ts").then(
      ({ readPrices }) => {
        this.#view.usePrices(readPrices);
        this.#schedule();
      },
      () => undefined,
    );
  }

  /** Most sessions have no log records. Without the code what follows the first one is missing; the next event tries again. */
  #loadRecords(): void {
    this.#isFolding = true;
    import("../../session/view/record-reader.ts").then(
      ({ recordReader }) => {
        this.#view.useRecords(recordReader);
        this.#fold();
      },
      () => {
        this.#isFolding = false;
        this.#release();
      },
    );
  }

  #schedule(): void {
    if (this.#isScheduled) {
      // The end of the log is not waited for.
      if (this.#timer === undefined || this.#isLoading) return;
      clearTimeout(this.#timer);
    }
    this.#isScheduled = true;
    const wait = Math.max(this.#notBefore, this.#isLoading ? this.#loadingUntil : 0) - performance.now();
    const frame = (): void => {
      this.#timer = undefined;
      requestAnimationFrame(() => afterPress(() => this.#show()));
    };
    if (wait <= 0) frame();
    else this.#timer = setTimeout(frame, wait);
  }

  #show(): void {
    this.#isScheduled = false;
    if (this.#closed) return;
    const started = performance.now();
    const isFirst = this.#shown.peek() === undefined;
    const summary = this.#view.summary();
    const next: DisplayedSession | undefined = summary && {
      summary,
      tree: this.#view.tree(),
      view: this.#view,
      queries: this.#view.queries(),
      logs: this.#view.logs().all(),
      last: this.#last,
      newRows: this.#newRows,
      of: this.#loaded,
    };
    if (!isSame(this.#shown.peek(), next)) this.#shown.value = next;
    this.#noteHowRowsCome();
    const finished = performance.now();
    this.#notBefore = finished + (finished - started) * SHARE;
    this.#loadingUntil = finished + this.#loadingPause;
    this.#loadingPause = this.#isLoading ? Math.min(LONGEST_LOADING_PAUSE, this.#loadingPause * 2) : LOADING_PAUSE;
    // After the frame, so that it is drawn first.
    if (!isFirst) return;
    setTimeout(() => this.#goOn(), 0);
    if (this.#of === "log" && next !== undefined) this.#loadPrices();
  }
}

/** A bookmark alone shows nothing else. */
function isSame(known: DisplayedSession | undefined, next: DisplayedSession | undefined): boolean {
  if (known === undefined || next === undefined) return known === next;
  return (
    known.summary === next.summary &&
    known.tree === next.tree &&
    known.queries === next.queries &&
    known.logs === next.logs &&
    known.last === next.last &&
    known.of === next.of
  );
}

function exportOf({ type, received, receipt }: Extract<SessionStreamEvent, { type: "spans" | "logs" }>): RecentExport {
  return {
    at: toMillis(received),
    signal: type === "logs" ? "logs" : "traces",
    encoding: receipt.encoding,
    accepted: type === "logs" ? (receipt.records ?? 0) : receipt.spans,
    rejected: receipt.rejected?.spans ?? 0,
    ...(receipt.service === undefined ? {} : { service: receipt.service }),
    ...(receipt.rejected === undefined ? {} : { reason: receipt.rejected.reason }),
  };
}
