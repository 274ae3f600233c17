import type { OutboxRow } from "../../../session/contract/outbox.ts";
import { signalOfSink, upstreamOfSink } from "../../../session/contract/upstreams.ts";
import type { ObjectWaiting, UpstreamWaiting } from "../../../session/contract/upstreams.ts";
import { PLACES } from "../log/tables.ts";
import type { Shard } from "../shard.ts";
import { OutboxRows } from "./rows.ts";

/** Logs that one call looks at, at most 0.1 ms each on a busy machine: others wait for it. */
const MOST_LOGS = 500;

/**
 * What upstreams lack of the traces that a shard's logs own, by their cursors. Only logs with a job in the next day may have any:
 * retries are an hour apart at most. A trace counts from its first run on. Nothing is folded for it, and no body is read.
 */
export function waitingIn({ tables, storage }: Pick<Shard, "tables" | "storage">): ObjectWaiting {
  const upstreams: Record<string, UpstreamWaiting> = {};
  if (!tables.exists) return { upstreams, isPartial: false, moved: [] };
  const due = tables.sql
    .exec<{ id: string; log: number }>(
      "SELECT id, log.log FROM due JOIN log USING (id) WHERE log.log > 0 AND log.deleting = 0 LIMIT ?",
      MOST_LOGS + 1,
    )
    .toArray();
  const outbox = new OutboxRows(storage);
  for (const { id, log } of due.slice(0, MOST_LOGS)) {
    const counted = new Set<string>();
    for (const row of outbox.of(id)) {
      const lacking = row.matched ? lackingOf(tables.sql, id, log, row) : undefined;
      if (lacking === undefined) continue;
      const name = upstreamOfSink(row.sink);
      const { traces, spans, logRecords, oldest } = upstreams[name] ?? { traces: 0, spans: 0, logRecords: 0 };
      const isLogs = signalOfSink(row.sink) === "logs";
      upstreams[name] = {
        traces: traces + (counted.has(name) ? 0 : 1),
        spans: spans + (isLogs ? 0 : lacking.items),
        logRecords: logRecords + (isLogs ? lacking.items : 0),
        oldest: Math.min(oldest ?? lacking.oldest, lacking.oldest),
      };
      counted.add(name);
    }
  }
  return { upstreams, isPartial: due.length > MOST_LOGS, moved: tables.movedTraces(MOST_LOGS) };
}

function lackingOf(
  sql: SqlStorage,
  traceId: string,
  log: number,
  { sink, delivered, position }: OutboxRow,
): { readonly items: number; readonly oldest: number } | undefined {
  const [kind, count] = signalOfSink(sink) === "logs" ? ["logs", "$.records"] : ["spans", "$.spans"];
  const { items, oldest } = sql
    .exec<{ items: number | null; oldest: number | null }>(
      `SELECT sum(receipt ->> ?) AS items, min(received) AS oldest FROM chunk
       WHERE place > ? AND place < ? AND trace = ? AND kind = ? AND trace_revision > ?`,
      count,
      // A revision of a trace is never above that of its log.
      log * PLACES + delivered,
      (log + 1) * PLACES,
      traceId,
      kind,
      delivered,
    )
    .one();
  return oldest === null ? undefined : { items: Math.max(0, (items ?? 0) - position), oldest };
}
