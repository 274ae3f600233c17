import { NO_PATH } from "../facts/ancestor-paths.ts";
import { IdSet } from "../table/rows/id-set.ts";
import { MISSING } from "../table/parent-links.ts";
import * as Row from "../table/rows/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";

/**
 * Parents that were named and have not come, by trace number: those that spans name as their parents, and those that the
 * spans' paths name above these. Each counts once, however many spans name it.
 */
export function absentParents(table: SpanTable, parents: Int32Array): Map<number, number> {
  const { rows, paths } = table;
  const counts = new Map<number, number>();
  const seen = new IdSet();
  const walked = new Uint8Array(paths.length + 1);
  const add = (trace: number, high: number, low: number): void => {
    if (seen.add(trace, high, low)) counts.set(trace, (counts.get(trace) ?? 0) + 1);
  };
  for (let row = 0; row < rows.length; row++) {
    if (parents[row] !== MISSING) continue;
    const trace = rows.word(row, Row.TRACE);
    add(trace, rows.word(row, Row.PARENT), rows.word(row, Row.PARENT + 1));
    let path = rows.path(row);
    // Whoever walked here before went on to the same end.
    while (path !== NO_PATH && walked[path] === 0 && table.rowOf(trace, paths.high(path), paths.low(path)) < 0) {
      walked[path] = 1;
      add(trace, paths.high(path), paths.low(path));
      path = paths.above(path);
    }
  }
  return counts;
}

/** The outermost of the spans above a row that have not come, as the row's path names them, else the row's parent; "" where nothing names it. */
export function outermostAbsent(table: SpanTable, row: number): { readonly spanId: string; readonly name: string } {
  const { rows, paths } = table;
  const trace = rows.word(row, Row.TRACE);
  let outermost = NO_PATH;
  let path = rows.path(row);
  while (path !== NO_PATH && table.rowOf(trace, paths.high(path), paths.low(path)) < 0) {
    outermost = path;
    path = paths.above(path);
  }
  if (outermost === NO_PATH) return { spanId: rows.hex(row, Row.PARENT), name: "" };
  const spanId = Row.hexOf(paths.high(outermost), paths.low(outermost));
  return { spanId, name: table.string(paths.name(outermost)) ?? "" };
}
