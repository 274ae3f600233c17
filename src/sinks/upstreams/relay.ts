import { createHash } from "node:crypto";
import type { Bindings } from "../../config.ts";
import { inflate } from "../../lib/body-codec.ts";
import { log } from "../../lib/log.ts";
import { Lru } from "../../lib/lru.ts";
import { ChunkRecords, recordsIn } from "../../otel/chunk.ts";
import type { ResourceLogs } from "../../otel/log-record.ts";
import type { AnyValue } from "../../otel/span.ts";
import { writeItems } from "../../otlp/group/encode-delivery.ts";
import type { RecordGroup } from "../../otlp/group/trace-group.ts";
import type { OtlpEncoding } from "../../otlp/media-type.ts";
import type { MetricsExport } from "../../otlp/metrics-export.ts";
import { restoreLogValues } from "../../otlp/restore-values.ts";
import { tenantOfCaller } from "../../place.ts";
import type { Caller } from "../../place.ts";
import type { SinkSignal, UpstreamMatch, UpstreamReport } from "../../session/contract/upstreams.ts";
import { destinationOf } from "../http/destination.ts";
import type { DeliveryOutcome, Transport } from "../sink.ts";
import { matches } from "./matching.ts";
import { otlpUpstream, signalUrl } from "./otlp-upstream.ts";
import type { SignalContent } from "./otlp-upstream.ts";
import { upstreamsOf } from "./registry.ts";
import type { Upstream, Upstreams } from "./registry.ts";

/**
 * No session can hold metrics, nor log records without a trace and without a session's name, so they are not stored. They are passed
 * on while their exporter waits, and acknowledged when each upstream that wants them has answered. Until then the exporter has them.
 */
export type Relayed =
  /** No upstream wants any of them. */
  | { readonly outcome: "unwanted" }
  /** Those that an upstream wants, `items`, were answered by all that want them. `rejected`: of them refused for good. */
  | { readonly outcome: "relayed"; readonly items: number; readonly rejected: number; readonly reason?: string }
  /** An upstream can't take them now: the exporter has to send them again. */
  | { readonly outcome: "retry"; readonly reason: string; readonly afterMillis?: number };

/** What is passed on: parts that go to an upstream or not, and the content with some of them, by ascending positions. */
export type Relayable = {
  readonly signal: "logs" | "metrics";
  readonly parts: readonly { readonly items: number; readonly isFor: (match: UpstreamMatch) => boolean }[];
  readonly pick: (indexes: readonly number[]) => SignalContent;
};

export type RelayCall = {
  readonly env: Bindings;
  readonly caller: Caller;
  /** The request's body: repeats are recognised by it. */
  readonly body: Uint8Array;
  readonly via: readonly string[];
  readonly transport: Transport;
  /** Does work for which the answer does not wait. */
  readonly wait: (work: Promise<unknown>) => void;
};

/** Less than the ten seconds after which exporters give up. */
const MOST_MILLIS = 8_000;
/** Bytes of the bodies that wait for upstreams, in an isolate: they take room from the bodies of spans. */
const MOST_BYTES = 4_000_000;
/** Requests that some of their upstreams took and others could not: sent again within this time, they go to the others only. */
const REMEMBERED = 1_000;
const REMEMBERED_MILLIS = 300_000;

let bytesUnderWay = 0;
const answered = new Lru<string, { readonly at: number; readonly outcome: DeliveryOutcome }>(REMEMBERED);

/** Whether an upstream wants such a signal. Else there is nothing to read or pass on. */
export function isWanted(signal: "logs" | "metrics", { upstreams }: Upstreams): boolean {
  return upstreams.some(({ settings }) => settings[signal] === "sent");
}

export async function relay({ self, upstreams }: Upstreams, relayable: Relayable, call: RelayCall): Promise<Relayed> {
  const { parts, signal } = relayable;
  const targets = upstreams
    .filter(({ settings }) => settings[signal] === "sent")
    .map((upstream) => ({ upstream, indexes: indexesFor(upstream, relayable) }))
    .filter(({ indexes }) => indexes.length > 0);
  if (targets.length === 0) return { outcome: "unwanted" };
  const { length } = call.body;
  if (bytesUnderWay > 0 && bytesUnderWay + length > MOST_BYTES)
    return { outcome: "retry", reason: `too many ${signal} wait for upstreams` };
  const itemsAt = (indexes: Iterable<number>): number =>
    Array.from(indexes).reduce((sum, at) => sum + (parts[at]?.items ?? 0), 0);
  const digest = createHash("sha256").update(call.body).digest("base64");
  bytesUnderWay += length;
  try {
    const sent = await Promise.all(
      targets.map(async ({ upstream, indexes }) => {
        const share = { signal, items: itemsAt(indexes), pick: () => relayable.pick(indexes) };
        return await sendOnce(self, upstream, share, digest, call);
      }),
    );
    return sumUp(sent, itemsAt(new Set(targets.flatMap(({ indexes }) => indexes))));
  } finally {
    bytesUnderWay -= length;
  }
}

function indexesFor({ settings }: Upstream, { parts }: Relayable): number[] {
  return parts.flatMap(({ isFor }, at) => (isFor(settings.match) ? [at] : []));
}

