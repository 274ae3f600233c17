import { checkSchema, SCHEMA_VERSION } from "./schema.ts";

/** The table of an object's single values: text by key. */
export class MetaTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get(key: string): string | undefined {
    return this.#sql.exec<{ value: string }>("SELECT value FROM meta WHERE key = ?", key).toArray()[0]?.value;
  }

  set(key: string, value: string): void {
    this.#sql.exec("INSERT OR REPLACE INTO meta VALUES (?, ?)", key, value);
  }

  delete(key: string): void {
    this.#sql.exec("DELETE FROM meta WHERE key = ?", key);
  }
}

/**
 * Creates an object's tables when it is called first; throws if another schema wrote them. `tables`: SQL of those beside `meta`.
 * `firstValues`: what `meta` has from the beginning.
 */
export function openTables(
  storage: DurableObjectStorage,
  tables: string,
  firstValues: () => Readonly<Record<string, string>> = () => ({}),
): MetaTable {
  const { sql } = storage;
  const meta = new MetaTable(sql);
  if (sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'meta'").toArray().length > 0) {
    checkSchema(meta.get("schema"));
    return meta;
  }
  storage.transactionSync(() => {
    sql.exec(`CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID; ${tables}`);
    for (const [key, value] of Object.entries({ schema: String(SCHEMA_VERSION), ...firstValues() }))
      meta.set(key, value);
  });
  return meta;
}
