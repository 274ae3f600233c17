import { describe, expect, test } from "vitest";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { summarise } from "../../src/session/whole-session.ts";
import { ABOUT, foldOf } from "./fold-of.ts";
import { generateSession } from "./session-generator.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";

const SEEDS = seedsFrom(1000, 150);

describe("order does not show", () => {
  // spec: ID-9
  law("any permutation and split of the span versions gives the same session", SEEDS, (seed) => {
    const random = new Random(seed);
    const sent = generateSession(random);
    const expected = foldOf([sent]);
    for (let round = 0; round < 4; round++) {
      expect(foldOf(random.cut(random.shuffle(sent), 1 + random.below(20)))).toEqual(expected);
    }
  });

  test("the generated sessions contain cases that depend on order", () => {
    const folds = SEEDS.map((seed) => foldOf([generateSession(new Random(seed))]));
    const share = (holds: (fold: ReturnType<typeof foldOf>) => boolean) =>
      folds.filter(holds).length > SEEDS.length / 5;
    expect({
      awaited: share(({ summary }) => summary.liveness.awaitedParents > 0),
      missing: share(({ summary }) => summary.liveness.missingParents > 0),
      running: share(({ summary }) => summary.liveness.running > 0),
      failed: share(({ summary }) => summary.liveness.failed),
      cost: share(({ summary }) => summary.cost !== undefined),
      names: share(({ names }) => names.some(({ also }) => also.length > 0)),
      waiting: share(({ summary }) => summary.liveness.waiting !== undefined),
      phases: share(({ queries }) => new Set(queries.map((query) => query.phase)).size > 1),
    }).toEqual({
      awaited: true,
      missing: true,
      running: true,
      failed: true,
      cost: true,
      names: true,
      waiting: true,
      phases: true,
    });
  });
});

describe("twice is once", () => {
  law("an admitted version is known, and admitting a log again changes nothing", SEEDS, (seed) => {
    const random = new Random(seed);
    const sent = random.shuffle(generateSession(random));
    const table = new SpanTable();
    const admitAll = () => sent.forEach(({ traceId, facts }, position) => table.admit(traceId, facts, 1, position));
    admitAll();
    const before = { summary: summarise(table, ABOUT), superseded: [...table.superseded(1)] };
    expect(new Set(sent.map(({ traceId, facts }) => table.compare(traceId, facts)))).toEqual(new Set(["known"]));
    admitAll();
    expect({ summary: summarise(table, ABOUT), superseded: [...table.superseded(1)] }).toEqual(before);
    expect(before.superseded).toHaveLength(sent.length - table.size);
  });
});

describe("evicting a trace", () => {
  law("gives the session without the trace", SEEDS.slice(0, 50), (seed) => {
    const sent = generateSession(new Random(seed));
    const evicted = sent[0]?.traceId ?? "";
    const table = new SpanTable();
    sent.forEach(({ traceId, facts }, position) => table.admit(traceId, facts, 1, position));
    table.evictTrace(evicted);
    expect(summarise(table, ABOUT)).toEqual(foldOf([sent.filter(({ traceId }) => traceId !== evicted)]).summary);
  });
});

describe("nothing is lost between queries", () => {
  law("each span belongs to one query, so that queries add up to the session", SEEDS, (seed) => {
    const { summary, queries } = foldOf([generateSession(new Random(seed))]);
    const sum = (of: (query: (typeof queries)[number]) => number) => queries.reduce((all, query) => all + of(query), 0);
    expect({ spans: sum((q) => q.spans), errors: sum((q) => q.errors), input: sum((q) => q.tokens.input) }).toEqual({
      spans: summary.spans,
      errors: summary.errors,
      input: summary.tokens.input,
    });
    expect(new Set(queries.map((query) => query.key)).size).toBe(queries.length);
  });
});
