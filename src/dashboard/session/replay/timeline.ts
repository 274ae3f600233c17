import type { ResourceLogs } from "../../../otel/log-record.ts";
import { replayTimeOfRecord, replayTimeOf } from "../../../session/replay.ts";
import type { ResourceSpans } from "../../../otel/span.ts";
import type { SessionStreamEvent } from "../../../session/contract/stream-events.ts";
import type { SessionTree } from "../../../session/tree/tree.ts";
import { toMillis } from "../../ui/moments.ts";
import type { ReplayView } from "../../address/replay-view.ts";

/** The start and end of a replay, Unix milliseconds. */
export type Timeline = { readonly start: number; readonly end: number };

/** The extent of the whole session, in the replay's order of time. */
export function timelineOf(tree: SessionTree, by: ReplayView["by"]): Timeline {
  if (by === "event") {
    const { start, end } = tree;
    return { start: Number(start) / 1e6, end: Number(end) / 1e6 };
  }
  let [start, end] = [Infinity, 0];
  for (const { span } of tree.rows) {
    if (span === undefined) continue;
    const at = toMillis(span.received);
    start = Math.min(start, at);
    end = Math.max(end, at);
  }
  return { start: Math.min(start, end), end };
}

/** The latest time in an event, Unix milliseconds; `undefined`: none. */
export function momentOf(event: SessionStreamEvent, by: ReplayView["by"]): number | undefined {
  if (event.type !== "spans" && event.type !== "logs") return undefined;
  if (by === "arrival") return toMillis(event.received);
  let latest = 0n;
  for (const instant of event.type === "spans" ? spanInstants(event.resourceSpans) : recordInstants(event.resourceLogs))
    if (instant > latest) latest = instant;
  return latest === 0n ? undefined : Number(latest) / 1e6;
}

function* spanInstants(resourceSpans: readonly ResourceSpans[]): Iterable<bigint> {
  for (const { scopeSpans } of resourceSpans)
    for (const { spans } of scopeSpans ?? []) for (const span of spans ?? []) yield replayTimeOf(span);
}

function* recordInstants(resourceLogs: readonly ResourceLogs[]): Iterable<bigint> {
  for (const { scopeLogs } of resourceLogs)
    for (const { logRecords } of scopeLogs ?? [])
      for (const record of logRecords ?? []) yield replayTimeOfRecord(record);
}

/** A known position: the session's time `at`, and this device's time `since` when it was reached. */
export type PositionSample = { readonly at: number; readonly since: number; readonly speed: number };

/**
 * The position now, Unix milliseconds. Between two events the position advances at the replay's speed. The next event
 * comes earlier only if a wait was shortened.
 */
export const positionAt = ({ at, since, speed }: PositionSample, now: number, { start, end }: Timeline): number =>
  Math.min(end, Math.max(start, at + Math.max(0, now - since) * speed));

/** 0 to 1. */
export const fractionOf = ({ start, end }: Timeline, at: number): number =>
  end > start ? Math.min(1, Math.max(0, (at - start) / (end - start))) : 1;
