import { mintGeneration } from "../../generation.ts";
import { openTables } from "../../../lib/meta-table.ts";
import type { MetaTable } from "../../../lib/meta-table.ts";

/**
 * Columns to filter and sort by are apart from summaries, so that reading all of them reads little. `n` is the row's number in
 * every table and in full text. Full text has no content of its own: `search` has the text, to see whether it changed.
 */
const TABLES = `
CREATE TABLE session (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, generation TEXT NOT NULL, session_revision INTEGER NOT NULL,
  revision INTEGER NOT NULL, kind TEXT NOT NULL, activity REAL NOT NULL, start REAL NOT NULL, end REAL NOT NULL,
  tokens REAL NOT NULL, cost REAL NOT NULL, estimated REAL NOT NULL, unpriced INTEGER NOT NULL, errors REAL NOT NULL,
  liveness TEXT NOT NULL,
  reported_revision INTEGER NOT NULL DEFAULT 0, bytes REAL NOT NULL, oldest REAL NOT NULL
);
CREATE INDEX session_revision ON session (revision);
CREATE TABLE summary (n INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE search (n INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5 (
  body, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);
`;

const TOMBSTONE = `
CREATE TABLE tombstone (
  id TEXT PRIMARY KEY, generation TEXT NOT NULL, revision INTEGER NOT NULL, session TEXT, at INTEGER NOT NULL
) WITHOUT ROWID`;
const TOMBSTONE_REVISION = "CREATE INDEX tombstone_revision ON tombstone (revision)";

/** Creates the tables when the directory is called first; throws if another schema wrote them. */
export function openDirectory(storage: DurableObjectStorage): MetaTable {
  return openTables(storage, `${TOMBSTONE}; ${TOMBSTONE_REVISION}; ${TABLES}`, {
    firstValues: () => ({ generation: mintGeneration(Date.now()) }),
  });
}
