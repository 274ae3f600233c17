import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { gunzipSync } from "node:zlib";

/** As a fixture holds a cell: bytes as base64, and what is long compressed. */
type Cell =
  | string
  | number
  | null
  | { readonly bytes: string }
  | { readonly gzip: string }
  | { readonly gzipText: string };

/** An object's storage as some version of the program left it. */
export type StoredState = {
  readonly schema: readonly string[];
  readonly rows: Readonly<Record<string, readonly Readonly<Record<string, Cell>>[]>>;
  /** What it owed when it was ended stood in its alarm. */
  readonly alarm?: boolean;
};

/** Puts an object's storage into a state of another version, and takes the object out of memory. */
export async function restoreState(stub: DurableObjectStub, { schema, rows, alarm }: StoredState): Promise<void> {
  await runInDurableObject(stub, async (_, { storage }) => {
    await storage.deleteAll();
    for (const statement of schema) storage.sql.exec(statement);
    for (const [table, all] of Object.entries(rows)) {
      for (const row of all) {
        const places = Object.keys(row).map(() => "?");
        storage.sql.exec(`INSERT INTO ${table} VALUES (${places.join(", ")})`, ...Object.values(row).map(storedIn));
      }
    }
    if (alarm === true) await storage.setAlarm(Date.now());
  });
  await evictDurableObject(stub);
}

function storedIn(cell: Cell): SqlStorageValue {
  if (cell === null || typeof cell !== "object") return cell;
  if ("bytes" in cell) return bufferOf(Buffer.from(cell.bytes, "base64"));
  if ("gzip" in cell) return bufferOf(gunzipSync(Buffer.from(cell.gzip, "base64")));
  return gunzipSync(Buffer.from(cell.gzipText, "base64")).toString();
}

/** A copy that owns its buffer. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
