import { expect, test } from "vitest";

import { Lru } from "../../src/lib/lru.ts";

test("the least recently used entries are evicted, and looking is no use", () => {
  const cache = new Lru<string, number>(3);
  for (const [at, key] of ["a", "b", "c"].entries()) cache.set(key, at);
  expect(cache.get("a")).toBe(0);
  expect(cache.peek("b")).toBe(1);
  expect(cache.has("b")).toBe(true);
  cache.set("d", 3);
  expect(["a", "b", "c", "d"].map((key) => cache.peek(key))).toEqual([0, undefined, 2, 3]);
  expect([...cache.values()]).toEqual([2, 0, 3]);
  expect(cache.get("b")).toBeUndefined();
});

test("entries share a limit by their weight, and a replaced entry counts once", () => {
  const cache = new Lru<string, string>(10, (text) => text.length);
  cache.set("a", "12345");
  cache.set("a", "123");
  cache.set("b", "1234567");
  expect([...cache.values()]).toEqual(["123", "1234567"]);
  cache.set("c", "1");
  expect([...cache.values()]).toEqual(["1234567", "1"]);
});

test("an entry over the limit alone does not stay, and clearing starts anew", () => {
  const cache = new Lru<string, string>(4, (text) => text.length);
  cache.set("a", "1234");
  cache.set("b", "12345");
  expect([...cache.values()]).toEqual([]);
  cache.set("c", "1234");
  cache.clear();
  cache.set("d", "1234");
  expect([...cache.values()]).toEqual(["1234"]);
});
