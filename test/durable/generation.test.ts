import { expect, test } from "vitest";
import { mintGeneration } from "../../src/durable/generation.ts";

// spec: CURSOR-1
test("of two generations of a log the later sorts last, even if the clock stands still or goes back", () => {
  let generation = mintGeneration(1_790_000_000_000);
  for (let n = 0; n < 200; n++) {
    const next = mintGeneration(1_790_000_000_000 - n * 1_000, generation);
    expect(next > generation, `${next} after ${generation}`).toBe(true);
    generation = next;
  }
});

test("two generations that begin at the same moment differ", () => {
  const generations = Array.from({ length: 100 }, () => mintGeneration(1));
  expect(new Set(generations).size).toBe(100);
});
