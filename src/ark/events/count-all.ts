import type { Bindings } from "../../config.ts";
import { pool } from "../../lib/pool.ts";
import { sessionAt } from "../../place.ts";
import type { Caller } from "../../place.ts";
import { PAGE_BYTES } from "../../session/contract/log-page.ts";
import type { LogPage } from "../../session/contract/log-page.ts";
import { eventsIn } from "./session-events.ts";
import type { Count, CountedLog } from "../feed/contract.ts";
import { feedOf } from "../feed/feed-of.ts";

/** Logs that one request counts at most, and at the same time. Each reads a page of its log; the next requests go on. */
const LOGS = 256;
const AT_ONCE = 16;

const EVERY_EVENT = { isOf: () => true, purged: 0, purges: new Map<string, number>() };

type Counted = Omit<CountedLog, "revision">;

/** Events and traces of all sessions. Revisions since the last count are read, up to a limit: a large backlog is counted by several requests. */
export async function countAll(env: Bindings, caller: Caller): Promise<Count> {
  const feed = feedOf(env, caller);
  const logs: CountedLog[] = await feed.uncounted(LOGS);
  return await feed.count(await pool(logs, AT_ONCE, async (log) => await countLog(env, caller, log)));
}

async function countLog(env: Bindings, caller: Caller, log: CountedLog): Promise<Counted> {
  const { id, generation, revision, counted } = log;
  const stub = sessionAt(env, caller, id);
  const page: LogPage = await stub.read("session", { generation, revision: counted }, PAGE_BYTES);
  // Deleted or moved: the directory is about to report it.
  if (page.state !== "present" || page.generation !== generation)
    return { id, generation, counted: revision, events: 0, traces: 0 };
  // A trace that left the log takes its events along: they are counted anew.
  const isAnew = page.reset || page.entries.some(({ kind }) => kind === "gone");
  if (isAnew && counted > 0) return await countLog(env, caller, { ...log, counted: 0, events: 0, traces: 0 });
  let { events } = log;
  for (const entry of page.entries) events += (await eventsIn(stub, entry, id, EVERY_EVENT)).length;
  const traces: string[] = await stub.traces();
  return { id, generation, counted: Math.max(page.next, counted), events, traces: traces.length };
}
