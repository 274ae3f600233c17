import type { SessionSummary } from "../../../session/summary.ts";
import { mintFeedStart } from "../../../session/contract/feed.ts";
import { mintGeneration } from "../../generation.ts";
import { FEED } from "./feed-rows.ts";
import { insertSession, storedSession } from "./row-write.ts";

/** Raised when the tables change; `openDirectory` then migrates what an older version wrote. */
const SCHEMA_VERSION = 4;

/**
 * What a list filters and sorts by stands apart from summaries, so that reading all of it reads little. `n` is the row's
 * number in every table and in full text. Full text keeps no text of its own: `search` has it, to tell what changed.
 */
const TABLES = `
CREATE TABLE session (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, generation TEXT NOT NULL, session_revision INTEGER NOT NULL,
  revision INTEGER NOT NULL, kind TEXT NOT NULL, activity REAL NOT NULL, start REAL NOT NULL, end REAL NOT NULL,
  tokens REAL NOT NULL, cost REAL NOT NULL, errors REAL NOT NULL, liveness TEXT NOT NULL,
  traces INTEGER NOT NULL DEFAULT 0, reported_revision INTEGER NOT NULL DEFAULT 0,
  bytes REAL NOT NULL, oldest REAL NOT NULL, events INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX session_revision ON session (revision);
CREATE TABLE summary (n INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE search (n INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5 (
  body, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);
`;

const META = "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID";
const GONE = `
CREATE TABLE tombstone (
  id TEXT PRIMARY KEY, generation TEXT NOT NULL, revision INTEGER NOT NULL, session TEXT, at INTEGER NOT NULL,
  reported_revision INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID`;
const GONE_REVISION = "CREATE INDEX tombstone_revision ON tombstone (revision)";

/** Queries whose events were posted, by Ark's UID: where they went, and what they are called. */
const QUERIES = `
CREATE TABLE query (
  uid TEXT NOT NULL, session TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (uid, session)
) WITHOUT ROWID;
CREATE INDEX query_session ON query (session)`;

/** Creates the tables, or brings those of an older version up to this one; all or nothing. */
export function openDirectory(storage: DurableObjectStorage): void {
  const { sql } = storage;
  const version = versionOf(sql);
  if (version === SCHEMA_VERSION) return;
  storage.transactionSync(() => {
    if (version === 0) {
      sql.exec(`${META}; ${GONE}; ${GONE_REVISION}; ${TABLES}; ${FEED}; ${QUERIES}`);
      sql.exec("INSERT INTO meta VALUES ('generation', ?)", mintGeneration(Date.now()));
    } else if (version === 1) {
      migrateFirst(sql);
      migrateSecond(sql);
    } else if (version === 2) {
      sql.exec(`
        ALTER TABLE session ADD COLUMN traces INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE session ADD COLUMN reported_revision INTEGER NOT NULL DEFAULT 0;
        ${WHAT_IS_KEPT}${EVENTS}`);
      migrateSecond(sql);
    } else if (version === 3) {
      sql.exec(`${WHAT_IS_KEPT}${EVENTS}`);
    } else {
      throw new Error(`The list was written by a newer version: schema ${version}`);
    }
    sql.exec("INSERT OR REPLACE INTO meta VALUES ('schema', ?)", String(SCHEMA_VERSION));
  });
}

function versionOf(sql: SqlStorage): number {
  if (sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'meta'").toArray().length === 0) return 0;
  return Number(sql.exec<{ value: string }>("SELECT value FROM meta WHERE key = 'schema'").one().value);
}

/** Version 2 did not know it. Nothing is older than what it was heard of last; of what keeps no bytes the session is asked. */
const WHAT_IS_KEPT = `
ALTER TABLE session ADD COLUMN bytes REAL NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN oldest REAL NOT NULL DEFAULT 0;
UPDATE session SET oldest = activity;
`;

/** Counted by the next report. */
const EVENTS = "ALTER TABLE session ADD COLUMN events INTEGER NOT NULL DEFAULT 0;";

const MIGRATED_ROWS = 500;

/** What summaries of the first version did not have yet: their sessions may never speak again. */
const LATER_FIELDS = { teams: [], users: [] };

/** Version 1 kept a summary and its last activity in one row, without full text. */
function migrateFirst(sql: SqlStorage): void {
  sql.exec(`
    DROP INDEX session_activity; DROP INDEX session_revision; ALTER TABLE session RENAME TO former;
    CREATE INDEX former_revision ON former (revision); ${GONE_REVISION}; ${TABLES}`);
  let after = -1;
  for (;;) {
    const rows = sql
      .exec<{ id: string; generation: string; session_revision: number; revision: number; summary: string }>(
        "SELECT id, generation, session_revision, revision, summary FROM former WHERE revision > ? ORDER BY revision LIMIT ?",
        after,
        MIGRATED_ROWS,
      )
      .toArray();
    for (const { id, generation, session_revision, revision, summary: text } of rows) {
      after = revision;
      const summary = { ...LATER_FIELDS, ...(JSON.parse(text) as SessionSummary) };
      insertSession(sql, storedSession({ id, generation, revision: session_revision, summary }), revision);
    }
    if (rows.length < MIGRATED_ROWS) break;
  }
  sql.exec("DROP TABLE former");
}

/** Version 2 did not know how many traces there are, nor in which order sessions told of their logs: that of their last change does. */
function migrateSecond(sql: SqlStorage): void {
  sql.exec(`
    ALTER TABLE tombstone ADD COLUMN reported_revision INTEGER NOT NULL DEFAULT 0; ${FEED}; ${QUERIES};
    UPDATE session SET traces = (SELECT json_extract(body, '$.traces') FROM summary WHERE summary.n = session.n)`);
  const now = Date.now();
  sql.exec(
    `INSERT INTO feed
     SELECT ? + sum(session_revision) OVER (ORDER BY revision), id, generation, 0, session_revision, ? FROM session
     WHERE session_revision > 0`,
    mintFeedStart(now),
    now,
  );
}
