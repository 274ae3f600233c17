import type { ChangesPage, ChangesQuery, DirectoryEntry, RecentPage } from "../../session/contract/directory.ts";
import { admits, needsText } from "../../session/list/list-filter.ts";
import type { ListFilter } from "../../session/list/list-filter.ts";
import { matchesText } from "../../session/list/search-text.ts";
import type { ListColumns } from "./list/columns.ts";
import type { ChangeRow, DirectoryRows, ChangedSession } from "./rows/session-rows.ts";

/** Rows read for one page, and sessions in one. */
const SCANNED_ROWS = 2_000;
const PAGE_SESSIONS = 200;
/** Beyond so many transitions, reading the list again is shorter. */
const MOST_TRANSITIONS = 2_000;
/** Clocks of two objects differ by less. */
const SLACK_MILLIS = 60_000;

/** `columns`: needed only if time alone changes what a filter shows. */
export type ReadableDirectory = { readonly rows: DirectoryRows; readonly columns: () => ListColumns };

/** The changes of the list that a viewer has not seen yet, through its filter. */
export function readChanges(
  { rows, columns }: ReadableDirectory,
  { from, filter, blankUntil = 0, lastReadAt: seen }: ChangesQuery,
  now: number,
): Omit<ChangesPage, "recentExports"> {
  const { head, generation } = rows;
  const isKnown = rows.isKnown(from);
  const transitions =
    isKnown && filter.statuses.length > 0 ? transitionsSince(rows, columns(), filter, from.revision, seen, now) : [];
  const resumed = isKnown && transitions !== undefined ? rows.changes(from.revision, SCANNED_ROWS) : undefined;
  const isFresh = resumed === undefined;
  const changes = resumed ?? rows.changes(0, SCANNED_ROWS) ?? [];
  const blank = isFresh ? head : blankUntil;
  const after = isFresh ? 0 : (from?.revision ?? 0);

  const { entries, read } = entriesOf(rows, filter, changes, blank, now);
  const isComplete = read === changes.length && changes.length < SCANNED_ROWS;
  const nextTransition = filter.statuses.length === 0 ? undefined : columns().nextTransition(filter, now);
  return {
    generation,
    head,
    now,
    reset: from !== undefined && isFresh,
    entries,
    transitions: isFresh ? [] : (transitions ?? []),
    next: isComplete ? head : (changes[read - 1]?.revision ?? after),
    ...(nextTransition === undefined ? {} : { dueAt: nextTransition }),
  };
}

/** `read`: how many of the changes the entries cover. */
function entriesOf(rows: DirectoryRows, filter: ListFilter, changes: readonly ChangeRow[], blank: number, now: number) {
  const shown = new Map<number, string>();
  let read = 0;
  const wanted: number[] = [];
  for (; read < changes.length && wanted.length < PAGE_SESSIONS; read++) {
    const change = changes[read];
    if (change?.n !== undefined && admits(filter, change.facts, now) && hasText(rows, filter, change.n)) {
      wanted.push(change.n);
    }
  }
  rows.summaries(wanted).forEach((summary, at) => shown.set(wanted[at] ?? 0, summary));
  // Summaries may be too long for one answer: then the next page begins with the first one that was left out.
  const omitted = shown.size < wanted.length ? wanted[shown.size] : undefined;
  const entries: DirectoryEntry[] = [];
  for (let at = 0; at < read; at++) {
    const change = changes[at];
    if (change === undefined) continue;
    if (omitted !== undefined && change.n === omitted) return { entries, read: at };
    const { id, revision } = change;
    const summary = change.n === undefined ? undefined : shown.get(change.n);
    if (summary !== undefined) entries.push({ kind: "session", id, revision, summary });
    else if (revision > blank) entries.push(tombstoneEntry(change));
  }
  return { entries, read };
}

/** `undefined` if there are too many. Sessions that the reader gets as a change anyway are left out. */
function transitionsSince(
  rows: DirectoryRows,
  columns: ListColumns,
  filter: ListFilter,
  upTo: number,
  seen: number | undefined,
  now: number,
): DirectoryEntry[] | undefined {
  const since = seen ?? (rows.activityAt(upTo) ?? now) - SLACK_MILLIS;
  const transitions = columns.transitionsSince(filter, since, now, seen === undefined ? "unknown" : "known");
  if (transitions.length > MOST_TRANSITIONS) return undefined;
  const isShown = new Map(transitions.map(({ n, shown }) => [n, shown && hasText(rows, filter, n)]));
  const entries: DirectoryEntry[] = [];
  for (const { n, id, revision } of rows.idsOf([...isShown.keys()])) {
    if (revision > upTo) continue;
    const [summary] = isShown.get(n) === true ? rows.summaries([n]) : [];
    entries.push(summary === undefined ? { kind: "gone", id, revision } : { kind: "session", id, revision, summary });
  }
  return entries;
}

function hasText(rows: DirectoryRows, filter: ListFilter, n: number): boolean {
  return !needsText(filter) || matchesText(rows.search(n), filter.phrases, filter.names);
}

function tombstoneEntry(change: ChangeRow): DirectoryEntry {
  const { revision, id } = change;
  const session = change.n === undefined ? change.movedTo : undefined;
  return { kind: "gone", revision, id, ...(session === undefined ? {} : { session }) };
}

/** Rows read in one step, and for one page. */
const STEP_ROWS = 500;
const MOST_ROWS = 20_000;

/** Applies the filter row by row: pages by change begin with the newest sessions, which are found soon. */
export function recentPage(
  rows: DirectoryRows,
  before: number,
  limit: number,
  filter: ListFilter,
  now: number,
): RecentPage {
  const found: ChangedSession[] = [];
  let from = before;
  let scanned = 0;
  let isMore = true;
  while (isMore && found.length <= limit && scanned < MOST_ROWS) {
    const step = rows.changedBefore(from, STEP_ROWS);
    isMore = step.length === STEP_ROWS;
    scanned += step.length;
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
  };
}
