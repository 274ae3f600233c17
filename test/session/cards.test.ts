import { describe, expect, test } from "vitest";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { costsByModel, errorCauses, timeSpent } from "../../src/session/cards.ts";
import type { TimeSpent } from "../../src/session/cards.ts";
import { isLongGap } from "../../src/session/timing/idle-gaps.ts";
import { clipped, intervalOf, totalOf, union } from "../../src/session/timing/interval.ts";
import { LIST_PRICES } from "../../src/session/prices/prices.ts";
import { foldQueries } from "../../src/session/whole-session.ts";
import { costsOf, ownUsageOf } from "../../src/session/row-usage.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { buildTree } from "../../src/session/tree/tree.ts";
import type { SessionTree, TreeNode, ViewSpan } from "../../src/session/tree/tree.ts";
import { at } from "../facts/facts-of.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";
import { generateSession } from "./session-generator.ts";
import { viewOf, viewSpan } from "./view-span.ts";

/** A span from one second to another; without an end it runs. */
const span = (id: number, parent: number | "", times: readonly [number, number?], more: Partial<SpanFacts> = {}) =>
  viewSpan(id, parent, {
    start: at(times[0]),
    ...(times[1] === undefined ? { running: true, end: 0n } : { end: at(times[1]) }),
    ...more,
  });

const agent = (name: string): Partial<SpanFacts> => ({ kind: "agent", agent: name });
const tool = (name: string): Partial<SpanFacts> => ({ kind: "tool", tool: name });
const model = (name = "gpt-4o"): Partial<SpanFacts> => ({ kind: "llm", model: name });
const query: Partial<SpanFacts> = { kind: "query" };

/** `last`: the tree before some of the spans came. */
function treeOf(spans: readonly ViewSpan[], last?: SessionTree): SessionTree {
  const table = new SpanTable();
  const byRow: ViewSpan[] = [];
  spans.forEach((view, position) => {
    byRow[table.admit(view.traceId, view.facts, 1, position)] = view;
  });
  const fold = foldQueries(table, LIST_PRICES);
  return buildTree(table, fold.groups, byRow, () => true, ownUsageOf(table, fold), last === undefined ? {} : { last });
}

describe("where the time went", () => {
  /** `present`: seconds. */
  function print(spans: readonly ViewSpan[], present = 0): string {
    const { whole, ...parts } = timeSpent(treeOf(spans), at(present));
    const words = Object.entries(parts).flatMap(([name, nanos]) =>
      nanos === 0n ? [] : `${name} ${Number(nanos) / 1e9}`,
    );
    return `${Number(whole) / 1e9} = ${words.join(" + ")}`;
  }

  test("models, tools, and what lies between", () => {
    const spans = [
      span(1, "", [0, 10], query),
      span(2, 1, [0, 9.5], agent("engineer")),
      span(3, 2, [1, 4], model()),
      span(4, 2, [4, 6], tool("run_sql")),
      span(5, 2, [6.5, 9], model()),
    ];
    expect(print(spans)).toBe("10 = models 5.5 + tools 2 + between 2.5");
  });

  test("steps beside each other count once, a model before a tool", () => {
    const spans = [
      span(1, "", [0, 10], query),
      span(2, 1, [0, 4], model()),
      span(3, 1, [2, 6], model()),
      span(4, 1, [3, 8], tool("slow")),
      span(5, 1, [7, 8], tool("fast")),
    ];
    expect(print(spans)).toBe("10 = models 6 + tools 2 + between 2");
  });

  test("a model that a tool calls is a model", () => {
    const spans = [span(1, "", [0, 10], tool("ask")), span(2, 1, [2, 5], agent("expert")), span(3, 2, [3, 5], model())];
    expect(print(spans)).toBe("10 = models 2 + tools 8");
  });

  test("a long pause in which nothing works is idle, unless a tool waits in it", () => {
    const turn = (id: number, from: number) => [
      span(id, "", [from, from + 2], query),
      span(id + 1, id, [from, from + 2], model()),
    ];
    expect(print([...turn(1, 0), ...turn(3, 60)])).toBe("62 = models 4 + idle 58");
    expect(print([...turn(1, 0), ...turn(3, 4)])).toBe("6 = models 4 + between 2");
    const asking = [span(5, 1, [2, 60], tool("ask_user")), span(6, 5, [2, 2.5], { kind: "internal" })];
    expect(print([...turn(1, 0), ...asking, ...turn(3, 60)])).toBe("62 = models 4 + tools 58");
  });

  test("what runs lasts until the present", () => {
    const spans = [span(1, "", [0], query), span(2, 1, [0, 3], model()), span(3, 1, [4], tool("run_sql"))];
    expect(print(spans, 9)).toBe("9 = models 3 + tools 5 + between 1");
    // The present of a clock that is behind.
    expect(print(spans, 1)).toBe("4 = models 3 + between 1");
    expect(print([])).toBe("0 = ");
  });

  test("a time that no clock can have had counts nothing", () => {
    const spans = [
      span(1, "", [0, 5], query),
      span(2, 1, [0, 5], model()),
      viewSpan(3, 1, { ...model(), start: 1n, end: 2n }),
    ];
    expect(print(spans)).toBe("5 = models 5");
  });

  law("the parts add up to the whole, and none is negative", seedsFrom(7_000, 150), (seed) => {
    const tree = treeOf(generateSession(new Random(seed)).map(({ traceId, facts }) => viewOf(traceId, facts)));
    for (const present of [0n, tree.end, tree.end + 7_000_000_000n]) {
      const { whole, models, tools, between, idle } = timeSpent(tree, present);
      expect(models + tools + between + idle).toBe(whole);
      for (const part of [models, tools, between, idle]) expect(part >= 0n).toBe(true);
    }
  });
});

