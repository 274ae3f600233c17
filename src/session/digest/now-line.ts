import { highWord, lowWord } from "../../lib/hex.ts";
import { cutToJsonBytes } from "../../lib/json-bytes.ts";
import { isSameRange } from "../clock-outliers.ts";
import type { ClockRange } from "../clock-outliers.ts";
import { comparePartRows, foldParts } from "../part-fold.ts";
import type { PartFold, PartRow } from "../part-fold.ts";
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
  parts: readonly PartFold[],
  clocks: ClockRange,
  waiting: OpenInputRequest | undefined,
): NowLine | undefined {
  const found = (waiting === undefined ? undefined : rowOf(parts, waiting)) ?? currentStep(parts, clocks);
  if (found === undefined) return undefined;
  const { table, fold, row } = found;
  const { groups } = fold;
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

function rowOf(parts: readonly PartFold[], { span = "" }: OpenInputRequest): PartRow | undefined {
  const [traceId = "", spanId = ""] = span.split(":");
  for (const part of parts) {
    const row = part.table.rowOf(part.table.traceNumber(traceId), highWord(spanId), lowWord(spanId));
    if (row >= 0) return { ...part, row };
  }
  return undefined;
}

/** The steps of a part that may be the session's. */
type Candidates = {
  readonly running: PartRow | undefined;
  /** `plumbing`: nothing else runs in the part. */
  readonly runs: "work" | "plumbing";
  readonly ended: PartRow | undefined;
};

const candidatesIn = foldParts((part) => {
  let known: { readonly of: ClockRange; readonly candidates: Candidates } | undefined;
  return (clocks: ClockRange): Candidates => {
    if (known === undefined || !isSameRange(known.of, clocks))
      known = { of: clocks, candidates: findCandidates(part, clocks) };
    return known.candidates;
  };
});

function findCandidates(part: PartFold, clocks: ClockRange): Candidates {
  const { table, fold } = part;
  const { row, runs } = runningStep(table, fold.groups, clocks);
  const ended = lastEnded(table, fold.groups, clocks);
  return {
    running: row < 0 ? undefined : { ...part, row },
    runs,
    ended: ended < 0 ? undefined : { ...part, row: ended },
  };
}

function currentStep(parts: readonly PartFold[], clocks: ClockRange): PartRow | undefined {
  const found = candidatesIn(parts).map((candidates) => candidates(clocks));
  // Plumbing counts only if nothing else runs.
  const runs = found.some((part) => part.running !== undefined && part.runs === "work") ? "work" : "plumbing";
  let running: PartRow | undefined;
  let ended: PartRow | undefined;
  for (const part of found) {
    if (part.running !== undefined && part.runs === runs)
      if (running === undefined || comparePartRows(part.running, running) > 0) running = part.running;
    if (part.ended !== undefined && (ended === undefined || isLater(part.ended, ended))) ended = part.ended;
  }
  return running ?? ended;
}

function runningStep(
  table: SpanTable,
  groups: QueryGroups,
  clocks: ClockRange,
): { readonly row: number; readonly runs: Candidates["runs"] } {
  const running: number[] = [];
  for (let row = 0; row < table.rows.length; row++) {
    if (!table.rows.running(row) || groups.derived?.duplicates[row] === 1) continue;
    if (!hasAbsurdTime(table, row, clocks)) running.push(row);
  }
  const work = running.filter((row) => !isPlumbingRow(table, row));
  return work.length > 0
    ? { row: lastInnermost(table, groups, work), runs: "work" }
    : { row: lastInnermost(table, groups, running), runs: "plumbing" };
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
const CALLS = Row.kindsOf(["llm", "tool", "retrieval", "embedding"]);

const weightOf = (table: SpanTable, row: number): number =>
  table.rows.isAnyOf(row, CALLS) ? 2 : isPlumbingRow(table, row) ? 0 : 1;

function lastEnded(table: SpanTable, groups: QueryGroups, clocks: ClockRange): number {
  const { rows } = table;
  let last = ROOT;
  let lastWeight = 0;
  for (let row = 0; row < rows.length; row++) {
    if (rows.running(row) || groups.derived?.duplicates[row] === 1) continue;
    const weight = weightOf(table, row);
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

/** As within a part. */
function isLater(a: PartRow, b: PartRow): boolean {
  const byWeight = weightOf(a.table, a.row) - weightOf(b.table, b.row);
  if (byWeight !== 0) return byWeight > 0;
  const end = a.table.rows.long(a.row, Row.LAST);
  const other = b.table.rows.long(b.row, Row.LAST);
  return end === other ? comparePartRows(a, b) > 0 : end > other;
}
