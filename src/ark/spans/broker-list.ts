import type { Bindings } from "../../config.ts";
import { directoryOf, sessionAt } from "../../place.ts";
import type { Caller } from "../../place.ts";
import { cursorAfter } from "../cursor.ts";
import type { FeedPage } from "../feed/contract.ts";
import { feedOf } from "../feed/feed-of.ts";
import { nanosecondsText } from "../../lib/nanoseconds.ts";
import { pool } from "../../lib/pool.ts";
import type { RecentPage } from "../../session/contract/directory.ts";
import type { ListFilter } from "../../session/list/list-filter.ts";
import { liveness } from "../../session/liveness.ts";
import type { Status } from "../../session/liveness.ts";
import type { SessionSummary } from "../../session/summary.ts";
import type { LogPage } from "../../session/contract/log-page.ts";
import type { BrokerList, BrokerSession } from "../schemas.ts";
import { NEWEST } from "./trace-page.ts";

const ACTIVE: readonly Status[] = ["waiting", "stalled", "running", "idle"];
/** Sessions whose open queries are counted at the same time. */
const AT_ONCE = 32;

type BrokerListParams = { readonly limit: number; readonly before: number | undefined; readonly active: boolean };

/** Sessions, the last changed first. */
export async function brokerList(
  env: Bindings,
  caller: Caller,
  { limit, before, active }: BrokerListParams,
): Promise<BrokerList> {
  const filter: ListFilter = { kind: "session", statuses: active ? ACTIVE : [], phrases: [], names: [] };
  // Read first: what changes meanwhile is sent by a watch from here.
  const { head }: FeedPage = await feedOf(env, caller).feed({ after: Number.MAX_SAFE_INTEGER, limit: 1 });
  const page: RecentPage = await directoryOf(env, caller).recent(before ?? NEWEST, limit, filter);
  // The directory's own text.
  const summaries = page.sessions.map(({ summary }) => JSON.parse(summary) as SessionSummary);
  const sessions = await pool(summaries, AT_ONCE, async (summary) => await row(env, caller, summary));
  return {
    resourceVersion: head === 0 ? 0 : cursorAfter(head),
    sessions,
    ...(page.next === undefined ? {} : { cursor: page.next }),
  };
}

async function row(env: Bindings, caller: Caller, summary: SessionSummary): Promise<BrokerSession> {
  const isActive = ACTIVE.includes(liveness(summary.liveness, Date.now()).status);
  return {
    id: summary.id,
    ...timesOf(summary),
    queryCount: summary.queries,
    activeQueries: isActive ? await openQueries(env, caller, summary.id) : 0,
  };
}

export function timesOf({ start, liveness: { lastArrival } }: SessionSummary) {
  return { createdAt: nanosecondsText(BigInt(start)), updatedAt: nanosecondsText(BigInt(lastArrival)) };
}

async function openQueries(env: Bindings, caller: Caller, id: string): Promise<number> {
  const page: LogPage = await sessionAt(env, caller, id).peek("session", "queries");
  const queries = page.state === "present" ? (page.queries ?? []) : [];
  return queries.filter(({ phase }) => phase === "running" || phase === "pending").length;
}
