import type { Bindings } from "../../config.ts";
import { directoryOf, sessionAt, sessionIdIn } from "../../place.ts";
import type { Caller } from "../../place.ts";
import { countAll } from "../events/count-all.ts";
import { cursorAt } from "../cursor.ts";
import type { RecentPage } from "../../session/contract/directory.ts";
import type { ListFilter } from "../../session/list/list-filter.ts";
import type { SessionSummary } from "../../session/summary.ts";

/** Every session, including traces without one. */
export const EVERY_SESSION: ListFilter = { kind: "all", statuses: [], phrases: [], names: [] };

/** Sessions in one read of the directory: most have few traces. */
const SESSIONS = 200;
/** Above every revision of the list. */
export const NEWEST = Number.MAX_SAFE_INTEGER;

type TracePosition = { readonly traceId: string; readonly cursor: number };

export type TracePage = {
  readonly traceIds: readonly string[];
  readonly total: number;
  readonly next?: number;
};

type TracePageParams = {
  readonly limit: number;
  readonly cursor: number | undefined;
  readonly session: string | undefined;
};

/**
 * Traces before the cursor, newest first: by the last activity of the session that shows them, and within a session by when each was
 * first seen. A session that changes meanwhile moves to the front, so no trace comes twice.
 */
export async function tracePage(env: Bindings, caller: Caller, params: TracePageParams): Promise<TracePage> {
  const { limit, cursor = NEWEST } = params;
  const found: TracePosition[] = [];
  const total = params.session === undefined ? undefined : await ofSession(env, caller, params.session, found, cursor);
  const known = total ?? (await countAll(env, caller)).traces;
  if (total === undefined) await ofTenant(env, caller, found, limit, cursor);
  const taken = found.slice(0, limit);
  const last = taken.at(-1)?.cursor;
  return {
    traceIds: taken.map(({ traceId }) => traceId),
    total: known,
    ...(found.length > limit && last !== undefined ? { next: last } : {}),
  };
}

async function ofSession(
  env: Bindings,
  caller: Caller,
  name: string,
  found: TracePosition[],
  before: number,
): Promise<number> {
  const traceIds: string[] = await sessionAt(env, caller, sessionIdIn(name)).traces();
  addTraces(traceIds, 0, before, found);
  return traceIds.length;
}

async function ofTenant(
  env: Bindings,
  caller: Caller,
  found: TracePosition[],
  limit: number,
  before: number,
): Promise<void> {
  let from: number | undefined = before === NEWEST ? NEWEST : revisionOf(before) + 1;
  while (from !== undefined && found.length <= limit) {
    const page: RecentPage = await directoryOf(env, caller).recent(from, SESSIONS, EVERY_SESSION);
    for (const { revision, summary } of page.sessions) {
      if (found.length > limit) break;
      // The directory's own text.
      const { id, kind, traces, spans } = JSON.parse(summary) as SessionSummary;
      const isItself = kind === "trace" && traces === 1 && spans > 0;
      const traceIds: string[] = isItself ? [id] : await sessionAt(env, caller, id).traces();
      addTraces(traceIds, revision, before, found);
    }
    from = page.next;
  }
}

/** `traceIds`: in the order in which they were seen. */
function addTraces(traceIds: readonly string[], revision: number, before: number, found: TracePosition[]): void {
  for (let at = traceIds.length - 1; at >= 0; at--) {
    const cursor = cursorAt(revision, at + 1);
    const traceId = traceIds[at];
    if (traceId !== undefined && cursor < before) found.push({ traceId, cursor });
  }
}

/** The revision of the session that a cursor points into. */
function revisionOf(cursor: number): number {
  return Math.floor(cursor / cursorAt(1, 0));
}
