import { type ReadonlySignal, signal } from "@preact/signals";
import { type SessionTree } from "../../trace/view/tree.ts";
import { SessionView } from "../../trace/view/session-view.ts";
import type { Arrival, SessionStreamEvent } from "../../trace/stream-events.ts";
import type { SessionSummary } from "../../trace/summary.ts";
import { type WholeArrivals, wholeArrivals } from "../arrivals/whole-arrivals.ts";
import { toMillis } from "../text/moments.ts";
import { decodeSessionEvent } from "../stream/decode-event.ts";
import { openStream, type Stream } from "../stream/stream.ts";

/** What is shown of a session: one moment of its fold. */
export type Shown = {
  readonly summary: SessionSummary;
  readonly tree: SessionTree;
  readonly last: readonly Arrival[];
  /** Whether what is here and was not shown before happened before the reader's eyes, or was only read late. */
  readonly news: "counted" | "expected";
};

export type SessionFeed = {
  readonly id: string;
  readonly stream: Stream;
  /** `undefined` until something came. */
  readonly shown: ReadonlySignal<Shown | undefined>;
  /** What reached the receiver, of whatever session: what was refused is of none. */
  readonly arrivals: WholeArrivals;
  readonly close: () => void;
};

/** The newest of them are told at the foot of the page. */
const LAST_ARRIVALS = 20;
/** Of the time between two frames, the share that rebuilding may take: the page stays the reader's. */
const SHARE = 4;

/** One session, live: a fold over its stream, shown at most once a frame, and more rarely where showing it is slow. */
export function openSessionFeed(id: string): SessionFeed {
  const shown = signal<Shown | undefined>(undefined);
  const arrivals = wholeArrivals();
  const view = new SessionView(id);
  let last: Arrival[] = [];
  let due: number | undefined;
  let notBefore = 0;
  let closed = false;
  let news: Shown["news"] = "expected";

  const show = (): void => {
    due = undefined;
    if (closed) return;
    const started = performance.now();
    const summary = view.summary();
    shown.value = summary === undefined ? undefined : { summary, tree: view.tree(), last, news };
    news = stream.state.value.state === "live" ? "counted" : "expected";
    const finished = performance.now();
    notBefore = finished + (finished - started) * SHARE;
  };
  const plan = (): void => {
    if (due !== undefined) return;
    const wait = notBefore - performance.now();
    due = wait <= 0 ? requestAnimationFrame(show) : setTimeout(() => requestAnimationFrame(show), wait);
  };

  const stream = openStream(`/sessions/${encodeURIComponent(id)}?watch=true`, decodeSessionEvent, (events) => {
    for (const event of events) {
      view.apply(event);
      if (event.type === "deleted") {
        // What comes under this name from now on is another session.
        view.apply({ type: "reset" });
        last = [];
        news = "expected";
      }
      if (event.type === "spans") last = [arrivalOf(event), ...last].slice(0, LAST_ARRIVALS);
    }
    if (events.some((event) => event.type === "bookmark")) arrivals.refresh();
    plan();
  });
  return {
    id,
    stream,
    shown,
    arrivals,
    close() {
      closed = true;
      stream.close();
    },
  };
}

function arrivalOf({ received, receipt }: Extract<SessionStreamEvent, { type: "spans" }>): Arrival {
  return {
    at: toMillis(received),
    signal: "traces",
    encoding: receipt.encoding,
    accepted: receipt.spans,
    rejected: receipt.rejected?.spans ?? 0,
    ...(receipt.service === undefined ? {} : { service: receipt.service }),
    ...(receipt.rejected === undefined ? {} : { reason: receipt.rejected.reason }),
  };
}
