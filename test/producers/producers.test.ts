import { expect, test } from "vitest";
import { readPortrait } from "./fixtures.ts";
import { portraitOf } from "./portrait.ts";
import { PRODUCERS } from "./producers.ts";
import { missingFor, runProducer } from "./run-producer.ts";
import { scrub } from "./scrub.ts";

const missing = new Map(PRODUCERS.map((producer) => [producer, missingFor(producer)]));
for (const reason of new Set(missing.values())) if (reason !== undefined) console.warn(`Skipped: ${reason}`);
const present = PRODUCERS.filter((producer) => missing.get(producer) === undefined);

test.each(present)("$name, installed and run anew, sends what its captures show", async (producer) => {
  const exports = await runProducer(producer);
  expect(portraitOf(exports.map(scrub), producer.extent)).toBe(readPortrait(producer.name));
});
