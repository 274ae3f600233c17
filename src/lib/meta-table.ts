import { SCHEMA_VERSION, stepsFrom } from "./schema.ts";
import type { SchemaSteps } from "./schema.ts";

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

/** Whether an object has tables. */
export function hasTables(sql: SqlStorage): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'meta'").toArray().length > 0;
}

/**
 * Creates an object's tables when it is called first; brings those of an earlier release to the present schema; throws for another one.
 * `tables`: SQL of those beside `meta`. `firstValues`: what `meta` has from the beginning.
 */
export function openTables(
  storage: DurableObjectStorage,
  tables: string,
  {
    firstValues,
    steps,
  }: { readonly firstValues?: () => Readonly<Record<string, string>>; readonly steps?: SchemaSteps } = {},
): MetaTable {
  const meta = new MetaTable(storage.sql);
  if (hasTables(storage.sql)) upgradeTables(storage, meta, steps);
  else createTables(storage, meta, tables, firstValues?.() ?? {});
  return meta;
}

export function createTables(
  storage: DurableObjectStorage,
  meta: MetaTable,
  tables: string,
  firstValues: Readonly<Record<string, string>>,
): void {
  storage.transactionSync(() => {
    storage.sql.exec(`CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID; ${tables}`);
    for (const [key, value] of Object.entries({ schema: String(SCHEMA_VERSION), ...firstValues })) meta.set(key, value);
  });
}

/** In one transaction: an object is never between two schemas. */
export function upgradeTables(storage: DurableObjectStorage, meta: MetaTable, steps: SchemaSteps = {}): void {
  const left = stepsFrom(meta.get("schema"), steps);
  if (left.length === 0) return;
  storage.transactionSync(() => {
    for (const step of left) if (step !== "") storage.sql.exec(step);
    meta.set("schema", String(SCHEMA_VERSION));
  });
}
