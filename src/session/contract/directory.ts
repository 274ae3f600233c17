/** What the Worker and the sessions say to the tenant's directory, and hear from it. */
import type { ListFacts, ListFilter } from "../list/list-filter.ts";
import type { Status } from "../liveness.ts";
import type { StorageUsage, Retention } from "./retention.ts";
import type { RecentExports } from "./stream-events.ts";
import type { SessionSummary } from "../summary.ts";
import type { Cursor } from "./log-page.ts";

export type SessionReport = {
  readonly id: string;
  /** Of two lives of one id, the later sorts last. */
  readonly generation: string;
  readonly revision: number;
  readonly summary: SessionSummary;
  /** Of the trace that the session is named by, where it shows it: up to where in that trace's own order. */
  readonly reportedRevision?: number;
  /** How many events, and traces with spans, it has to tell an Ark client. */
  readonly events?: number;
  readonly traces?: number;
  /** As `searchText` makes it; without it the session is found by what its summary says. */
  readonly search?: string;
  /** Without it, as an older version reports, nothing is known of what the session keeps. */
  readonly storage?: StorageUsage;
};

export type ReportOutcome = {
  /** After how many milliseconds the session may report again. */
  readonly interval: number;
  /** The list knows this later life of the session, and did not take the report. */
  readonly later?: string;
};

export type SessionRemoval = {
  readonly id: string;
  readonly generation: string;
  /** Of the life that goes on empty: what was reported up to it is void. */
  readonly revision?: number;
  /** Where its traces went, if to one place. */
  readonly session?: string;
};

export const LIST_SORTS = ["activity", "start", "duration", "tokens", "cost", "errors"] as const;
export type ListSort = (typeof LIST_SORTS)[number];
export type ListOrder = "asc" | "desc";

/** Where a page ended: what it is sorted by, and the row's number where that is equal. */
export type ListCursor = { readonly value: number; readonly n: number };

export type ListQuery = {
  readonly filter: ListFilter;
  readonly sort: ListSort;
  readonly order: ListOrder;
  readonly limit: number;
  readonly cursor?: ListCursor;
};

/** Sessions by status, of all that the filter shows apart from its own statuses. */
export type ListCounts = Readonly<Record<Status | "all", number>>;

export type ListPage = {
  readonly generation: string;
  readonly head: number;
  /** JSON texts of SessionSummary, each with its `status` now. */
  readonly sessions: readonly string[];
  readonly next?: ListCursor;
  readonly counts: ListCounts;
  readonly recentExports: RecentExports;
  readonly retention: Retention;
};

export type DirectoryEntry =
  | {
      readonly kind: "session";
      readonly revision: number;
      readonly id: string;
      /** JSON text of the SessionSummary. */
      readonly summary: string;
    }
  | { readonly kind: "gone"; readonly revision: number; readonly id: string; readonly session?: string };

export type ChangesQuery = {
  readonly from?: Cursor;
  readonly filter: ListFilter;
  /** Up to this revision the reader has nothing that could leave: what the filter hides need not be told. */
  readonly blankUntil?: number;
  /** When it read last, by the directory's clock, Unix milliseconds: what changed its status since is told as well. */
  readonly lastReadAt?: number;
};

export type ChangesPage = {
  readonly generation: string;
  readonly head: number;
  /** Unix milliseconds. */
  readonly now: number;
  /** The asked version is unknown, or so old that deletions since are forgotten. */
  readonly reset: boolean;
  /** What changed, as the filter shows it: in the order of revisions. */
  readonly entries: readonly DirectoryEntry[];
  /** What entered or left the filter by the passing of time alone. */
  readonly transitions: readonly DirectoryEntry[];
  /** When something will do so next, Unix milliseconds. */
  readonly dueAt?: number;
  readonly next: number;
  readonly recentExports: RecentExports;
};

/** Sessions by their last change, the last changed first. */
export type RecentPage = {
  /** JSON texts of SessionSummary, with the directory's revision of their last change. */
  readonly sessions: readonly { readonly revision: number; readonly summary: string }[];
  /** Where the page ended; absent where nothing follows. */
  readonly next?: number;
  /** The last place of the feed. */
  readonly head: number;
  /** Traces and events of all sessions. */
  readonly traces: number;
  readonly events: number;
};

/** A message to a list viewer's socket, as JSON. */
export type DirectoryFrame =
  | {
      readonly type: "change";
      readonly generation: string;
      readonly previous: number;
      readonly entry: DirectoryEntry;
      /** Of a session. */
      readonly facts?: ListFacts;
      /** By the directory's clock, Unix milliseconds. */
      readonly now: number;
    }
  | { readonly type: "recentExports"; readonly recentExports: RecentExports };

/** Until when events of Ark queries are hidden, Unix milliseconds; 0 for never. */
export type Purges = {
  /** Of all queries. */
  readonly all: number;
  /** By {@link queryKey} or {@link runKey}. */
  readonly queries: readonly { readonly key: string; readonly at: number }[];
};

/** The key of a purge of all runs of a query's name in a session. `query`: `<namespace>/<name>`, or a trace id. */
export function queryKey(session: string, query: string): string {
  return JSON.stringify([session, query]);
}

/** The key of a purge of one run: its posted events carry its UID. */
export function runKey(session: string, query: string, uid: string): string {
  return JSON.stringify([session, query, uid]);
}

/** The keys of a session's queries begin with it; no other session's keys do. */
export function keyPrefix(session: string): string {
  return `[${JSON.stringify(session)},`;
}
