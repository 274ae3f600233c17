import { expect, test } from "vitest";
import { mintGeneration } from "../../src/durable/generation.ts";

test("of two lives of a log the later sorts last, though the clock stands still or goes back", () => {
  let life = mintGeneration(1_790_000_000_000);
  for (let n = 0; n < 200; n++) {
    const next = mintGeneration(1_790_000_000_000 - n * 1_000, life);
    expect(next > life, `${next} after ${life}`).toBe(true);
    life = next;
  }
});

test("two lives that begin at once are two", () => {
  const lives = Array.from({ length: 100 }, () => mintGeneration(1));
  expect(new Set(lives).size).toBe(100);
});
