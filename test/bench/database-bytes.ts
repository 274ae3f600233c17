import { copyFile, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Bytes of the databases of a folder. */
export type DatabaseBytes = {
  /** Of the pages with contents, those that are in a journal only included. */
  readonly used: number;
  /** Of all pages: those that a deletion has freed are used again, and not given back. */
  readonly whole: number;
  /** Of the journals. Each grows to some 4 MB and stays so, whatever is stored. */
  readonly journals: number;
};

/** Of the copies of databases that nothing writes to at present. */
export async function databaseBytes(folder: string): Promise<DatabaseBytes> {
  const copies = await mkdtemp(join(tmpdir(), "spanfold-bench-disk-"));
  try {
    let used = 0;
    let whole = 0;
    let journals = 0;
    for (const file of await readdir(folder, { recursive: true })) {
      if (!file.endsWith(".sqlite")) continue;
      const copy = join(copies, file.replaceAll("/", "-"));
      await copyFile(join(folder, file), copy);
      const journal = join(folder, `${file}-wal`);
      const size = await stat(journal).then(
        (found) => found.size,
        () => 0,
      );
      if (size > 0) await copyFile(journal, `${copy}-wal`);
      const { pages, free, bytes } = pagesOf(copy);
      used += (pages - free) * bytes;
      whole += pages * bytes;
      journals += size;
    }
    return { used, whole, journals };
  } finally {
    await rm(copies, { recursive: true, force: true });
  }
}

function pagesOf(file: string): { readonly pages: number; readonly free: number; readonly bytes: number } {
  const database = new DatabaseSync(file);
  try {
    const read = (name: string) => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
    return { pages: read("page_count"), free: read("freelist_count"), bytes: read("page_size") };
  } finally {
    database.close();
  }
}
