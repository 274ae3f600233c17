import type { Context } from "hono";
import type { AppEnv, Bindings } from "../../config.ts";
import type { AppendOutcome, Delivery } from "../../facts/delivery.ts";
import { log } from "../../lib/log.ts";
import { noteOrigin } from "../../location.ts";
import type { Origin } from "../../session/contract/location.ts";
import { encodeDelivery, unencodableItems } from "../../otlp/group/encode-delivery.ts";
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
  /** Positions that are not sent: the owner has them, or they can't be encoded. */
  readonly omitted: Set<number>;
};
type Sent = { readonly group: Group; readonly delivery: Delivery };

/**
 * Delivers each trace, and its log records, to its owner: one call for each object. Everything acknowledged is on disk. Only what a
 * call of an object meets is to be tried again: a fault of this code would be met each time. It throws, or is a rejection of the
 * spans or log records that it concerns.
 */
export async function deliver(
  env: Bindings,
  caller: Caller,
  groups: readonly (TraceGroup | RecordGroup)[],
): Promise<Delivered> {
  if (groups.length === 0) return { rejected: 0, retry: false };
  let shards: number;
  try {
    await locate(env, caller);
    shards = await shardsOf(env, caller);
  } catch (error) {
    log("shards-unknown", { level: "warn", error });
    return { rejected: 0, retry: true };
  }
  const delivery = new Delivering(env, caller);
  await delivery.deliver(
    shards,
    groups.map((group) => ({ group, omitted: new Set() })),
  );
  return delivery.outcome;
}

/** The caller of an export, with where it came from and what this isolate knows of sinks: an export does not wait to learn more. */
export function exportCallerOf(c: Context<AppEnv>): Caller {
  const caller = callerOf(c);
  const exporter = noteOrigin(c.env, c.var.principal.tenant, c.req.raw.cf as Origin | undefined);
  const sinks = sinksOf(c.env, caller, (reading) => c.executionCtx.waitUntil(reading));
  return { ...caller, ...(sinks === undefined ? {} : { sinks }), ...(exporter === undefined ? {} : { exporter }) };
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
    for (const call of this.#callsFor(groups)) again.push(...(await this.#send(place, shards, call)));
    return again;
  }

  /** Returns the groups of which the owner has a part, or whose log is elsewhere. */
  async #send(place: Place, shards: number, sent: readonly Sent[]): Promise<Group[]> {
    const outcomes = await this.#append(place, shards, sent);
    if (outcomes === undefined) return [];
    const again: Group[] = [];
    sent.forEach(({ group, delivery: { traceId, spans } }, at) => {
      const outcome = outcomes[at];
      switch (outcome?.outcome) {
        case "appended":
        case "known":
          return;
        case "partly-known":
          addKnown(group.omitted, outcome.known);
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
  }

  /** `undefined`: the object did not answer, and the sender has to repeat the request. */
  async #append(place: Place, shards: number, sent: readonly Sent[]): Promise<readonly AppendOutcome[] | undefined> {
    try {
      const deliveries = sent.map(({ delivery }) => delivery);
      return await objectAt(this.#env, this.#caller, place, shards).append(deliveries);
    } catch (error) {
      // Overload, failing storage and deploys are temporary. An exporter drops a batch on 500 and retries it on 503.
      log("traces-not-delivered", { level: "warn", traceId: sent[0]?.delivery.traceId, traces: sent.length, error });
      this.#retry = true;
      return undefined;
    }
  }

  /** Encodes the groups call by call: only the deliveries of one call are in memory for each shard. */
  *#callsFor(groups: readonly Group[]): Generator<readonly Sent[]> {
    let call: Sent[] = [];
    let bytes = 0;
    for (const group of groups) {
      const delivery = this.#encode(group);
      if (delivery === undefined || delivery.spans === 0) continue;
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

  /** Rejects what can't be encoded; `undefined` if that is the group as a whole. */
  #encode(open: Group): Delivery | undefined {
    const { group, omitted } = open;
    try {
      return encodeDelivery(group, omitted);
    } catch (error) {
      const reference = crypto.randomUUID();
      const { traceId } = group;
      log("delivery-not-encoded", { level: "error", reference, traceId, error });
      const faults = unencodableItems(group).filter(({ position }) => !omitted.has(position));
      const fault = `an internal error, not a fault of the ${group.kind}; reference ${reference}`;
      if (faults.length === 0) {
        const items = group.kind === "spans" ? group.spans : group.records;
        this.#reject(items - omitted.size, `trace ${traceId}: ${fault}`);
        return undefined;
      }
      const names = faults.map(({ name }) => name);
      const rest = names.length === 1 ? "" : ` (and ${names.length - 1} more)`;
      this.#reject(faults.length, `trace ${traceId}: ${names[0]}${rest}: ${fault}`);
      for (const { position } of faults) omitted.add(position);
      return this.#encode(open);
    }
  }

  #reject(spans: number, reason: string): void {
    this.#rejected += spans;
    this.#reason ??= reason;
  }
}

function sizeOf({ body, facts, values }: Delivery): number {
  return values.reduce((sum, value) => sum + value.body.length, body.length + facts.length);
}

/** Adds positions of the last delivery, which left out the `omitted`, as positions in the whole group. */
function addKnown(omitted: Set<number>, positions: readonly number[]): void {
  const wanted = new Set(positions);
  const last = Math.max(...positions);
  const found: number[] = [];
  for (let all = 0, sent = 0; sent <= last; all++) {
    if (omitted.has(all)) continue;
    if (wanted.has(sent)) found.push(all);
    sent++;
  }
  for (const position of found) omitted.add(position);
}
