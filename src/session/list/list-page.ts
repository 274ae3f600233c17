import type { ListCounts } from "../contract/directory.ts";
import type { RecentExports } from "../contract/stream-events.ts";
import type { SessionSummary } from "../summary.ts";
import { STATUSES } from "./list-filter.ts";
import type { ListSums } from "./list-sums.ts";

/** The response of `GET /sessions`. Clients read its retention apart. */
export type ListPageAnswer = {
  readonly resourceVersion: string;
  readonly sessions: readonly SessionSummary[];
  readonly nextCursor?: string;
  readonly counts: ListCounts;
  readonly sums: ListSums;
  readonly recentExports: RecentExports;
  readonly retention?: unknown;
};

/** Throws on another body, such as a proxy's login page. The fields within are trusted. */
export function readListPage(body: unknown): ListPageAnswer {
  if (!isListPage(body)) throw new TypeError("the server's answer is not a page of the list");
  return body;
}

function isListPage(body: unknown): body is ListPageAnswer {
  if (!isObject(body)) return false;
  const { resourceVersion, sessions, nextCursor, counts, sums, recentExports } = body;
  return (
    typeof resourceVersion === "string" &&
    Array.isArray(sessions) &&
    (nextCursor === undefined || typeof nextCursor === "string") &&
    isObject(counts) &&
    ["all", ...STATUSES].every((name) => typeof counts[name] === "number") &&
    isObject(sums) &&
    ["sessions", "tokens", "cost", "estimated", "unpriced"].every((name) => typeof sums[name] === "number") &&
    isObject(recentExports) &&
    Array.isArray(recentExports["last"])
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
