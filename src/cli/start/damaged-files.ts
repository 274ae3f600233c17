import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import type * as Sqlite from "node:sqlite";
import { DAMAGE_NOTE } from "./data-disk.ts";

/** Where damaged files go, in the data directory: a folder for each start that found some. */
const ASIDE = "damaged";
/** In the data directory, from before a file is set aside until the list was compared with what is left. */
const REBUILD_NOTE = "rebuild";
/** Files that SQLite keeps beside a database. */
const BESIDE = ["", "-wal", "-shm", "-journal"];

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** `object`: name of the file, without its ending. `log`: id of the log in it. */
export type OwnFile = { readonly object: string; readonly log: string };

export type FoundDamage = {
  /** Databases that were moved, relative to the data directory. */
  readonly files: readonly string[];
  /** Where they are now; absolute. */
  readonly folder: string;
  /** The list has to be compared with the sessions that the objects hold. */
  readonly rebuild: boolean;
  /** How many shards the data is divided into, where a database says so. */
  readonly shards?: number;
  /** The objects that hold one log alone, if the list has to be compared with them: a shard without its file knows of none. */
  readonly own?: readonly OwnFile[];
  /** Whole databases could not be read: this Node has no SQLite. */
  readonly unread: boolean;
};

/**
 * Looks for damaged databases and moves them out of the runtime's folders: their objects begin empty. Each start reads the headers;
 * all of every database is read if `all` is set or an earlier run met damage. Call before the runtime has the files open.
 */
export function setDamagedAside(directory: string, all: boolean): FoundDamage {
  const sqlite = process.getBuiltinModule?.("node:sqlite");
  const isWhole = all || existsSync(join(directory, DAMAGE_NOTE));
  const databases = databasesIn(directory);
  const damaged = databases.filter((file) => hasBadHeader(file) || (isWhole && isUnreadable(file, sqlite)));
  const folder = join(directory, ASIDE, new Date().toISOString().replaceAll(":", "-"));
  const note = join(directory, REBUILD_NOTE);
  if (damaged.length > 0 || all) writeFileSync(note, "");
  for (const file of damaged) {
    const to = join(folder, basename(dirname(file)));
    mkdirSync(to, { recursive: true });
    for (const end of BESIDE) if (existsSync(file + end)) renameSync(file + end, join(to, basename(file) + end));
  }
  rmSync(join(directory, DAMAGE_NOTE), { force: true });
  const rebuild = existsSync(note);
  const sessions = databases.filter((file) => existsSync(file) && dirname(file).endsWith("-SessionObject"));
  const shards = rebuild && sqlite !== undefined ? shardsIn(sessions, sqlite) : undefined;
  const own = rebuild && sqlite !== undefined ? ownFilesIn(sessions, sqlite) : undefined;
  return {
    files: damaged.map((file) => relative(directory, file)),
    folder,
    rebuild,
    unread: isWhole && sqlite === undefined,
    ...(shards === undefined ? {} : { shards }),
    ...(own === undefined ? {} : { own }),
  };
}

/** The list agrees with the objects again. */
export function rebuilt(directory: string): void {
  rmSync(join(directory, REBUILD_NOTE), { force: true });
}

/** The runtime keeps each object's database two folders below. */
function databasesIn(directory: string): string[] {
  return foldersIn(directory)
    .filter((folder) => basename(folder) !== ASIDE)
    .flatMap(foldersIn)
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => file.endsWith(".sqlite"));
}

function foldersIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [join(directory, entry.name)] : [],
  );
}

const MAGIC = "SQLite format 3\0";

/** The header (SQLite's file format, 1.3) is none, or names more pages than the file has and the log beside it could add. */
function hasBadHeader(file: string): boolean {
  const header = Buffer.alloc(100);
  const descriptor = openSync(file, "r");
  try {
    const read = readSync(descriptor, header, 0, header.length, 0);
    if (read === 0) return false;
    if (read < header.length || header.toString("latin1", 0, MAGIC.length) !== MAGIC) return true;
  } finally {
    closeSync(descriptor);
  }
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const isCountValid = header.readUInt32BE(24) === header.readUInt32BE(92);
  return log === 0 && isCountValid && header.readUInt32BE(28) * pageBytes > statSync(file).size;
}

/** Reads all of it. Other errors than damage are left to the runtime. */
function isUnreadable(file: string, sqlite: typeof Sqlite | undefined): boolean {
  return sqlite !== undefined && statSync(file).size > 0 && query(sqlite, file, "PRAGMA quick_check(1)") !== "ok";
}

function shardsIn(databases: readonly string[], sqlite: typeof Sqlite): number | undefined {
  for (const file of databases) {
    const shards = Number(query(sqlite, file, "SELECT value FROM meta WHERE key = 'shards'"));
    if (shards > 0) return shards;
  }
  return undefined;
}

/** Those that have a log. A shard's `meta` has no entry `own`. */
function ownFilesIn(databases: readonly string[], sqlite: typeof Sqlite): OwnFile[] {
  const sql = `SELECT json_object('log', id) FROM log WHERE log > 0 AND EXISTS
    (SELECT 1 FROM meta WHERE key = 'own' AND json_extract(value, '$.state') = 'open')`;
  return databases.flatMap((file) => {
    const found = query(sqlite, file, sql);
    if (typeof found !== "string" || !found.startsWith("{")) return [];
    return [{ object: basename(file, ".sqlite"), ...(JSON.parse(found) as { readonly log: string }) }];
  });
}

/** The first value of the first row; "ok" for a database that can't be asked for another reason than damage. */
function query(sqlite: typeof Sqlite, file: string, sql: string): unknown {
  let database: Sqlite.DatabaseSync | undefined;
  try {
    database = new sqlite.DatabaseSync(file);
    return Object.values(database.prepare(sql).get() ?? {})[0];
  } catch (error) {
    const { errcode = 0 } = error as { readonly errcode?: number };
    // Extended codes have the primary one in their low byte.
    return [SQLITE_CORRUPT, SQLITE_NOTADB].includes(errcode & 0xff) ? "damaged" : "ok";
  } finally {
    try {
      database?.close();
    } catch {
      // A damaged one may not close either.
    }
  }
}
