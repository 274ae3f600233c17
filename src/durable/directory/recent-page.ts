import type { RecentPage } from "../../trace/directory-contract.ts";
import { admits } from "../../trace/list/list-filter.ts";
import type { ListFilter } from "../../trace/list/list-filter.ts";
import type { Changed, DirectoryRows } from "./rows/directory-rows.ts";

/** Rows looked at in one step, and in one page. */
const STEP_ROWS = 500;
const MOST_ROWS = 20_000;

/** A filter without words is asked row by row: who pages by change wants the newest, which are near. */
export function recentPage(
  rows: DirectoryRows,
  before: number,
  limit: number,
  filter: ListFilter,
  now: number,
): RecentPage {
  const found: Changed[] = [];
  let from = before;
  let looked = 0;
  let isMore = true;
  while (isMore && found.length <= limit && looked < MOST_ROWS) {
    const step = rows.changedBefore(from, STEP_ROWS);
    isMore = step.length === STEP_ROWS;
    looked += step.length;
    for (const changed of step) {
      from = changed.revision;
      if (admits(filter, changed.facts, now)) found.push(changed);
      if (found.length > limit) break;
    }
  }
  const shown = found.slice(0, limit);
  const summaries = rows.summaries(shown.map(({ n }) => n));
  const sessions = summaries.map((summary, at) => ({ revision: shown[at]?.revision ?? 0, summary }));
  const last = found.length > summaries.length ? (sessions.at(-1)?.revision ?? from) : from;
  return {
    sessions,
    ...(found.length > summaries.length || isMore ? { next: last } : {}),
    head: rows.feed.head,
    ...rows.totals(),
  };
}
