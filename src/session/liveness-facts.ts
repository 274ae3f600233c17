import { ROOT, SELF } from "./table/parent-links.ts";
import { isQueryOpen } from "./queries.ts";
import type { QueryFold } from "./queries.ts";
import { errorsOf } from "./errors.ts";
import { compareRows } from "./table/annotated-rows.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";
import type { LivenessFacts } from "./summary.ts";
import { linkPlaceholders } from "./tree/placeholders.ts";
import { waitingOf } from "./waiting.ts";

/** The facts that liveness needs of a session's spans. */
export function livenessFacts(table: SpanTable, fold: QueryFold, lastArrival: string): LivenessFacts {
  const { rows } = table;
  const { groups, queries } = fold;
  const errors = errorsOf(table, groups);
  const ended = endedTraces(table, fold);
  let running = 0;
  let oldest = -1;
  let awaitedParents = queries.filter(({ open }) => open === true).length;
  let missingParents = 0;
  let failed = queries.some((query) => query.failed);
  for (let row = 0; row < rows.length; row++) {
    if (groups.derived?.duplicates[row] === 1) continue;
    const parent = groups.parents[row] ?? ROOT;
    if (rows.running(row)) {
      running++;
      if (oldest < 0 || compareRows(table, row, oldest) < 0) oldest = row;
    } else if (errors.failed[row] === 1 && (parent === ROOT || parent === SELF)) failed = true;
  }
  for (const { trace } of linkPlaceholders(table, groups).placeholders) {
    if (ended.has(trace)) missingParents++;
    else awaitedParents++;
  }
  const oldestRunning =
    oldest < 0
      ? {}
      : { oldestRunning: { name: table.text(oldest, Row.NAME) ?? "", start: rows.long(oldest, Row.START).toString() } };
  const waiting = waitingOf(table, fold);
  return {
    lastArrival,
    running,
    ...oldestRunning,
    awaitedParents,
    missingParents,
    failed,
    ...(waiting === undefined ? {} : { waiting }),
  };
}

/** Numbers of the traces with an ended query: their missing parents are no longer awaited. */
export function endedTraces(table: SpanTable, { groups, queries }: QueryFold): Set<number> {
  const open = queries.map((query) => isQueryOpen(table, query));
  const ended = new Set<number>();
  groups.queryOf.forEach((query, row) => {
    if (open[query] === false) ended.add(table.rows.word(row, Row.TRACE));
  });
  return ended;
}
