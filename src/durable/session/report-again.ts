import type { LogIds } from "../../session/contract/directory.ts";
import type { ShardTables } from "./log/tables.ts";

/** Ids in one answer. */
const IDS_A_PAGE = 5_000;
/** Logs that report, or look at their copies, a second: the alarm reads each, and other logs wait for it. */
const LOGS_PER_SECOND = 200;

type Row = { readonly id: string; readonly owes: number; readonly move: number };

/** The logs after an id, a page of them, in the order of SQLite's text. `owes`: the list may have it, or it owns a moved trace, or it has moved. */
function rowsAfter(tables: ShardTables, after: string): Row[] {
  if (!tables.exists) return [];
  return tables.sql
    .exec<Row>(
      `SELECT id, move, listed = 1 OR move > 0 OR (session IS NOT NULL AND session <> id) AS owes
       FROM log LEFT JOIN trace ON trace.log = log.log AND trace.trace = log.id AND role = 'owner'
       WHERE id > ? AND (log.log <> 0 OR move > 0) ORDER BY id LIMIT ?`,
      after,
      IDS_A_PAGE,
    )
    .toArray();
}

/** Of these, the ids. */
export function idsAfter(tables: ShardTables, after: string): LogIds {
  return idsIn(rowsAfter(tables, after));
}

/**
 * Makes them due: those that the list may have report again, and owners of moved traces look whether their session still has all.
 * Those that have moved are called in their own objects. Answers their ids. Call inside a transaction.
 */
export function makeDue(tables: ShardTables, after: string, now: number): LogIds & { readonly isDue: boolean } {
  const rows = rowsAfter(tables, after);
  const due = rows.filter(({ owes }) => owes === 1);
  due.forEach(({ id }, at) =>
    tables.sql.exec("INSERT OR IGNORE INTO due VALUES (?, ?)", id, now + Math.round((at * 1_000) / LOGS_PER_SECOND)),
  );
  return { ...idsIn(rows), isDue: due.length > 0 };
}

function idsIn(rows: readonly Row[]): LogIds {
  const ids = rows.map(({ id }) => id);
  const moved = rows.filter(({ move }) => move > 0).map(({ id }) => id);
  return { ids, moved, ...(ids.length < IDS_A_PAGE ? {} : { next: ids.at(-1) ?? "" }) };
}
