import type { Arrivals, ListStreamEvent } from "../../trace/stream-events.ts";
import type { SessionSummary } from "../../trace/summary.ts";

/** What the list's stream amounts to. Mutable: the feed announces changes. */
export type ListFold = {
  readonly sessions: Map<string, SessionSummary>;
  arrivals: Arrivals | undefined;
};

export const emptyList = (): ListFold => ({ sessions: new Map(), arrivals: undefined });

export function applyToList(fold: ListFold, event: ListStreamEvent): void {
  switch (event.type) {
    case "session":
      fold.sessions.set(event.summary.id, event.summary);
      return;
    case "gone":
      fold.sessions.delete(event.id);
      return;
    case "reset":
      fold.sessions.clear();
      return;
    case "arrivals":
      fold.arrivals = event.arrivals;
      return;
    case "bookmark":
      return;
  }
}

/** Newest activity first; equal ones by id, so that their order is nobody's accident. */
export function byActivity(sessions: Iterable<SessionSummary>): SessionSummary[] {
  return [...sessions].sort((a, b) => {
    const order = compareDecimals(b.liveness.lastArrival, a.liveness.lastArrival);
    return order !== 0 ? order : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
  });
}

/** Of unsigned decimal strings without leading zeros, which BigInt would only allocate for. */
const compareDecimals = (a: string, b: string): number =>
  a.length !== b.length ? a.length - b.length : a < b ? -1 : a > b ? 1 : 0;

/** Every word of the filter is somewhere in what the row shows. */
export function matches(session: SessionSummary, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = [
    session.title,
    session.id,
    ...session.services,
    ...session.namespaces,
    ...[session.agents, session.models, session.tools].flatMap((tallies) => tallies.map((tally) => tally.name)),
  ]
    .join("\n")
    .toLowerCase();
  return words.every((word) => text.includes(word));
}