/** As {@link timeSpent}, of all rows at once. */
function timeOfAll(tree: SessionTree, present: bigint): TimeSpent {
  const rows = tree.rows.filter(({ span, badges }) => span !== undefined && !badges.includes("absurd-time"));
  const of = (...kinds: readonly string[]) => rows.filter(({ span }) => kinds.includes(span?.facts.kind ?? ""));
  const leaves = rows.filter(({ children }) => children.length === 0);
  const counted = [...of("llm", "embedding", "tool", "retrieval"), ...leaves];
  const runs = counted.some(({ running }) => running);
  const whole = { from: tree.start, to: runs && present > tree.end ? present : tree.end };
  const times = (some: readonly TreeNode[]) =>
    union(some.map((row) => intervalOf(row, present))).flatMap((time) => clipped(time, whole) ?? []);
  const models = times(of("llm", "embedding"));
  const work = times(of("llm", "embedding", "tool", "retrieval"));
  const steps = times(leaves);
  const gaps = steps.flatMap(({ to }, at) => {
    const next = steps[at + 1]?.from;
    return next !== undefined && isLongGap({ from: to, to: next }, whole) ? { from: to, to: next } : [];
  });
  const [ofWork, withIdle] = [totalOf(work), totalOf(union([...work, ...gaps]))];
  return {
    whole: totalOf([whole]),
    models: totalOf(models),
    tools: ofWork - totalOf(models),
    between: totalOf([whole]) - withIdle,
    idle: withIdle - ofWork,
  };
}

law("root by root the time of a session is that of all its rows at once", seedsFrom(7_500, 150), (seed) => {
  const random = new Random(seed);
  // Sessions after each other, so that there are pauses between them.
  const sent = Array.from({ length: 1 + random.below(3) }, (_, n) =>
    generateSession(random).map(({ traceId, facts }) => {
      const shift = BigInt(n) * BigInt(random.below(2) * 40) * 1_000_000_000n;
      return viewOf(traceId, {
        ...facts,
        start: facts.start + shift,
        end: facts.running ? facts.end : facts.end + shift,
      });
    }),
  ).flat();
  const tree = treeOf(sent.filter(({ facts }) => facts.end < 2n ** 62n && facts.start < 2n ** 62n));
  for (const present of [tree.end, tree.end + 7_000_000_000n])
    expect(timeSpent(tree, present)).toEqual(timeOfAll(tree, present));
});

