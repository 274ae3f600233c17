import { type ReadonlySignal, signal } from "@preact/signals";
import { SessionView } from "../../session/view/session-view.ts";
import type { RecentExport, SessionStreamEvent } from "../../session/contract/stream-events.ts";
import type { QuerySummary, SessionSummary } from "../../session/summary.ts";
import type { SessionTree } from "../../session/tree/tree.ts";
import type { ViewRecord } from "../../session/view/log-view.ts";
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

/** A fold over a session's events, shown at most once a frame, and less often if showing it is slow. */
export class DisplayFold {
  readonly #view: SessionView;
  readonly #shown = signal<DisplayedSession | undefined>(undefined);
  /** Whether events arrive live. */
  readonly #isLive: () => boolean;
  #last: readonly RecentExport[] = [];
  #newRows: DisplayedSession["newRows"] = "expected";
  #isScheduled = false;
  #notBefore = 0;
  #closed = false;

  constructor(id: string, isLive: () => boolean) {
    this.#view = new SessionView(id);
    this.#isLive = isLive;
    this.#loadPrices();
  }

  /** `undefined` until the first event. */
  get shown(): ReadonlySignal<DisplayedSession | undefined> {
    return this.#shown;
  }

  apply(events: readonly SessionStreamEvent[]): void {
    for (const event of events) {
      this.#view.apply(event);
      if (event.type === "spans" || event.type === "logs")
        this.#last = [exportOf(event), ...this.#last].slice(0, LAST_EXPORTS);
      // Later events under this name belong to a new session.
      if (event.type === "deleted") this.clear();
    }
    if (this.#view.awaitsRecords) this.#loadRecords();
    this.#schedule();
  }

  /** Back to the empty state. */
  clear(): void {
    this.#view.apply({ type: "reset" });
    this.#last = [];
    this.#newRows = "expected";
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
  }

  /** The price list is not needed at first paint. A session whose cost it has to give shows none without it. */
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
    import("../../session/view/record-reader.ts").then(
      ({ viewRecord }) => {
        this.#view.useRecords(viewRecord);
        this.#schedule();
      },
      () => undefined,
    );
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const wait = this.#notBefore - performance.now();
    const frame = () => requestAnimationFrame(() => this.#show());
    if (wait <= 0) frame();
    else setTimeout(frame, wait);
  }

  #show(): void {
    this.#isScheduled = false;
    if (this.#closed) return;
    const started = performance.now();
    const summary = this.#view.summary();
    this.#shown.value =
      summary === undefined
        ? undefined
        : {
            summary,
            tree: this.#view.tree(),
            view: this.#view,
            queries: this.#view.queries(),
            logs: this.#view.logs().all(),
            last: this.#last,
            newRows: this.#newRows,
            of: this.#view.state.caughtUp === undefined ? "part" : "whole",
          };
    this.#newRows = this.#isLive() ? "counted" : "expected";
    const finished = performance.now();
    this.#notBefore = finished + (finished - started) * SHARE;
  }
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
