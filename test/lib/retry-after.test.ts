import { expect, test } from "vitest";
import { retryAfterMillis } from "../../src/lib/retry-after.ts";

test("Retry-After has seconds or a date; anything else, and a time that is over, is no pause", () => {
  const now = Date.UTC(2026, 10, 30, 12, 0, 0);
  const texts = ["0", "2", "1.5", "Mon, 30 Nov 2026 12:00:07 GMT", "Mon, 30 Nov 2026 11:59:00 GMT", "soon", "-1", " "];
  expect(texts.map((text) => retryAfterMillis(text, now))).toEqual([
    0,
    2_000,
    1_500,
    7_000,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(retryAfterMillis(null, now)).toBeUndefined();
});
