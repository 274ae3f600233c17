import { MISSING, ROOT, SELF } from "./parent-links.ts";
import { isQueryOpen } from "./query-fold.ts";
import type { QueryFold } from "./query-fold.ts";
import { compareRows } from "./query-groups.ts";
import { SpanIndex } from "./span-index.ts";
import * as Row from "./span-rows.ts";
import type { SpanTable } from "./span-table.ts";
import type { LivenessFacts } from "./summary.ts";

/** What liveness needs of a session's spans. Each parent that has not come counts once, however many spans name it. */
export function livenessFacts(table: SpanTable, { groups, queries }: QueryFold, lastArrival: string): LivenessFacts {
  const { rows } = table;
  const ended = new Set<number>();
  for (const query of queries) if (!isQueryOpen(table, query)) ended.add(query.trace);
  const absent = new SpanIndex({
    trace: (row) => rows.word(row, Row.TRACE),
    high: (row) => rows.word(row, Row.PARENT),
    low: (row) => rows.word(row, Row.PARENT + 1),
  });
  let running = 0;
  let oldest = -1;
  let awaitedParents = 0;
  let missingParents = 0;
  let failed = queries.some((query) => query.failed);
  for (let row = 0; row < rows.length; row++) {
    const parent = groups.parents[row] ?? ROOT;
    if (rows.running(row)) {
      running++;
      if (oldest < 0 || compareRows(table, row, oldest) < 0) oldest = row;
    } else if (rows.error(row) && (parent === ROOT || parent === SELF)) failed = true;
    if (parent !== MISSING) continue;
    const trace = rows.word(row, Row.TRACE);
    if (absent.first(trace, rows.word(row, Row.PARENT), rows.word(row, Row.PARENT + 1)) >= 0) continue;
    absent.add(row);
    if (ended.has(trace)) missingParents++;
    else awaitedParents++;
  }
  const oldestRunning =
    oldest < 0
      ? {}
      : { oldestRunning: { name: table.text(oldest, Row.NAME) ?? "", start: rows.long(oldest, Row.START).toString() } };
  return { lastArrival, running, ...oldestRunning, awaitedParents, missingParents, failed };
}
