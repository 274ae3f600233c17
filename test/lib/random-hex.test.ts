import { expect, test } from "vitest";

import { randomHex } from "../../src/lib/random-hex.ts";

test("random ids have their length, and none comes twice", () => {
  const ids = Array.from({ length: 2_000 }, (_, n) => randomHex(n % 2 === 0 ? 8 : 16));
  for (const [n, id] of ids.entries()) expect(id).toMatch(n % 2 === 0 ? /^[0-9a-f]{16}$/ : /^[0-9a-f]{32}$/);
  expect(new Set(ids.flatMap((id) => id.match(/.{16}/g))).size).toBe(3_000);
});
