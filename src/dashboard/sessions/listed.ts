import { useSignalEffect } from "@preact/signals";
import { useMemo, useReducer, useRef } from "preact/hooks";
import type { ListCounts } from "../../session/contract/directory.ts";
import { listFacts } from "../../session/list/list-filter.ts";
import { type ListSums, RunningSums } from "../../session/list/list-sums.ts";
import type { SessionSummary } from "../../session/summary.ts";
import type { DisplayedList, ListFeed } from "./feed.ts";
import { type ListStatuses, statusesAt } from "./statuses.ts";

/** A list with what is folded of its sessions. */
export type Listed = {
  readonly byId: ReadonlyMap<string, SessionSummary>;
  readonly statuses: ListStatuses;
  /** By status, of all sessions that match the view's other filters. */
  readonly counts: ListCounts | undefined;
  /** Of all sessions that match the view. */
  readonly sums: ListSums | undefined;
};

/** Folded again only when the sessions change, or time alone changes one of their statuses. */
export function useListed(feed: ListFeed, shown: DisplayedList | undefined): Listed {
  const { stream, view } = feed;
  const [version, again] = useReducer((count: number, _: undefined) => count + 1, 0);
  const byId = useMemo(
    () => new Map([...(shown?.sessions ?? []), ...(shown?.beyond ?? [])].map((session) => [session.id, session])),
    [shown],
  );
  const statuses = useMemo(() => statusesAt(byId.values(), stream.present.peek()), [byId, stream, version]);
  const until = useRef(Infinity);
  until.current = statuses.until;
  useSignalEffect(() => {
    if (stream.present.value >= until.current) again(undefined);
  });
  // All sessions are here: their figures need no request.
  const isWhole = shown?.more === "none" && view.statuses.length === 0;
  const own = useMemo(
    () => (isWhole ? { counts: countsOf(shown.sessions, statuses), sums: sumsOf(shown.sessions) } : undefined),
    [isWhole, shown, statuses],
  );
  const [counts, sums] = [feed.counts.value, feed.sums.value];
  return { byId, statuses, counts: own?.counts ?? counts, sums: own?.sums ?? sums };
}

export function countsOf(sessions: readonly SessionSummary[], { of }: ListStatuses): ListCounts {
  const counts = { all: sessions.length, waiting: 0, stalled: 0, running: 0, idle: 0, failed: 0, finished: 0 };
  for (const { id } of sessions) counts[of.get(id)?.status ?? "finished"]++;
  return counts;
}

export function sumsOf(sessions: readonly SessionSummary[]): ListSums {
  const sums = new RunningSums();
  for (const session of sessions) sums.add(listFacts(session));
  return sums.value;
}
