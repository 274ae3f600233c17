/** Raised when the tables change, or what stands in them: 2 has bodies in brotli and chunks of log records. */
export const SCHEMA_VERSION = 2;

const TABLES = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE trace (
  trace TEXT PRIMARY KEY, role TEXT NOT NULL, session TEXT, epoch INTEGER NOT NULL,
  refused TEXT, leaving TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE chunk (
  revision INTEGER PRIMARY KEY, trace TEXT NOT NULL, trace_revision INTEGER NOT NULL, kind TEXT NOT NULL,
  received INTEGER NOT NULL, encoding TEXT NOT NULL, receipt TEXT NOT NULL, hashes TEXT, facts TEXT NOT NULL,
  body BLOB NOT NULL, parts INTEGER NOT NULL, bytes INTEGER NOT NULL
);
CREATE TABLE chunk_part (
  revision INTEGER NOT NULL, part INTEGER NOT NULL, facts TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (revision, part)
) WITHOUT ROWID;
CREATE TABLE value (
  hash TEXT NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, encoding TEXT NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (hash, part)
) WITHOUT ROWID;
`;

/** Whether anything was ever written here. Reads only: an object that is merely asked stays empty, and costs nothing. */
export function isEmpty(sql: SqlStorage): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'meta'").toArray().length === 0;
}

/** Which version wrote. Throws where it is a newer one: after a rollback, what it does not know it must not change. */
export function checkSessionSchema(written: string | undefined): number {
  const version = Number(written);
  if (version <= SCHEMA_VERSION) return version;
  throw new Error(`this session is of schema ${written}; this version of the program knows ${SCHEMA_VERSION}`);
}

/** Called inside the first append's transaction. */
export function createSessionSchema(sql: SqlStorage): void {
  sql.exec(TABLES);
  sql.exec("INSERT INTO meta VALUES ('schema', ?)", String(SCHEMA_VERSION));
}
