import { nanoseconds } from "../../../lib/nanoseconds.ts";
import type { SessionReport } from "../../../session/contract/directory.ts";
import { listFacts } from "../../../session/list/list-filter.ts";
import type { ListFacts } from "../../../session/list/list-filter.ts";
import { searchText } from "../../../session/list/search-text.ts";
import { searchableOf } from "../../../session/list/searchable.ts";
import type { StorageUsage } from "../../../session/contract/retention.ts";
import type { LivenessFacts } from "../../../session/summary.ts";

/** A report as the tables hold it. */
export type StoredSession = Omit<SessionReport, "summary" | "search" | "storage" | "ended"> & {
  /** JSON text of the summary: the list passes it on unparsed. */
  readonly summary: string;
  readonly facts: ListFacts;
  readonly search: string;
  readonly storage: StorageUsage;
};

export function storedSession({
  summary: given,
  search = searchText(searchableOf(given)),
  storage,
  ended: _,
  ...report
}: SessionReport): StoredSession {
  const facts = listFacts(given);
  const summary = JSON.stringify(given);
  const usage = storage && { ...storage, bytes: storage.bytes + rowBytes(summary, search) };
  return { ...report, summary, facts, storage: usage ?? { bytes: 0, oldest: facts.activity }, search };
}

/** Cells of the row and of its indexes, in bytes. */
const CELLS_BYTES = 260;
/** Pages that are not full, and the index of full text. Measured over rows of 600 to 2,000 bytes. */
const SUMMARY_FILL = 1.1;
const SEARCH_FILL = 2.5;

/** The rows of a session on disk, an estimate. They are half of what a trace of few spans takes. */
function rowBytes(summary: string, search: string): number {
  return Math.round(CELLS_BYTES + summary.length * SUMMARY_FILL + search.length * SEARCH_FILL);
}

/** Inserts the row of a new session; returns its number. */
export function insertSession(sql: SqlStorage, report: StoredSession, revision: number): number {
  const { n } = sql
    .exec<{ n: number }>(
      `INSERT INTO session
       (id, generation, session_revision, revision, kind, activity, start, end, tokens, cost, estimated, unpriced, errors,
        liveness, reported_revision, bytes, oldest)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING n`,
      report.id,
      ...cellsOf(report, revision),
    )
    .one();
  sql.exec("INSERT INTO summary VALUES (?, ?)", n, report.summary);
  writeSearch(sql, n, report.search);
  return n;
}

/** Full text costs more than the rest of the row together: it is written only if it changed. */
export function updateSession(
  sql: SqlStorage,
  n: number,
  report: StoredSession,
  revision: number,
  knownSearch: string,
): void {
  sql.exec(
    `UPDATE session SET generation = ?, session_revision = ?, revision = ?, kind = ?, activity = ?, start = ?, end = ?,
     tokens = ?, cost = ?, estimated = ?, unpriced = ?, errors = ?, liveness = ?, reported_revision = ?, bytes = ?, oldest = ? WHERE n = ?`,
    ...cellsOf(report, revision),
    n,
  );
  sql.exec("UPDATE summary SET body = ? WHERE n = ?", report.summary, n);
  if (knownSearch !== report.search) writeSearch(sql, n, report.search);
}

export function deleteSession(sql: SqlStorage, n: number): void {
  for (const table of ["session", "summary", "search"]) sql.exec(`DELETE FROM ${table} WHERE n = ?`, n);
  // Numbers are bound as REAL, which full text does not take for a row number.
  sql.exec("DELETE FROM words WHERE rowid = CAST(? AS INTEGER)", n);
}

function writeSearch(sql: SqlStorage, n: number, text: string): void {
  sql.exec("INSERT OR REPLACE INTO search VALUES (?, ?)", n, text);
  sql.exec("INSERT OR REPLACE INTO words (rowid, body) VALUES (CAST(? AS INTEGER), ?)", n, text);
}

/** Facts of liveness as text, without the last arrival, which has a column: so most rows have the same text. */
export function livenessText({ lastArrival: _, ...facts }: LivenessFacts): string {
  return JSON.stringify(facts);
}

export function livenessIn(text: string, activity: number): LivenessFacts {
  const facts = JSON.parse(text) as Omit<LivenessFacts, "lastArrival">;
  return { ...facts, lastArrival: nanoseconds(activity) };
}

function cellsOf(report: StoredSession, revision: number) {
  const { generation, revision: sessionRevision, facts, reportedRevision = 0, storage: usage } = report;
  const { kind, activity, start, end, tokens, cost, estimated, unpriced, errors, liveness } = facts;
  const versions = [generation, sessionRevision, revision] as const;
  const amounts = [tokens, cost, estimated, unpriced, errors] as const;
  const listed = [kind, activity, start, end, ...amounts, livenessText(liveness)] as const;
  return [...versions, ...listed, reportedRevision, usage.bytes, usage.oldest] as const;
}
