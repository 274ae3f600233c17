import { signal } from "@preact/signals";
import type { OverviewFeed } from "../../../src/dashboard/overview/feed.ts";
import type { Stream } from "../../../src/dashboard/stream/stream.ts";
import type { OverviewAnswer } from "../../../src/session/contract/overview.ts";
import { latestTrace } from "../../../src/session/latest-trace.ts";
import { PINNED_STATUSES } from "../../../src/session/list/list-groups.ts";
import { endedSpans } from "../../../src/session/numbers/ended-spans.ts";
import { wholeNumbers } from "../../../src/session/numbers/numbers-answer.ts";
import { numbersOf } from "../../../src/session/numbers/numbers.ts";
import { LIST_PRICES } from "../../../src/session/prices/prices.ts";
import { linkDerivedSpans } from "../../../src/session/correlate/derived-links.ts";
import { SessionParts } from "../../../src/session/session-parts.ts";
import { RecentSpans } from "../../../src/session/table/recent-spans.ts";
import { SpanTable } from "../../../src/session/table/span-table.ts";
import type { ListFeed } from "../../../src/dashboard/sessions/feed.ts";
import { withStatus } from "../../../src/session/liveness.ts";
import { wholeView } from "../../session/whole-view.ts";
import { PRESENT } from "./captured-session.ts";
import { sessionOf } from "./feeds.ts";

/** The session whose last trace is shown, and whose spans make the numbers. */
const LATEST = "checkout-latency-running";

/** The overview of these sessions, by the folds that the server uses; without any, as before the first span. */
export function galleryOverview({ shown, counts }: ListFeed, stream: Stream): OverviewFeed {
  const sessions = (shown.value?.sessions ?? []).map((session) => withStatus(session, PRESENT));
  const all = counts.value;
  return {
    stream,
    shown: signal(all === undefined ? undefined : answerOf(sessions, all)),
    first: Promise.resolve(),
  };
}

function answerOf(
  sessions: readonly OverviewAnswer["now"][number][],
  counts: OverviewAnswer["numbers"]["sessions"],
): OverviewAnswer {
  const table = new SpanTable();
  const recent = new RecentSpans();
  table.recent = recent;
  const latest = sessions.find(({ id }) => id === LATEST);
  const view = wholeView(LATEST);
  for (const event of latest === undefined ? [] : (sessionOf(LATEST)?.events ?? [])) view.apply(event);
  let position = 0;
  for (const { traceId, facts } of view.spans()) table.admit(traceId, facts, 1, position++);
  const parts = new SessionParts(table, linkDerivedSpans).folds(LIST_PRICES);
  const trace = latestTrace(recent, parts);
  return {
    at: PRESENT,
    resourceVersion: "1.1",
    now: sessions.filter(({ status }) => PINNED_STATUSES.includes(status)).slice(0, 12),
    numbers: wholeNumbers({ ...numbersOf(endedSpans(recent, parts)), by: {}, sessions: counts }),
    ...(latest === undefined || trace === undefined
      ? {}
      : { latest: { session: LATEST, title: latest.title, ...trace } }),
  };
}
