import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const SQLITE_BUSY = 5;

/** Keeps the databases from being collected, which would release their locks. */
const held: DatabaseSync[] = [];

/**
 * Claims a data directory for this process until it ends: two runtimes would write to the same databases.
 *
 * The claim is the lock of an empty database. The system gives it to exactly one of several processes, whichever path they
 * use, and releases it when that process ends, even by SIGKILL. Answers whether the directory was free. Throws if the
 * directory is missing or can't hold a database.
 */
export function claimDirectory(directory: string): boolean {
  const file = join(directory, "claim.sqlite");
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    if ((error as { readonly errcode?: number }).errcode === SQLITE_BUSY) return false;
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  held.push(database);
  return true;
}
