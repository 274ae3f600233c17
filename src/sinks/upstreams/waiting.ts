import type { Bindings } from "../../config.ts";
import { pool } from "../../lib/pool.ts";
import { movedPlace, objectAt, shardPlace, shardsOf } from "../../place.ts";
import type { Caller, Place } from "../../place.ts";
import type { ObjectWaiting, ShardWaiting, UpstreamWaiting } from "../../session/contract/upstreams.ts";

/** Objects of single logs that are called, those of the logs that moved last: a request may make 1,000 calls. */
const MOST_OWN = 200;
const OWN_AT_ONCE = 20;

/** Calls an object; `undefined` if it does not answer, which counts. */
export type AskObject = <Answer>(call: () => Promise<Answer>) => Promise<Answer | undefined>;

/** What waits for the tenant's upstreams. `unanswered`: objects that did not answer, or are too many to be called. */
export type TenantWaiting = ShardWaiting & { readonly unanswered: number };

/** One call a shard, and one a log that has moved. */
export async function readWaiting(env: Bindings, caller: Caller, ask: AskObject): Promise<TenantWaiting> {
  const count = await ask(async () => await shardsOf(env, caller));
  if (count === undefined) return { upstreams: {}, isPartial: true, unanswered: 1 };
  const read = async (place: Place): Promise<ObjectWaiting | undefined> =>
    await ask(async () => await objectAt(env, caller, place, count).waiting());
  const shards = await Promise.all(
    Array.from({ length: count }, async (_, shard) => await read(shardPlace(caller, shard))),
  );
  const moved = shards.flatMap((shard) => shard?.moved ?? []);
  const own = await pool(moved.slice(0, MOST_OWN), OWN_AT_ONCE, async (log) => await read(movedPlace(caller, log)));
  const asked = [...shards, ...own];
  const all = asked.filter((object) => object !== undefined);
  const unanswered = asked.length - all.length + Math.max(0, moved.length - MOST_OWN);
  const upstreams: Record<string, UpstreamWaiting> = {};
  for (const [name, waiting] of all.flatMap((object) => Object.entries(object.upstreams)))
    upstreams[name] = sumOf(upstreams[name] ?? NOTHING_WAITS, waiting);
  return { upstreams, isPartial: unanswered > 0 || all.some(({ isPartial }) => isPartial), unanswered };
}

export const NOTHING_WAITS: UpstreamWaiting = { traces: 0, spans: 0, logRecords: 0 };

function sumOf(a: UpstreamWaiting, b: UpstreamWaiting): UpstreamWaiting {
  const times = [a.oldest, b.oldest].filter((time) => time !== undefined);
  return {
    traces: a.traces + b.traces,
    spans: a.spans + b.spans,
    logRecords: a.logRecords + b.logRecords,
    ...(times.length === 0 ? {} : { oldest: Math.min(...times) }),
  };
}
