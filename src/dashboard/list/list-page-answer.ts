import type { ListCounts } from "../../trace/directory-contract.ts";
import { STATUSES } from "../../trace/list/list-filter.ts";
import type { Arrivals } from "../../trace/stream-events.ts";
import type { SessionSummary } from "../../trace/summary.ts";

/** What `GET /sessions` answers. */
export type ListPageAnswer = {
  readonly resourceVersion: string;
  readonly sessions: readonly SessionSummary[];
  readonly nextCursor?: string;
  readonly counts: ListCounts;
  readonly arrivals: Arrivals;
  /** See `readRetention`. */
  readonly retention?: unknown;
};

/** Throws where it is no page of the list: a proxy's login, say. What is within is the server's own. */
export function readListPage(body: unknown): ListPageAnswer {
  if (!isListPage(body)) throw new TypeError("the server's answer is no page of the list");
  return body;
}

function isListPage(body: unknown): body is ListPageAnswer {
  if (!isObject(body)) return false;
  const { resourceVersion, sessions, nextCursor, counts, arrivals } = body;
  return (
    typeof resourceVersion === "string" &&
    Array.isArray(sessions) &&
    (nextCursor === undefined || typeof nextCursor === "string") &&
    isObject(counts) &&
    ["all", ...STATUSES].every((name) => typeof counts[name] === "number") &&
    isObject(arrivals) &&
    Array.isArray(arrivals["last"])
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
