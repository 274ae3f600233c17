import type { Bindings } from "../../config.ts";
import { shardAt, shardsOf } from "../../place.ts";
import type { Caller } from "../../place.ts";
import type { ShardWaiting, UpstreamWaiting } from "../../session/contract/upstreams.ts";

/** What waits for the tenant's upstreams, in all shards: one call a shard. */
export async function readWaiting(env: Bindings, caller: Caller): Promise<ShardWaiting> {
  const count = await shardsOf(env, caller);
  const shards: ShardWaiting[] = await Promise.all(
    Array.from({ length: count }, async (_, shard) => await shardAt(env, caller, shard, count).waiting()),
  );
  const upstreams: Record<string, UpstreamWaiting> = {};
  for (const [name, waiting] of shards.flatMap((shard) => Object.entries(shard.upstreams)))
    upstreams[name] = sumOf(upstreams[name] ?? NOTHING_WAITS, waiting);
  return { upstreams, isPartial: shards.some(({ isPartial }) => isPartial) };
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
