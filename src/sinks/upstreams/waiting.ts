import type { Bindings } from "../../config.ts";
import { pool } from "../../lib/pool.ts";
import { movedPlace, objectAt, shardPlace, shardsOf } from "../../place.ts";
import type { Caller, Place } from "../../place.ts";
import type { ObjectWaiting, ShardWaiting, UpstreamWaiting } from "../../session/contract/upstreams.ts";

/** Objects of single logs that are called, those of the logs that moved last: a request may make 1,000 calls. */
const MOST_OWN = 200;
const OWN_AT_ONCE = 20;

/** What waits for the tenant's upstreams: one call a shard, and one a log that has moved. */
export async function readWaiting(env: Bindings, caller: Caller): Promise<ShardWaiting> {
  const count = await shardsOf(env, caller);
  const read = async (place: Place): Promise<ObjectWaiting> => await objectAt(env, caller, place, count).waiting();
  const shards = await Promise.all(
    Array.from({ length: count }, async (_, shard) => await read(shardPlace(caller, shard))),
  );
  const moved = shards.flatMap((shard) => shard.moved);
  const all: ShardWaiting[] = [...shards];
  await pool(moved.slice(0, MOST_OWN), OWN_AT_ONCE, async (log) => {
    all.push(await read(movedPlace(caller, log)));
  });
  const upstreams: Record<string, UpstreamWaiting> = {};
  for (const [name, waiting] of all.flatMap((object) => Object.entries(object.upstreams)))
    upstreams[name] = sumOf(upstreams[name] ?? NOTHING_WAITS, waiting);
  return { upstreams, isPartial: moved.length > MOST_OWN || all.some(({ isPartial }) => isPartial) };
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
