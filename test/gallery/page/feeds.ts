import { computed, signal } from "@preact/signals";
import type { Refusal } from "../../../src/client/refusal.ts";
import type { StreamState } from "../../../src/client/stream-state.ts";
import type { ListView } from "../../../src/dashboard/address/list-view.ts";
import { now } from "../../../src/dashboard/clock.ts";
import { DisplayFold } from "../../../src/dashboard/session/display-fold.ts";
import type { SessionFeed } from "../../../src/dashboard/session/feed.ts";
import type { ListFeed } from "../../../src/dashboard/sessions/feed.ts";
import { ListFold } from "../../../src/dashboard/sessions/fold.ts";
import type { Stream } from "../../../src/dashboard/stream/stream.ts";
import type { ListCounts } from "../../../src/session/contract/directory.ts";
import type { RecentExports } from "../../../src/session/contract/stream-events.ts";
import { listFacts, STATUSES } from "../../../src/session/list/list-filter.ts";
import { RunningSums } from "../../../src/session/list/list-sums.ts";
import { withStatus, type SummaryWithStatus } from "../../../src/session/liveness.ts";
import { readPrices } from "../../../src/session/prices/prices.ts";
import { wholeView } from "../../session/whole-view.ts";
import { sessions as captured } from "virtual:captured-sessions";
import { type CapturedSession, PRESENT } from "./captured-session.ts";

const DAY_SECONDS = 86_400;

/** As `captured-sessions.ts` made them. */
const sessions = captured as readonly CapturedSession[];

/** A stream in this state, to which nothing comes. Its buttons pause and resume it. */
export function streamIn(first: StreamState, delay?: number): Stream {
  const state = signal(first);
  const become = (next: StreamState) => () => void (state.value = next);
  return {
    state,
    delay: signal(delay),
    present: computed(() => now.value),
    pause: become({ state: "paused", by: "reader" }),
    resume: become({ state: "live" }),
    hide: () => undefined,
    show: () => undefined,
    close: () => undefined,
  };
}

export const LIVE: StreamState = { state: "live" };
export const refused = (refusal: Refusal): StreamState => ({ state: "refused", refusal });

export const RECENT_EXPORTS: RecentExports = {
  last: [
    {
      at: PRESENT - 2_000,
      signal: "traces",
      encoding: "protobuf",
      service: "ark-completions",
      accepted: 12,
      rejected: 0,
    },
    {
      at: PRESENT - 4_000,
      signal: "traces",
      encoding: "json",
      service: "checkout-agent",
      accepted: 7,
      rejected: 1,
      reason: "span id must have 16 hexadecimal digits, not 15",
    },
    { at: PRESENT - 61_000, signal: "logs", encoding: "protobuf", service: "claude-code", accepted: 31, rejected: 0 },
    { at: PRESENT - 90_000, signal: "metrics", encoding: "protobuf", service: "claude-code", accepted: 0, rejected: 0 },
  ],
  refused: [
    {
      at: PRESENT - 30_000,
      firstAt: PRESENT - 600_000,
      signal: "traces",
      service: "batch-worker",
      accepted: 0,
      rejected: 0,
      reason: "the body is no JSON: unexpected character at byte 1,204",
      status: 400,
      count: 14,
    },
  ],
  dropped: { metrics: 1 },
};

/** A session's feed that has received all of its events. */
export function sessionFeed({ id, events }: CapturedSession, stream: Stream = streamIn(LIVE)): SessionFeed {
  const fold = new DisplayFold(id, () => false, "log");
  void fold.apply([...events, { type: "bookmark", resourceVersion: "1", now: PRESENT }]);
  return {
    id,
    stream,
    // How much of a session is drawn first depends on the machine: the gallery waits for the whole.
    shown: computed(() => (fold.shown.value?.of === "whole" ? fold.shown.value : undefined)),
    announced: signal(undefined),
    receiverExports: { value: signal(RECENT_EXPORTS), refresh: () => undefined },
    close: () => fold.close(),
  };
}

/** A session's feed without any event. */
export const silentFeed = (id: string, state: StreamState): SessionFeed => ({
  ...sessionFeed({ id, events: [] }, streamIn(state)),
  shown: signal(undefined),
});

export const sessionOf = (id: string): CapturedSession | undefined => sessions.find((one) => one.id === id);

function summaryOf({ id, events }: CapturedSession): readonly SummaryWithStatus[] {
  const view = wholeView(id, readPrices);
  for (const event of events) view.apply(event);
  const summary = view.summary();
  // Of the server alone: who looks.
  return summary === undefined
    ? []
    : [withStatus({ ...summary, watchers: id === "checkout-latency-running" ? 3 : 0 }, PRESENT)];
}

let known: readonly SummaryWithStatus[] | undefined;

/** The list of all sessions, as the server would answer the view's filters of kind and status. */
export function listFeed(
  view: ListView,
  {
    stream = streamIn(LIVE),
    all = (known ??= sessions.flatMap(summaryOf)),
  }: { stream?: Stream; all?: readonly SummaryWithStatus[] } = {},
): ListFeed {
  const fold = new ListFold(view.sort, view.order);
  const ofKind = all.filter(({ kind }) => view.kind === "all" || kind === view.kind);
  const shown = ofKind.filter(({ status }) => view.statuses.length === 0 || view.statuses.includes(status));
  const sums = new RunningSums();
  for (const summary of shown) sums.add(listFacts(summary));
  const count = (wanted: string): number => ofKind.filter(({ status }) => status === wanted).length;
  const counts = {
    all: ofKind.length,
    ...Object.fromEntries(STATUSES.map((status) => [status, count(status)])),
  } as ListCounts;
  const recentExports = { last: [], refused: [], dropped: { metrics: 0 } };
  fold.begin({ resourceVersion: "1", sessions: shown, counts, sums: sums.value, recentExports });
  return {
    view,
    url: "/sessions",
    stream,
    shown: signal({ sessions: fold.shown(), beyond: [], isPaged: () => true, more: "none" }),
    counts: signal(counts),
    sums: signal(sums.value),
    recentExports: signal(all.length === 0 ? { last: [], refused: [], dropped: { metrics: 0 } } : RECENT_EXPORTS),
    retention: signal({
      maxAge: 30 * DAY_SECONDS,
      oldest: `${PRESENT - 20 * DAY_SECONDS * 1000}000000`,
      bytes: 12_400_000,
      maxBytes: 10_000_000_000,
    }),
    paging: signal("resting"),
    readMore: () => undefined,
    close: () => undefined,
  };
}
