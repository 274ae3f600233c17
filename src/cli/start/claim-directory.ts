import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const SQLITE_BUSY = 5;

/** Locks are released when what holds them is collected. */
const held: DatabaseSync[] = [];

/**
 * Claims a data directory for this process until it ends: two runtimes would write to the same databases. The claim is the
 * lock of an empty database: the system gives it to one of all who ask at the same moment, by whichever path they reach
 * it, and takes it back when its owner ends, however that ends. Answers whether it was free;
 * throws where the directory, which must be there, takes no database.
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
