import { createHash, createHmac } from "node:crypto";
import { open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The runtime names the file of an object by the hash of its class and name. */
function objectId(uniqueKey: string, name: string): string {
  const key = createHash("sha256").update(uniqueKey).digest();
  const base = createHmac("sha256", key).update(name).digest().subarray(0, 16);
  const check = createHmac("sha256", key).update(base).digest().subarray(0, 16);
  return Buffer.concat([base, check]).toString("hex");
}

/** The database of an object in a data directory. */
export function databaseOf(directory: string, kind: "SessionObject" | "DirectoryObject", name: string): string {
  return join(directory, "do", `spanfold-${kind}`, `${objectId(`spanfold-${kind}`, name)}.sqlite`);
}

/** Ids of the logs in a shard's database. */
export function logsIn(file: string): ReadonlySet<string> {
  const database = new DatabaseSync(file);
  const rows = database.prepare("SELECT id FROM log WHERE log <> 0").all();
  database.close();
  return new Set(rows.map(({ id }) => String(id)));
}

/** Ids of the logs that a shard's database says have moved to databases of their own. */
export function movedIn(file: string): string[] {
  const database = new DatabaseSync(file);
  const rows = database.prepare("SELECT id FROM log WHERE move <> 0").all();
  database.close();
  return rows.map(({ id }) => String(id));
}

/** Somebody removes a database, with the files beside it. */
export async function remove(file: string): Promise<void> {
  for (const end of ["", "-wal", "-shm"]) await rm(file + end, { force: true });
}

/** How a disk or a person damages a database: pages after the second, or its header. */
export async function damage(file: string, how: "pages" | "header"): Promise<void> {
  const database = new DatabaseSync(file);
  // What the log beside it holds comes into the database first.
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  const { size } = await stat(file);
  const [from, length] = how === "header" ? [0, 4_096] : [8_192, size - 8_192];
  const handle = await open(file, "r+");
  await handle.write(Buffer.alloc(length, 0xa5), 0, length, from);
  await handle.close();
}

/** Names of the files that were set aside. */
export async function filesAside(directory: string): Promise<string[]> {
  const found = await readdir(join(directory, "damaged"), { recursive: true }).catch(() => []);
  return found.filter((name) => name.endsWith(".sqlite"));
}
