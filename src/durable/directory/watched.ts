import type { WatchedSession, WatchPage, WatchQuery } from "../../session/contract/alerts.ts";
import { admits, needsText } from "../../session/list/list-filter.ts";
import type { ListFilter } from "../../session/list/list-filter.ts";
import { matchesText } from "../../session/list/search-text.ts";
import type { ChangedSession, DirectoryRows } from "./rows/session-rows.ts";

/** Changes in one page. */
const PAGE_CHANGES = 200;

/** Sessions that changed after a cursor, and those with these ids, with what each filter says of them now. */
export function readWatched(rows: DirectoryRows, { from, ids, filters }: WatchQuery, now: number): WatchPage {
  const { generation, head } = rows;
  const changes = rows.isKnown(from) ? rows.changes(from.revision, PAGE_CHANGES) : undefined;
  // What changed before an unknown time is no news.
  if (changes === undefined) return { sessions: [], gone: [], next: { generation, revision: head }, isWhole: true };
  const changed = changes.flatMap(({ n, id, ...change }) =>
    n === undefined || !("facts" in change) ? [] : [{ n, id, ...change }],
  );
  const known = new Set(changed.map(({ id }) => id));
  const looked = rows.byIds(ids.filter((id) => !known.has(id)));
  const wanted = [...changed, ...looked];
  const summaries = rows.summaries(wanted.map(({ n }) => n));
  const sessions = summaries.flatMap((summary, at): WatchedSession[] => {
    const session = wanted[at];
    return session === undefined
      ? []
      : [{ id: session.id, summary, admitted: admittedBy(rows, filters, session, now) }];
  });
  // Summaries may be too long for one answer: the next page begins with the first one that was left out.
  const omitted = wanted[summaries.length];
  const isCut = omitted !== undefined && summaries.length < changed.length;
  const end = isCut ? omitted.revision - 1 : changes.length < PAGE_CHANGES ? head : (changes.at(-1)?.revision ?? head);
  const present = new Set(looked.map(({ id }) => id));
  return {
    sessions,
    gone: [
      ...changes.flatMap(({ n, id, revision }) => (n === undefined && revision <= end ? [id] : [])),
      ...ids.filter((id) => !known.has(id) && !present.has(id)),
    ],
    next: { generation, revision: end },
    isWhole: omitted === undefined && end === head,
  };
}

function admittedBy(
  rows: DirectoryRows,
  filters: readonly ListFilter[],
  { n, facts }: ChangedSession,
  now: number,
): number[] {
  let text: string | undefined;
  const admitted: number[] = [];
  for (const [at, filter] of filters.entries()) {
    if (!admits(filter, facts, now)) continue;
    if (needsText(filter) && !matchesText((text ??= rows.search(n)), filter.phrases, filter.names)) continue;
    admitted.push(at);
  }
  return admitted;
}