law("the time of a session that grows is that of all its rows at once", seedsFrom(7_700, 100), (seed) => {
  const random = new Random(seed);
  // Turns that mostly overlap, each in a trace of its own.
  const turns = Array.from({ length: 3 + random.below(6) }, (_, turn) => {
    const start = turn * (1 + random.below(9));
    const steps = Array.from({ length: 1 + random.below(4) }, (__, step) => {
      const from = start + random.below(20);
      return span(step + 2, 1, [from, from + 1 + random.below(6)], random.pick([model(), tool("search"), {}]));
    });
    const lead = span(1, "", random.chance(0.1) ? [start] : [start, start + 26], agent("planner"));
    return [lead, ...steps].map(({ facts }) => viewOf(`${10 + turn}`.repeat(16), facts));
  });
  let tree: SessionTree | undefined;
  for (let count = 1; count <= turns.length; count++) {
    tree = treeOf(turns.slice(0, count).flat(), tree);
    for (const present of [tree.end, tree.end + 7_000_000_000n])
      expect(timeSpent(tree, present)).toEqual(timeOfAll(tree, present));
  }
});

law(
  "time and money of a root that grows far beyond a piece are those of all its rows at once",
  seedsFrom(7_900, 12),
  (seed) => {
    const random = new Random(seed);
    const count = 700 + random.below(900);
    const most = random.pick([1, 3, count]);
    const all = Array.from({ length: count }, (_, n) => {
      // Most rows are below the first ones; one after the other, with pauses, or beside each other.
      const parent = random.chance(0.7) ? 1 + random.below(Math.min(n, most)) : Math.max(1, n - random.below(4));
      const from = Math.floor(n / 3) * random.pick([0, 1, 2, 20]);
      const does = random.pick([model(), model("house-1"), tool("search"), agent("planner"), {}]);
      const tokens = { input: n, output: 3, cached: 0, written: 0, written1h: 0, reasoning: 0 };
      const times = random.chance(0.02) ? ([from] as const) : ([from, from + random.below(9)] as const);
      const versionOf = (more: Partial<SpanFacts>): ViewSpan =>
        span(n + 1, n === 0 ? "" : parent, times, { ...does, ...(does.kind === "llm" && { tokens }), ...more });
      // A later version of the span takes its place.
      return {
        now: versionOf({}),
        later: versionOf({ running: false, end: at(from + 11), ...model("gpt-4o-mini"), tokens }),
      };
    });
    const first = all.slice(0, 1);
    const rest = random.chance(0.5) ? all.slice(1) : random.shuffle(all.slice(1));
    let tree: SessionTree | undefined;
    for (let sent = 200; sent < count + 200; sent += 200 + random.below(300)) {
      for (let superseded = random.below(4); superseded > 0; superseded--) {
        const one = random.pick(rest.slice(0, sent));
        one.now = one.later;
      }
      const spans = [...first, ...rest.slice(0, sent)].map(({ now }) => now);
      tree = treeOf(spans, tree);
      for (const present of [tree.end, tree.end + 7_000_000_000n])
        expect(timeSpent(tree, present)).toEqual(timeOfAll(tree, present));
      const words = (name: string, calls: number, input: number): string => `${name} × ${calls}: ${input}`;
      const counting = Map.groupBy(
        tree.rows.flatMap(({ usage }) => usage ?? []),
        (usage) => usage.model ?? "",
      );
      expect(
        costsByModel(tree)
          .map((sum) => words(sum.model, sum.calls, sum.tokens.input))
          .toSorted(),
      ).toEqual(
        Array.from(counting, ([name, calls]) =>
          words(
            name,
            calls.length,
            calls.reduce((sum, { tokens }) => sum + tokens.input, 0),
          ),
        ).toSorted(),
      );
    }
  },
);