/** What of a request an upstream wants. */
type Share = { readonly signal: SinkSignal; readonly items: number; readonly pick: () => SignalContent };

type Sent = { readonly key: string; readonly name: string; readonly items: number; readonly outcome: DeliveryOutcome };

/** One attempt, unless the upstream answered the same request before, when another one could not. */
async function sendOnce(
  self: string,
  { name, off, settings, headers }: Upstream,
  { signal, items, pick }: Share,
  digest: string,
  { env, caller, via, transport, wait }: RelayCall,
): Promise<Sent> {
  const tenant = tenantOfCaller(caller);
  const { endpoint, timeout, ...rest } = settings;
  const url = signalUrl(endpoint, signal);
  const key = `${tenant} ${name} ${url} ${digest}`;
  const sent = (outcome: DeliveryOutcome): Sent => ({ key, name, items, outcome });
  const now = Date.now();
  const before = answered.get(key);
  if (before !== undefined && Math.abs(now - before.at) < REMEMBERED_MILLIS) return sent(before.outcome);
  if (off !== undefined) return sent({ outcome: "retry", reason: off });
  const destination = destinationOf(tenant, name, url);
  if (destination.reopensAt(now, 0) !== undefined)
    return sent({ outcome: "retry", reason: "it keeps failing, and is left alone for 30 s" });
  const batch = { ...pick(), items, via };
  const sink = otlpUpstream({ ...rest, url, headers }, self);
  const { at, outcome } = await destination.attempt(sink, batch, transport, Math.min(timeout, MOST_MILLIS));
  wait(
    upstreamsOf(env, caller)
      .report([reportOf(name, signal, items, outcome, at)], [])
      .catch((error: unknown) => log("relay-not-counted", { level: "warn", error })),
  );
  return sent(outcome);
}

function reportOf(
  name: string,
  signal: SinkSignal,
  items: number,
  outcome: DeliveryOutcome,
  at: number,
): UpstreamReport {
  if (outcome.outcome !== "accepted")
    return { name, signal, items: 0, rejected: 0, message: outcome.reason, at, isUp: false };
  const rejected = outcome.rejected?.items ?? 0;
  const rejection = outcome.rejected === undefined ? {} : { rejection: outcome.rejected.reason };
  return { name, signal, items: items - rejected, rejected, ...rejection, at, isUp: true };
}

/** If one upstream can't take the request, the exporter repeats it for all; what the others answered is remembered. */
function sumUp(sent: readonly Sent[], items: number): Relayed {
  const retries = sent.flatMap(({ name, outcome }) => (outcome.outcome === "retry" ? [{ name, ...outcome }] : []));
  const [first] = retries;
  if (first !== undefined) {
    const at = Date.now();
    for (const { key, outcome } of sent) if (outcome.outcome !== "retry") answered.set(key, { at, outcome });
    const pauses = retries.flatMap(({ afterMillis }) => afterMillis ?? []);
    return {
      outcome: "retry",
      reason: `the upstream ${first.name}: ${first.reason}`,
      ...(pauses.length === 0 ? {} : { afterMillis: Math.max(...pauses) }),
    };
  }
  let rejected = 0;
  const reasons: string[] = [];
  for (const { name, items: sentItems, outcome } of sent) {
    const refused =
      outcome.outcome === "accepted"
        ? outcome.rejected
        : { items: sentItems, reason: "reason" in outcome ? outcome.reason : "" };
    if (refused === undefined) continue;
    rejected = Math.max(rejected, refused.items);
    reasons.push(`the upstream ${name}: ${refused.reason}`);
  }
  return { outcome: "relayed", items, rejected, ...(reasons.length === 0 ? {} : { reason: reasons.join("; ") }) };
}

/** Metrics go on as they came, in their encoding: each resource where its attributes say. */
export function relayableMetrics(metrics: MetricsExport, encoding: OtlpEncoding): Relayable {
  return {
    signal: "metrics",
    parts: metrics.parts.map(({ attributes, points }) => ({
      items: points,
      isFor: (match) => matches(match, [], attributes),
    })),
    pick: (indexes) => ({ signal: "metrics", encoding, body: metrics.pick(indexes) }),
  };
}

/** Log records go each where it or its resource says. */
export function relayableLogs(group: RecordGroup): Relayable {
  const { text, values } = writeItems(group.resources);
  // Our own canonical texts.
  const whole = new Map(
    values.map(({ hash, encoding, body }) => [
      hash,
      JSON.parse(new TextDecoder().decode(inflate(encoding, body))) as AnyValue,
    ]),
  );
  const resourceLogs = restoreLogValues(JSON.parse(text) as ResourceLogs[], (hash) => whole.get(hash));
  return {
    signal: "logs",
    parts: Array.from(recordsIn(resourceLogs), ({ record, resource }) => ({
      items: 1,
      isFor: (match) => matches(match, record.attributes, resource?.attributes),
    })),
    pick: (indexes) => ({ signal: "logs", resourceLogs: new ChunkRecords(resourceLogs).pick(indexes) }),
  };
}
