import type { Context } from "hono";
import type { AppEnv, Bindings } from "../../config.ts";
import type { Delivery } from "../../facts/delivery.ts";
import { log } from "../../lib/log.ts";
import { noteOrigin } from "../../location.ts";
import type { Origin } from "../../session/contract/location.ts";
import { encodeDelivery } from "../../otlp/group/encode-delivery.ts";
import type { RecordGroup, TraceGroup } from "../../otlp/group/trace-group.ts";
import { callerOf, locate, objectAt, placeOf, rememberPlace, shardsOf } from "../../place.ts";
import type { Caller, Place } from "../../place.ts";
import { sinksOf } from "../../sinks/upstreams/registry.ts";

/** Bytes of deliveries in one call of a shard. A trace may be more by itself: it was cut before. */
const CALL_BYTES = 4_000_000;
/** Tries after "partly known", since other requests may deliver the same spans in between, and after a log moved. */
const TRIES = 5;

export type Delivered = {
  /** Spans or log records that their session refused, and the first reason. */
  readonly rejected: number;
  readonly reason?: string;
  /** A trace could not be stored for a temporary reason: the sender has to repeat the whole request, which loses and duplicates nothing. */
  readonly retry: boolean;
};

type Group = {
  readonly group: TraceGroup | RecordGroup;
  /** Positions that the owner has. */
  readonly known: Set<number>;
};
type Sent = { readonly group: Group; readonly delivery: Delivery };

/** Delivers each trace, and its log records, to its owner: one call for each object. Everything acknowledged is on disk. */
export async function deliver(
  env: Bindings,
  caller: Caller,
  groups: readonly (TraceGroup | RecordGroup)[],
): Promise<Delivered> {
  if (groups.length === 0) return { rejected: 0, retry: false };
  const delivery = new Delivering(env, caller);
  try {
    await locate(env, caller);
    const shards = await shardsOf(env, caller);
    await delivery.deliver(
      shards,
      groups.map((group) => ({ group, known: new Set() })),
    );
  } catch (error) {
    log("shards-unknown", { level: "warn", error });
    // Nothing was sent.
    return { rejected: 0, retry: true };
  }
  return delivery.outcome;
}

/** The caller of an export, with what this isolate knows of sinks: an export does not wait to learn more. */
export function exportCallerOf(c: Context<AppEnv>): Caller {
  const caller = callerOf(c);
  noteOrigin(c.var.principal.tenant, c.req.raw.cf as Origin | undefined);
  const sinks = sinksOf(c.env, caller, (reading) => c.executionCtx.waitUntil(reading));
  return sinks === undefined ? caller : { ...caller, sinks };
}

/** One request's deliveries, and what became of them so far. */
class Delivering {
  readonly #env: Bindings;
  readonly #caller: Caller;
  #rejected = 0;
  #reason: string | undefined;
  #retry = false;

  constructor(env: Bindings, caller: Caller) {
    this.#env = env;
    this.#caller = caller;
  }

  get outcome(): Delivered {
    const reason = this.#reason;
    return { rejected: this.#rejected, retry: this.#retry, ...(reason === undefined ? {} : { reason }) };
  }

  async deliver(shards: number, groups: readonly Group[]): Promise<void> {
    let left = groups;
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt === TRIES) {
        this.#retry = true;
        return;
      }
      const sharing = Array.from(this.#byPlace(left, shards).values());
      const again = await Promise.all(sharing.map(async (shared) => await this.#deliverAt(shared, shards)));
      left = again.flat();
    }
  }

  #byPlace(groups: readonly Group[], shards: number): Map<string, { readonly place: Place; readonly groups: Group[] }> {
    const places = new Map<string, { readonly place: Place; readonly groups: Group[] }>();
    for (const group of groups) {
      const place = placeOf(this.#caller, group.group.traceId, shards);
      const sharing = places.get(place.name);
      if (sharing === undefined) places.set(place.name, { place, groups: [group] });
      else sharing.groups.push(group);
    }
    return places;
  }

  /** Returns the groups to send again. */
  async #deliverAt(
    { place, groups }: { readonly place: Place; readonly groups: readonly Group[] },
    shards: number,
  ): Promise<Group[]> {
    const again: Group[] = [];
    for (const call of callsFor(groups)) again.push(...(await this.#send(place, shards, call)));
    return again;
  }

  /** Returns the groups of which the owner has a part, or whose log is elsewhere. */
  async #send(place: Place, shards: number, sent: readonly Sent[]): Promise<Group[]> {
    try {
      const deliveries = sent.map(({ delivery }) => delivery);
      const outcomes = await objectAt(this.#env, this.#caller, place, shards).append(deliveries);
      const again: Group[] = [];
      sent.forEach(({ group, delivery: { traceId, spans } }, at) => {
        const outcome = outcomes[at];
        switch (outcome?.outcome) {
          case "appended":
          case "known":
            return;
          case "partly-known":
            addKnown(group.known, outcome.known);
            again.push(group);
            return;
          case "elsewhere":
            rememberPlace(this.#caller, traceId, outcome);
            again.push(group);
            return;
          case "full":
            return this.#reject(spans, `trace ${traceId}: ${outcome.reason}`);
          case "fault":
            return this.#reject(
              spans,
              `trace ${traceId}: an internal error, not a fault of the spans; reference ${outcome.reference}`,
            );
          default:
            log("trace-not-delivered", { level: "warn", traceId, error: outcome?.reason });
            this.#retry = true;
        }
      });
      return again;
    } catch (error) {
      // Overload, failing storage and deploys are temporary. An exporter drops a batch on 500 and retries it on 503.
      log("traces-not-delivered", { level: "warn", traceId: sent[0]?.delivery.traceId, traces: sent.length, error });
      this.#retry = true;
      return [];
    }
  }

  #reject(spans: number, reason: string): void {
    this.#rejected += spans;
    this.#reason ??= reason;
  }
}

/** Encodes the groups call by call: only the deliveries of one call are in memory for each shard. */
function* callsFor(groups: readonly Group[]): Generator<readonly Sent[]> {
  let call: Sent[] = [];
  let bytes = 0;
  for (const group of groups) {
    const delivery = encodeDelivery(group.group, group.known);
    if (delivery.spans === 0) continue;
    const size = sizeOf(delivery);
    if (call.length > 0 && bytes + size > CALL_BYTES) {
      yield call;
      call = [];
      bytes = 0;
    }
    call.push({ group, delivery });
    bytes += size;
  }
  if (call.length > 0) yield call;
}

function sizeOf({ body, facts, values }: Delivery): number {
  return values.reduce((sum, value) => sum + value.body.length, body.length + facts.length);
}

/** Adds positions of the last delivery, which omitted `known`, as positions in the whole group. */
function addKnown(known: Set<number>, positions: readonly number[]): void {
  const wanted = new Set(positions);
  const last = Math.max(...positions);
  const found: number[] = [];
  for (let all = 0, sent = 0; sent <= last; all++) {
    if (known.has(all)) continue;
    if (wanted.has(sent)) found.push(all);
    sent++;
  }
  for (const position of found) known.add(position);
}
