import type { SpanKind } from "../facts/facts.ts";
import type { QueryGroups } from "./query-groups.ts";
import { failureAt, isCanceled, isError, statesException } from "./table/annotated-rows.ts";
import { MISSING, ROOT, topsOf } from "./table/parent-links.ts";
import type { SpanTable } from "./table/span-table.ts";
import { highWord, lowWord } from "../lib/hex.ts";

/** The errors of a session by row. */
export type Errors = {
  /** 1: the span counts as failed. */
  readonly failed: Uint8Array;
  /** 1: the span failed, and does not only repeat the failure of a span below it. */
  readonly causes: Uint8Array;
};

const known = new WeakMap<QueryGroups, Errors>();

/**
 * Which spans failed, and why: one failure is often reported by each span that it passes. Depends on the set of spans only.
 * A canceled span did not fail. Neither did a span above a run that waits for a person, if its status alone says so.
 */
export function errorsOf(table: SpanTable, groups: QueryGroups): Errors {
  let errors = known.get(groups);
  if (errors === undefined) known.set(groups, (errors = foldErrors(table, groups)));
  return errors;
}

function foldErrors(table: SpanTable, groups: QueryGroups): Errors {
  const { parents, order, derived } = groups;
  const failed = new Uint8Array(parents.length);
  let count = 0;
  for (let row = 0; row < parents.length; row++) {
    if (derived?.duplicates[row] === 1 || !isError(table, row) || isCanceled(table, row)) continue;
    failed[row] = 1;
    count++;
  }
  if (count === 0) return { failed, causes: failed };
  passPauses(table, groups, failed);
  const above = failedAbove(groups, failed);
  const causes = failed.slice();
  for (const row of order) {
    const repeated = failed[row] === 1 ? (above[row] ?? ROOT) : ROOT;
    if (repeated >= 0 && explains(table, row, repeated)) causes[repeated] = 0;
  }
  return { failed, causes };
}

/** Spans above a pause did not fail, if only their status says so and no other span below them failed. */
function passPauses(table: SpanTable, groups: QueryGroups, failed: Uint8Array): void {
  const paused = rowsAbovePauses(table, groups);
  if (paused === undefined) return;
  const { parents, order } = groups;
  const failedBelow = new Uint8Array(parents.length);
  for (let at = order.length - 1; at >= 0; at--) {
    const row = order[at] ?? 0;
    if (failed[row] === 1 && paused[row] === 1 && failedBelow[row] !== 1 && !statesException(table, row))
      failed[row] = 0;
    const parent = parents[row] ?? ROOT;
    if (parent >= 0 && (failed[row] === 1 || failedBelow[row] === 1)) failedBelow[parent] = 1;
  }
}

/** By row: the nearest failed row above it. A subtree whose parent is missing counts as below its query's span. */
function failedAbove({ parents, order, queries, queryOf }: QueryGroups, failed: Uint8Array): Int32Array {
  const above = new Int32Array(parents.length).fill(ROOT);
  let hasStrays = false;
  for (const row of order) {
    const parent = parents[row] ?? ROOT;
    if (parent >= 0) above[row] = failed[parent] === 1 ? parent : (above[parent] ?? ROOT);
    hasStrays ||= parent === MISSING;
  }
  if (!hasStrays) return above;
  const tops = topsOf(parents, order);
  const inPlace = above.slice();
  for (let row = 0; row < above.length; row++) {
    const top = tops[row] ?? row;
    if (failed[row] !== 1 || (inPlace[row] ?? ROOT) >= 0 || parents[top] !== MISSING) continue;
    const query = queries[queryOf[row] ?? -1];
    if (query?.received !== true || tops[query.lead] === top) continue;
    above[row] = failed[query.lead] === 1 ? query.lead : (inPlace[query.lead] ?? ROOT);
  }
  return above;
}

const TRANSPORT: ReadonlySet<SpanKind> = new Set<SpanKind>(["http", "db", "messaging"]);
/** Calls fail because what they send fails. */
const CALLS: ReadonlySet<SpanKind> = new Set<SpanKind>(["llm", "embedding", "retrieval", "tool", ...TRANSPORT]);

/** UTF-16 units of a failure that must be found again: the texts are cut, and each span may put its own words in front. */
const COMPARED = 48;
/** A shorter text is found in any other by chance. */
const LEAST = 3;

/** Whether a row's failure is the one that the row above it repeats. */
function explains(table: SpanTable, row: number, above: number): boolean {
  if (!statesException(table, above)) return true;
  if (TRANSPORT.has(table.rows.kind(row)) && CALLS.has(table.rows.kind(above))) return true;
  const own = failureAt(table, row);
  const repeated = failureAt(table, above);
  // Without words it is the failure that the row above words.
  if (own === undefined || own === repeated) return true;
  return repeated !== undefined && (contains(repeated, own) || contains(own, repeated));
}

function contains(text: string, part: string): boolean {
  return part.length >= LEAST && text.includes(part.slice(0, COMPARED));
}

/** By row: 1 above a run that stopped for a person's answer; `undefined` without such a run. */
function rowsAbovePauses(table: SpanTable, { parents }: QueryGroups): Uint8Array | undefined {
  let above: Uint8Array | undefined;
  for (const row of pausedRows(table)) {
    above ??= new Uint8Array(parents.length);
    for (let at = parents[row] ?? ROOT; at >= 0 && above[at] !== 1; at = parents[at] ?? ROOT) above[at] = 1;
  }
  return above;
}

/** Rows of ended spans that left a request open, answered since or not. */
function* pausedRows(table: SpanTable): Generator<number> {
  for (const { trace, spanId, otlpKind, inputRequest } of table.inputRequests.all) {
    if (inputRequest.state !== "open") continue;
    const row = table.find(trace, { spanId, otlpKind });
    if (row >= 0 && !table.rows.running(row)) yield row;
  }
  for (const { trace, spanId, inputRequest } of table.annotations.inputRequests()) {
    if (inputRequest.state !== "open" || inputRequest.untilEnd === true) continue;
    const row = table.rowOf(trace, highWord(spanId), lowWord(spanId));
    if (row >= 0 && !table.rows.running(row)) yield row;
  }
}
