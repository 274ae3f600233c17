import type { Context } from "hono";
import type { AppEnv } from "../../config.ts";
import { log } from "../../lib/log.ts";
import type { DecodedLogs } from "../../otlp/group/trace-group.ts";
import type { OtlpEncoding } from "../../otlp/media-type.ts";
import { readMetrics } from "../../otlp/metrics-export.ts";
import { callerOf } from "../../place.ts";
import { fetchTransport } from "../../sinks/http/fetch-transport.ts";
import { loadUpstreams } from "../../sinks/upstreams/registry.ts";
import type { Upstreams } from "../../sinks/upstreams/registry.ts";
import { isWanted, relay, relayableLogs, relayableMetrics } from "../../sinks/upstreams/relay.ts";
import type { Relayable, Relayed } from "../../sinks/upstreams/relay.ts";
import type { ExportOutcome } from "./answer.ts";

const NOT_STORED = "metrics are accepted but not stored";

/** An export of metrics, which are not stored: passed on where upstreams want them, else dropped. */
export async function receiveMetrics(
  c: Context<AppEnv>,
  body: Uint8Array,
  encoding: OtlpEncoding,
  via: readonly string[],
): Promise<ExportOutcome> {
  const upstreams = await knownUpstreams(c);
  if (upstreams === undefined) return UNKNOWN_UPSTREAMS;
  if (!isWanted("metrics", upstreams)) return { outcome: "metrics", accepted: 0, rejected: 0, message: NOT_STORED };
  const read = readMetrics(body, encoding);
  if (!read.ok) return { outcome: "undecodable", error: read.error };
  const relayed = await passOn(c, upstreams, relayableMetrics(read.value, encoding), body, via);
  switch (relayed.outcome) {
    case "unwanted":
      return { outcome: "metrics", accepted: 0, rejected: 0, message: NOT_STORED };
    case "retry":
      return notPassedOn(relayed);
    case "relayed": {
      const { items, rejected, reason } = relayed;
      const points = read.value.parts.reduce((sum, part) => sum + part.points, 0);
      const messages = [
        ...(reason === undefined ? [] : [reason]),
        ...(items < points ? [`data points that no upstream wants, and that are not stored: ${points - items}`] : []),
      ];
      return {
        outcome: "metrics",
        accepted: items - rejected,
        rejected,
        ...(messages.length === 0 ? {} : { message: messages.join("; ") }),
      };
    }
  }
}

type RelayedRecords =
  /** Without an upstream that wants them they stay rejected. */
  | { readonly outcome: "unwanted" }
  | { readonly outcome: "relayed"; readonly accepted: number; readonly rejected: DecodedLogs["rejected"] }
  | { readonly outcome: "failed"; readonly failure: ExportOutcome };

/** Log records without a trace and without a session. */
export async function relayUnplaced(
  c: Context<AppEnv>,
  { group, count }: DecodedLogs["unplaced"] & {},
  body: Uint8Array,
  via: readonly string[],
): Promise<RelayedRecords> {
  const upstreams = await knownUpstreams(c);
  if (upstreams === undefined) return { outcome: "failed", failure: UNKNOWN_UPSTREAMS };
  if (!isWanted("logs", upstreams)) return { outcome: "unwanted" };
  const relayed = await passOn(c, upstreams, relayableLogs(group), body, via);
  if (relayed.outcome === "unwanted") return relayed;
  if (relayed.outcome === "retry") return { outcome: "failed", failure: notPassedOn(relayed) };
  const { items, rejected, reason } = relayed;
  const unwanted = group.records - items;
  const reasons = [
    ...(reason === undefined ? [] : [reason]),
    ...(unwanted > 0 ? ["records with neither a traceId nor a session's name, which no upstream wants"] : []),
  ];
  return {
    outcome: "relayed",
    accepted: count - rejected - unwanted,
    rejected: { count: rejected + unwanted, ...(reasons.length === 0 ? {} : { reason: reasons.join("; ") }) },
  };
}

/** `undefined`: the object that has them can't be read now. Nothing may be acknowledged then. */
async function knownUpstreams(c: Context<AppEnv>): Promise<Upstreams | undefined> {
  try {
    return await loadUpstreams(c.env, callerOf(c));
  } catch (error) {
    log("upstreams-unknown", { level: "warn", error });
    return undefined;
  }
}

const UNKNOWN_UPSTREAMS: ExportOutcome = { outcome: "not-passed-on", reason: "the upstreams can't be read now" };

async function passOn(
  c: Context<AppEnv>,
  upstreams: Upstreams,
  relayable: Relayable,
  body: Uint8Array,
  via: readonly string[],
): Promise<Relayed> {
  const wait = (work: Promise<unknown>): void => c.executionCtx.waitUntil(work);
  const call = { env: c.env, caller: callerOf(c), body, via, transport: fetchTransport, wait };
  return await relay(upstreams, relayable, call);
}

function notPassedOn({ reason, afterMillis }: Extract<Relayed, { outcome: "retry" }>): ExportOutcome {
  return { outcome: "not-passed-on", reason, ...(afterMillis === undefined ? {} : { afterMillis }) };
}
