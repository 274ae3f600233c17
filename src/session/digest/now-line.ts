import type { SpanKind } from "../../facts/facts.ts";
import { highWord, lowWord } from "../../lib/hex.ts";
import { cutToJsonBytes } from "../../lib/json-bytes.ts";
import type { ClockRange } from "../clock-outliers.ts";
import type { QueryGroups } from "../query-groups.ts";
import { hasAbsurdTime } from "../session-times.ts";
import type { NowLine, OpenInputRequest } from "../summary.ts";
import { compareRows } from "../table/annotated-rows.ts";
import { ROOT } from "../table/parent-links.ts";
import * as Row from "../table/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import { agentAround, isPlumbingRow, stepName } from "./step-names.ts";

/** Bytes of JSON text. */
const MAX_AGENT = 44;
const MAX_STEP = 64;

/**
 * The step that waits for an answer; else the innermost running step, of several the one that started last; else the step that
 * ended last. Times that a wrong clock gave do not count.
 */
export function nowLine(
  table: SpanTable,
  groups: QueryGroups,
  clocks: ClockRange,
  waiting: OpenInputRequest | undefined,
): NowLine | undefined {
  const asking = waiting === undefined ? ROOT : rowOf(table, waiting);
  const running = asking >= 0 ? asking : runningStep(table, groups, clocks);
  const row = running >= 0 ? running : lastEnded(table, groups, clocks);
  if (row < 0) return undefined;
  const { rows } = table;
  const state = rows.running(row) ? "running" : "ended";
  const agent = agentAround(table, groups, row);
  return {
    ...(agent < 0 ? {} : { agent: cutToJsonBytes(stepName(table, groups, agent), MAX_AGENT) }),
    kind: rows.kind(row),
    step: cutToJsonBytes(stepName(table, groups, row), MAX_STEP),
    state,
    since: rows.long(row, state === "running" ? Row.START : Row.LAST).toString(),
  };
}

function rowOf(table: SpanTable, { span = "" }: OpenInputRequest): number {
  const [traceId = "", spanId = ""] = span.split(":");
  return table.rowOf(table.traceNumber(traceId), highWord(spanId), lowWord(spanId));
}

/** Plumbing counts only if nothing else runs. */
function runningStep(table: SpanTable, groups: QueryGroups, clocks: ClockRange): number {
  const running: number[] = [];
  for (let row = 0; row < table.rows.length; row++) {
    if (!table.rows.running(row) || groups.derived?.duplicates[row] === 1) continue;
    if (!hasAbsurdTime(table, row, clocks)) running.push(row);
  }
  const work = running.filter((row) => !isPlumbingRow(table, row));
  return lastInnermost(table, groups, work.length > 0 ? work : running);
}

function lastInnermost(table: SpanTable, { parents }: QueryGroups, running: readonly number[]): number {
  const outer = new Uint8Array(running.length === 0 ? 0 : parents.length);
  // What is above a known outer row is known, too.
  for (const row of running)
    for (let at = parents[row] ?? ROOT; at >= 0 && outer[at] !== 1; at = parents[at] ?? ROOT) outer[at] = 1;
  let last = ROOT;
  for (const row of running) if (outer[row] !== 1 && (last < 0 || compareRows(table, row, last) > 0)) last = row;
  return last;
}

/** Calls say more than what is around them, and that more than what they send. */
const CALLS: ReadonlySet<SpanKind> = new Set<SpanKind>(["llm", "tool", "retrieval", "embedding"]);

function lastEnded(table: SpanTable, groups: QueryGroups, clocks: ClockRange): number {
  const { rows } = table;
  let last = ROOT;
  let lastWeight = 0;
  for (let row = 0; row < rows.length; row++) {
    if (rows.running(row) || groups.derived?.duplicates[row] === 1) continue;
    const weight = CALLS.has(rows.kind(row)) ? 2 : isPlumbingRow(table, row) ? 0 : 1;
    if (last >= 0) {
      const order = weight - lastWeight || rows.order(row, Row.LAST, last, Row.LAST) || compareRows(table, row, last);
      if (order <= 0) continue;
    }
    if (hasAbsurdTime(table, row, clocks)) continue;
    last = row;
    lastWeight = weight;
  }
  return last;
}
