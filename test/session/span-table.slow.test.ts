import { expect, test } from "vitest";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { at, TRACE } from "../facts/facts-of.ts";
import { Random } from "./seeded-random.ts";

/** Half of the spans are model calls with tokens and cost, as in the captures with the most of them. */
function fill(spans: number): SpanTable {
  const random = new Random(spans);
  const table = new SpanTable();
  for (let n = 0; n < spans; n++) {
    const usage =
      n % 2 === 0
        ? { tokens: { input: n, output: 9, cached: 3, written: 0, written1h: 0, reasoning: 0 }, cost: 0.0125 }
        : {};
    const span = {
      spanId: random.hex(16),
      parentSpanId: random.hex(16),
      size: n,
      hash: random.hex(16),
      start: at(n),
      end: at(n + 1),
    };
    const strings = {
      name: `span ${n % 400}`,
      service: "checkout",
      model: `model ${n % 5}`,
      query: { name: `q${n % 50}`, namespace: "default" },
    };
    table.admit(TRACE, { ...span, ...strings, ...usage, kind: "llm", otlpKind: 3, running: false, error: false }, n, 0);
  }
  return table;
}

test.each([50_000, 200_000])("%i spans take at most 150 bytes each, index and strings included", (spans) => {
  const table = fill(spans);
  expect(table.size).toBe(spans);
  expect(table.bytes / spans).toBeLessThanOrEqual(150);
});
