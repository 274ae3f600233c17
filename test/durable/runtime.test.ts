import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";

test("an object's SQL survives its eviction, as in production", async () => {
  const stub = env.SESSIONS.getByName("runtime.test/eviction");
  await runInDurableObject(stub, (_, state) => {
    state.storage.sql.exec("create table runtime_test (word text)");
    state.storage.sql.exec("insert into runtime_test values ('stored')");
  });
  await evictDurableObject(stub);
  const rows = await runInDurableObject(stub, (_, state) =>
    state.storage.sql.exec("select word from runtime_test").toArray(),
  );
  expect(rows).toEqual([{ word: "stored" }]);
});

test("node:zlib exists, by which the receiver inflates and compresses", () => {
  expect(gunzipSync(gzipSync("span")).toString()).toBe("span");
  expect(brotliDecompressSync(brotliCompressSync("span")).toString()).toBe("span");
});
