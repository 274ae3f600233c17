import { expect, test } from "vitest";
import { namedParents } from "../../src/session/table/parent-links.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";
import { generateSession } from "./session-generator.ts";

law("parents that were found before are those of a table that never looked", seedsFrom(4200, 30), (seed) => {
  const random = new Random(seed);
  const sent = random.shuffle([...generateSession(random), ...generateSession(random)]);
  const table = new SpanTable();
  const admitted: typeof sent = [];
  for (const [position, one] of sent.entries()) {
    table.admit(one.traceId, one.facts, 1, position);
    admitted.push(one);
    if (random.chance(0.7)) continue;
    if (random.chance(0.05)) {
      table.evictTrace(one.traceId);
      for (let at = admitted.length - 1; at >= 0; at--)
        if (admitted[at]?.traceId === one.traceId) admitted.splice(at, 1);
    }
    const fresh = new SpanTable();
    admitted.forEach(({ traceId, facts }, at) => fresh.admit(traceId, facts, 1, at));
    expect(parentsIn(table)).toEqual(parentsIn(fresh));
  }
});

test("a span of a smaller kind becomes the parent of those that name its id", () => {
  const [sample] = generateSession(new Random(1));
  if (sample === undefined) throw new Error("no span");
  const span = (spanId: string, parentSpanId: string, otlpKind: number) => ({
    ...sample.facts,
    spanId,
    parentSpanId,
    otlpKind,
    ancestors: undefined,
  });
  const table = new SpanTable();
  table.admit("t", span("000000000000000a", "", 3), 1, 0);
  table.admit("t", span("000000000000000b", "000000000000000a", 1), 1, 1);
  expect([...namedParents(table)]).toEqual([-1, 0]);
  table.admit("t", span("000000000000000a", "", 2), 1, 2);
  expect([...namedParents(table)]).toEqual([-1, 2, -1]);
});

/** Whatever rows the spans have. */
function parentsIn(table: SpanTable): string[] {
  const keyOf = (row: number): string =>
    row < 0 ? String(row) : `${table.traceId(row)}:${table.rows.hex(row, 0)}:${table.rows.word(row, 14)}`;
  return Array.from(namedParents(table), (parent, row) => `${keyOf(row)} below ${keyOf(parent)}`).toSorted();
}
