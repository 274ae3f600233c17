import type { LogIds } from "../../session/contract/directory.ts";
import type { ShardTables } from "./log/tables.ts";

/** Ids in one answer. */
const IDS_A_PAGE = 5_000;
/** Logs that report, or look at their copies, a second: the alarm reads each, and other logs wait for it. */
const LOGS_PER_SECOND = 200;

/**
 * Makes the logs after an id due, a page of them: those that the list may have report again, and owners of moved traces look whether
 * their session still has all. Those that have moved are called in their own objects. Answers their ids, in the order of SQLite's text. Call inside a transaction.
 */
export function makeDue(tables: ShardTables, after: string, now: number): LogIds & { readonly isDue: boolean } {
  if (!tables.exists) return { ids: [], moved: [], isDue: false };
  const rows = tables.sql
    .exec<{ id: string; owes: number; move: number }>(
      `SELECT id, move, listed = 1 OR move > 0 OR (session IS NOT NULL AND session <> id) AS owes
       FROM log LEFT JOIN trace ON trace.log = log.log AND trace.trace = log.id AND role = 'owner'
       WHERE id > ? AND (log.log <> 0 OR move > 0) ORDER BY id LIMIT ?`,
      after,
      IDS_A_PAGE,
    )
    .toArray();
  const due = rows.filter(({ owes }) => owes === 1);
  due.forEach(({ id }, at) =>
    tables.sql.exec("INSERT OR IGNORE INTO due VALUES (?, ?)", id, now + Math.round((at * 1_000) / LOGS_PER_SECOND)),
  );
  const ids = rows.map(({ id }) => id);
  const moved = rows.filter(({ move }) => move > 0).map(({ id }) => id);
  return { ids, moved, isDue: due.length > 0, ...(ids.length < IDS_A_PAGE ? {} : { next: ids.at(-1) ?? "" }) };
}
