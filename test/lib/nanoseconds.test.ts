import { expect, test } from "vitest";
import { nanosecondsIn } from "../../src/lib/nanoseconds.ts";

test.each([
  [0, 0n],
  [0.25, 250_000n],
  [1500.5, 1_500_500_000n],
  [-5, 0n],
])("%d ms are %d ns", (millis, nanoseconds) => {
  expect(nanosecondsIn(millis)).toBe(nanoseconds);
});

test.each([1e308, Infinity])("%d ms are limited to the range of a 64-bit clock", (millis) => {
  expect(nanosecondsIn(millis)).toBe(18_446_744_073_709_000_000n);
});
