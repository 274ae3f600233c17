import type { ChangesPage, ChangesQuery, DirectoryEntry, RecentPage } from "../../session/contract/directory.ts";
import { admits, needsText } from "../../session/list/list-filter.ts";
import type { ListFilter } from "../../session/list/list-filter.ts";
import { matchesText } from "../../session/list/search-text.ts";
import type { ListColumns } from "./list/columns.ts";
import type { ChangeRow, DirectoryRows, Changed } from "./rows/session-rows.ts";

/** Rows looked at for one page, and sessions told in one. */
const SCANNED_ROWS = 2_000;
const TOLD_SESSIONS = 200;
/** Of more rows that time has moved it is shorter to read the list again. */
const MOST_TURNED = 2_000;
/** Clocks of objects may differ by so much. */
const SLACK_MILLIS = 60_000;

/** `columns`: what is needed where time alone changes what a filter shows. */
export type Directory = { readonly rows: DirectoryRows; readonly columns: () => ListColumns };

/** What a viewer has not seen yet of the list, as its filter shows it. */
export function readChanges(
  { rows, columns }: Directory,
  { from, filter, blankUntil = 0, lastReadAt: seen }: ChangesQuery,
  now: number,
): Omit<ChangesPage, "recentExports"> {
  const { head, generation } = rows;
  const isKnown = from !== undefined && from.generation === generation && from.revision <= head;
  const turned =
    isKnown && filter.statuses.length > 0 ? turnedSince(rows, columns(), filter, from.revision, seen, now) : [];
  const resumed = isKnown && turned !== undefined ? rows.changes(from.revision, SCANNED_ROWS) : undefined;
  const isFresh = resumed === undefined;
  const changes = resumed ?? rows.changes(0, SCANNED_ROWS) ?? [];
  const blank = isFresh ? head : blankUntil;
  const after = isFresh ? 0 : (from?.revision ?? 0);

  const { entries, read } = tell(rows, filter, changes, blank, now);
  const isComplete = read === changes.length && changes.length < SCANNED_ROWS;
  const due = filter.statuses.length === 0 ? undefined : columns().nextTurn(filter, now);
  return {
    generation,
    head,
    now,
    reset: from !== undefined && isFresh,
    entries,
    transitions: isFresh ? [] : (turned ?? []),
    next: isComplete ? head : (changes[read - 1]?.revision ?? after),
    ...(due === undefined ? {} : { dueAt: due }),
  };
}

/** `read`: how many of the changes the entries tell. */
function tell(rows: DirectoryRows, filter: ListFilter, changes: readonly ChangeRow[], blank: number, now: number) {
  const shown = new Map<number, string>();
  let read = 0;
  const wanted: number[] = [];
  for (; read < changes.length && wanted.length < TOLD_SESSIONS; read++) {
    const change = changes[read];
    if (change?.n !== undefined && admits(filter, change.facts, now) && hasText(rows, filter, change.n)) {
      wanted.push(change.n);
    }
  }
  rows.summaries(wanted).forEach((summary, at) => shown.set(wanted[at] ?? 0, summary));
  // Summaries may be too long for one answer: then the next page begins with the first that was left out.
  const left = shown.size < wanted.length ? wanted[shown.size] : undefined;
  const entries: DirectoryEntry[] = [];
  for (let at = 0; at < read; at++) {
    const change = changes[at];
    if (change === undefined) continue;
    if (left !== undefined && change.n === left) return { entries, read: at };
    const { id, revision } = change;
    const summary = change.n === undefined ? undefined : shown.get(change.n);
    if (summary !== undefined) entries.push({ kind: "session", id, revision, summary });
    else if (revision > blank) entries.push(goneEntry(change));
  }
  return { entries, read };
}

/** `undefined` where it is too much to tell. What the reader gets as a change anyway is left out. */
function turnedSince(
  rows: DirectoryRows,
  columns: ListColumns,
  filter: ListFilter,
  upTo: number,
  seen: number | undefined,
  now: number,
): DirectoryEntry[] | undefined {
  const since = seen ?? (rows.activityAt(upTo) ?? now) - SLACK_MILLIS;
  const turned = columns.turned(filter, since, now, seen === undefined ? "unknown" : "known");
  if (turned.length > MOST_TURNED) return undefined;
  const isShown = new Map(turned.map(({ n, shown }) => [n, shown && hasText(rows, filter, n)]));
  const entries: DirectoryEntry[] = [];
  for (const { n, id, revision } of rows.named([...isShown.keys()])) {
    if (revision > upTo) continue;
    const [summary] = isShown.get(n) === true ? rows.summaries([n]) : [];
    entries.push(summary === undefined ? { kind: "gone", id, revision } : { kind: "session", id, revision, summary });
  }
  return entries;
}

function hasText(rows: DirectoryRows, filter: ListFilter, n: number): boolean {
  return !needsText(filter) || matchesText(rows.search(n), filter.phrases, filter.names);
}

function goneEntry(change: ChangeRow): DirectoryEntry {
  const { revision, id } = change;
  const session = change.n === undefined ? change.goneTo : undefined;
  return { kind: "gone", revision, id, ...(session === undefined ? {} : { session }) };
}

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