describe("where the money went", () => {
  const tokens = (input: number, output: number): Partial<SpanFacts> => ({
    tokens: { input, output, cached: 0, written: 0, written1h: 0, reasoning: 0 },
  });
  const print = (spans: readonly ViewSpan[]): readonly string[] =>
    costsByModel(treeOf(spans)).map((usage) => {
      const { cost, estimated, unpriced } = costsOf(usage);
      const { input, output } = usage.tokens;
      return [
        usage.model || "(no model)",
        `× ${usage.calls}`,
        `${input} in ${output} out`,
        ...(cost === undefined ? [] : [`$${cost}`]),
        ...(estimated === undefined ? [] : [`≈ $${estimated}`]),
        ...(unpriced === 0 ? [] : [`+ ${unpriced}`]),
      ].join(" ");
    });

  test("by model, the dearest first, with what is estimated and what has no price", () => {
    const spans = [
      span(1, "", [0, 9], { ...query, ...tokens(9, 9) }),
      span(2, 1, [0, 1], { ...model("gpt-4o-mini"), ...tokens(1_000_000, 0) }),
      span(3, 1, [1, 2], { ...model("gpt-4o"), ...tokens(1_000_000, 10) }),
      span(4, 1, [2, 3], { ...model("gpt-4o"), ...tokens(1_000_000, 0), cost: 0.25 }),
      span(5, 1, [3, 4], { ...model("house-1"), ...tokens(50, 5) }),
    ];
    expect(print(spans)).toEqual([
      "gpt-4o × 2 2000000 in 10 out $2.7501 ≈ $2.5001",
      "gpt-4o-mini × 1 1000000 in 0 out $0.15 ≈ $0.15",
      "house-1 × 1 50 in 5 out + 1",
    ]);
  });

  test("a cost that only an agent reports has no model", () => {
    const spans = [
      span(1, "", [0, 9], { ...agent("planner"), cost: 2 }),
      span(2, 1, [0, 1], { ...model("house-1"), ...tokens(5, 5) }),
    ];
    expect(print(spans)).toEqual(["(no model) × 1 0 in 0 out $2", "house-1 × 1 5 in 5 out"]);
    expect(print([span(1, "", [0, 1], tool("ls"))])).toEqual([]);
  });
});

describe("the errors by cause", () => {
  const failed = (failure?: string): Partial<SpanFacts> => ({ error: true, failure });
  const print = (spans: readonly ViewSpan[]): readonly string[] =>
    errorCauses(treeOf(spans)).map(
      ({ subject, reason, count, aftermath }) => `${count} × ${subject}: ${reason || "?"} (${aftermath})`,
    );

  test("of the same step for the same reason are one, and recovered if the agent went on", () => {
    const spans = [
      span(1, "", [0, 9], query),
      span(2, 1, [0, 9], agent("engineer")),
      span(3, 2, [0, 1], { ...tool("run_sql"), ...failed("statement timeout") }),
      span(4, 2, [1, 2], { ...tool("run_sql"), ...failed("statement timeout") }),
      span(5, 2, [2, 3], { ...tool("run_sql"), ...failed("no such table") }),
      span(6, 2, [3, 4], { ...model("gpt-5.2"), ...failed() }),
    ];
    expect(print(spans)).toEqual([
      "2 × run_sql: statement timeout (recovered)",
      "1 × run_sql: no such table (recovered)",
      "1 × gpt-5.2: ? (recovered)",
    ]);
  });

  test("that ended the session come first, and once, though each span above repeats them", () => {
    const spans = [
      span(1, "", [0, 9], { ...query, ...failed("agent failed") }),
      span(2, 1, [0, 3], agent("researcher")),
      span(3, 2, [0, 1], { ...tool("search"), ...failed("rate limited") }),
      span(4, 1, [3, 9], { ...agent("engineer"), ...failed("tool failed") }),
      // What lies between says nothing.
      span(5, 4, [4, 5], { kind: "internal", name: "middleware" }),
      span(6, 5, [4, 5], { ...tool("run_sql"), ...failed("statement timeout") }),
    ];
    expect(print(spans)).toEqual(["1 × run_sql: statement timeout (failed)", "1 × search: rate limited (recovered)"]);
  });

  test("are undecided while their agent runs", () => {
    const spans = [
      span(2, "", [0], agent("engineer")),
      span(3, 2, [0, 1], { ...tool("run_sql"), ...failed("timeout") }),
    ];
    expect(print(spans)).toEqual(["1 × run_sql: timeout (undecided)"]);
    // Its agent has not come yet.
    expect(print([span(3, 2, [0, 1], { ...tool("run_sql"), ...failed("timeout") })])).toEqual([
      "1 × run_sql: timeout (undecided)",
    ]);
  });

  test("of a hostile session are no more than a page can hold", () => {
    const spans = Array.from({ length: 1_000 }, (_, n) => span(n + 1, "", [n, n + 1], failed(`reason ${n}`)));
    expect(print(spans)).toHaveLength(200);
    expect(print([span(1, "", [0, 1], { name: "__proto__", ...failed("constructor") })])).toEqual([
      "1 × __proto__: constructor (failed)",
    ]);
  });
});
