/** Requests and answers between the tenant's directory and its callers: the Worker and the sessions. */
import type { ListFacts, ListFilter } from "../list/list-filter.ts";
import type { ListSums } from "../list/list-sums.ts";
import type { EndedSpan } from "../numbers/ended-span.ts";
import type { Status } from "../liveness.ts";
import type { StorageUsage, Retention } from "./retention.ts";
import type { RecentExports } from "./stream-events.ts";
import type { SessionSummary } from "../summary.ts";
import type { Cursor } from "./log-page.ts";

export type SessionReport = {
  readonly id: string;
  /** Of two generations of one id, the later one sorts last. */
  readonly generation: string;
  readonly revision: number;
  readonly summary: SessionSummary;
  /** Only if the session is named by a trace id and shows that trace: the last revision included, in the trace's own order. */
  readonly reportedRevision?: number;
  /** Made by `searchText`; without it, the text of the summary is searched. */
  readonly search?: string;
  /** Absent in reports of an older version. */
  readonly storage?: StorageUsage;
  /** Of the session's spans that ended last, those that an earlier report did not have as they are. */
  readonly ended?: readonly EndedSpan[];
};

/** How far a session is. */
export type LogHead = {
  readonly id: string;
  readonly generation: string;
  readonly revision: number;
  /** As in {@link SessionReport}; 0 for a session that is no trace. */
  readonly reportedRevision: number;
};

export type ReportOutcome = {
  /** After how many milliseconds the session may report again. */
  readonly interval: number;
  /** A stream follows all sessions, and few are active: heads are wanted between reports. */
  readonly isFollowed?: true;
  /** The generation that the list knows, if it is later: the report was ignored. */
  readonly later?: string;
};

export type SessionRemoval = {
  readonly id: string;
  readonly generation: string;
  /** Of the generation that continues empty: reports up to this revision are void. */
  readonly revision?: number;
  /** The session that its traces moved to, if there is only one. */
  readonly session?: string;
};

/** Ids of logs of a shard, in order, and of those among them that have moved. `next`: more logs follow after this id. */
export type LogIds = { readonly ids: readonly string[]; readonly moved: readonly string[]; readonly next?: string };

/** The logs that a shard holds, of those with ids after `after`. `head`: the list's, before they were read. */
export type HeldLogs = Omit<LogIds, "moved"> & {
  readonly shard: number;
  readonly shards: number;
  readonly head: number;
  readonly after: string;
};

export const LIST_SORTS = ["activity", "start", "duration", "tokens", "cost", "errors"] as const;
export type ListSort = (typeof LIST_SORTS)[number];
export type ListOrder = "asc" | "desc";

/** The last row of a page: its sort value, and its number, which orders equal values. */
export type ListCursor = { readonly value: number; readonly n: number };

export type ListQuery = {
  readonly filter: ListFilter;
  readonly sort: ListSort;
  readonly order: ListOrder;
  readonly limit: number;
  readonly cursor?: ListCursor;
};

/** Sessions by status. Counts ignore the statuses of the filter. */
export type ListCounts = Readonly<Record<Status | "all", number>>;

export type ListPage = {
  readonly generation: string;
  readonly head: number;
  /** JSON texts of SessionSummary, each with its `status` now. */
  readonly sessions: readonly string[];
  readonly next?: ListCursor;
  readonly counts: ListCounts;
  /** Of the sessions that match the whole filter. */
  readonly sums: ListSums;
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
  /** The reader has no rows from before this revision: sessions that the filter excludes need no removal. */
  readonly blankUntil?: number;
  /** The last read, by the directory's clock, Unix milliseconds. Status transitions since then are returned as well. */
  readonly lastReadAt?: number;
};

export type ChangesPage = {
  readonly generation: string;
  readonly head: number;
  /** Unix milliseconds. */
  readonly now: number;
  /** The requested version is unknown, or so old that tombstones since then have expired. */
  readonly reset: boolean;
  /** Changes that the filter admits, in the order of revisions. */
  readonly entries: readonly DirectoryEntry[];
  /** Sessions that entered or left the filter because time passed. */
  readonly transitions: readonly DirectoryEntry[];
  /** Time of the next transition, Unix milliseconds. */
  readonly dueAt?: number;
  readonly next: number;
  readonly recentExports: RecentExports;
};

/** Sessions by their last change, newest first. */
export type RecentPage = {
  /** `summary`: JSON text of a SessionSummary. `revision`: the directory's, of the last change. */
  readonly sessions: readonly { readonly revision: number; readonly summary: string }[];
  /** Cursor of the next page; absent on the last page. */
  readonly next?: number;
};

/** The present state of one session's log, for a reader that follows all logs. */
export type LogReport =
  | {
      readonly kind: "log";
      readonly id: string;
      readonly generation: string;
      /** The last revision that the session reported. */
      readonly revision: number;
      /** As in {@link SessionReport}. */
      readonly reportedRevision: number;
    }
  | {
      readonly kind: "gone";
      readonly id: string;
      /** `deleted`: the session was deleted; `empty`: its traces moved to other sessions. */
      readonly because: "deleted" | "empty";
      /** By the directory's clock, Unix milliseconds. */
      readonly at: number;
    };

export type LogReportsPage = {
  readonly generation: string;
  readonly head: number;
  /** The requested version is unknown, or so old that tombstones since then have expired: the page starts at the beginning. */
  readonly reset: boolean;
  /** By their last change, each session once. */
  readonly reports: readonly LogReport[];
  /** The cursor of the next page; `head` on the last page. */
  readonly next: number;
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

/** A message to the socket of a stream of all sessions, as JSON. `changed`: a session left the list, or came to it. */
export type FeedFrame = { readonly type: "heads"; readonly heads: readonly LogHead[] } | { readonly type: "changed" };
