import { describe, expect, test } from "vitest";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { at, factsOf, id, TRACE } from "../facts/facts-of.ts";
import { foldOf, foldTrace } from "./fold-of.ts";

const QUERY = { name: "plan-trip", namespace: "travel" };
const usage = (input: number) => ({ tokens: { input, output: 1, cached: 0, written: 0, written1h: 0, reasoning: 0 } });

/** A short `name` for the id, a parent by the same, and what matters. */
function span(name: string, parent: string, more: Partial<SpanFacts> = {}): SpanFacts {
  return factsOf({ spanId: id(hexOf(name)), parentSpanId: parent === "" ? "" : id(hexOf(parent)), name, ...more });
}

function hexOf(name: string): string {
  let hex = "";
  for (let unit = 0; unit < name.length && unit < 8; unit++) hex += name.charCodeAt(unit).toString(16);
  return hex;
}

/** Ark's own tree, as it leaves the executor: children first. */
const ARK: readonly SpanFacts[] = [
  span("search", "agent", { kind: "tool", tool: "search", query: QUERY, error: true, start: at(5) }),
  span("llm", "agent", { kind: "llm", model: "large", query: QUERY, start: at(4), ...usage(100), cost: 0.1 }),
  span("agent", "query", { kind: "agent", agent: "planner", query: QUERY, start: at(3), ...usage(100) }),
  span("query", "send", {
    kind: "query",
    query: QUERY,
    start: at(2),
    end: at(9),
    prompt: "Plan a trip",
    ...usage(100),
    cost: 0.2,
  }),
  span("dispatch", "", { kind: "query", query: QUERY, start: at(1), end: at(9) }),
];

describe("queries", () => {
  test("an Ark query is known by name from its first span on, and its spans keep coming in", () => {
    const reports = ARK.map((_, count) => {
      const [query] = foldTrace(ARK.slice(0, count + 1)).queries;
      return `${query?.namespace}/${query?.name} ${query?.phase} spans=${query?.spans} at ${query?.spanId === id(hexOf("dispatch"))} ${query?.prompt}`;
    });
    expect(reports).toEqual([
      "travel/plan-trip running spans=1 at false undefined",
      "travel/plan-trip running spans=2 at false undefined",
      "travel/plan-trip running spans=3 at false undefined",
      "travel/plan-trip done spans=4 at false Plan a trip",
      "travel/plan-trip done spans=5 at true Plan a trip",
    ]);
  });

  test("data in place of a prompt gives way to the words of a model's call, in any order", () => {
    const guess = (prompt: string) => ({ prompt, promptGuessed: true }) as const;
    const spans = [
      span("root", "", { kind: "chain", start: at(1), end: at(9), ...guess('{"init_state": {"step": 1}}') }),
      span("step", "root", { kind: "agent", start: at(2), ...guess('{"state": 2}') }),
      span("llm", "step", { kind: "llm", start: at(3), prompt: "Plan a trip" }),
    ];
    for (const order of [spans, spans.toReversed()]) expect(foldTrace(order).queries[0]?.prompt).toBe("Plan a trip");
    expect(foldTrace(spans.slice(0, 2)).queries[0]?.prompt).toBe('{"init_state": {"step": 1}}');
  });

  test("the outermost span of a query stands for it, and it has its parent's id until that is received", () => {
    expect(foldTrace(ARK.slice(0, 3)).queries[0]?.key).toBe(`${TRACE}:${id(hexOf("query"))}`);
    expect(foldTrace(ARK).queries).toEqual([
      {
        key: `${TRACE}:${id(hexOf("dispatch"))}`,
        traceId: TRACE,
        spanId: id(hexOf("dispatch")),
        name: "plan-trip",
        namespace: "travel",
        prompt: "Plan a trip",
        phase: "done",
        start: at(1).toString(),
        end: at(9).toString(),
        spans: 5,
        errors: 1,
        failedSpans: 1,
        tokens: { input: 100, output: 1, cached: 0, written: 0, written1h: 0, reasoning: 0 },
        cost: 0.1,
      },
    ]);
  });

  test("the outermost stands for it though another clock has it start later", () => {
    const skewed = ARK.map((facts) =>
      facts.name === "query" ? { ...facts, parentSpanId: id(hexOf("dispatch")), start: at(0) } : facts,
    );
    expect(foldTrace(skewed).queries).toMatchObject([{ spanId: id(hexOf("dispatch")), start: at(1).toString() }]);
  });

  test("one trace may hold several queries, one inside another", () => {
    const inner = { name: "book-hotel", namespace: "travel" };
    const { queries } = foldTrace([
      ...ARK,
      span("inner", "agent", { kind: "query", query: inner, start: at(6), end: at(7), error: true }),
      span("leaf", "inner", { kind: "llm", start: at(6.5), ...usage(7) }),
    ]);
    expect(queries.map(({ name, phase, spans, tokens }) => [name, phase, spans, tokens.input])).toEqual([
      ["plan-trip", "done", 5, 100],
      ["book-hotel", "error", 2, 7],
    ]);
  });

  test("two queries that wait for one parent have keys of their own", () => {
    const waiting = ["a", "b"].map((name) => span(name, "gone", { query: { name, namespace: "n" } }));
    expect(foldTrace(waiting).queries.map((query) => query.key)).toEqual([
      `${TRACE}:${id(hexOf("gone"))}`,
      `${TRACE}:${id(hexOf("gone"))}:${id(hexOf("b"))}:1`,
    ]);
  });

  test("without Ark each root is a query; spans with a missing parent belong to the first", () => {
    const { queries } = foldTrace([
      span("first", "", { prompt: "Hello", running: true }),
      span("second", "", { start: at(1), error: true }),
      span("child", "second", { start: at(2) }),
      span("orphan", "lost", { start: at(3) }),
    ]);
    expect(queries.map(({ name, phase, spans, end }) => [name, phase, spans, end !== undefined])).toEqual([
      ["first", "running", 2, false],
      ["second", "error", 2, true],
    ]);
  });

  test("a trace without a root has one query, that of the missing root", () => {
    const orphans = [span("b", "later", { start: at(2) }), span("a", "lost", { kind: "chain", start: at(1) })];
    expect(foldTrace(orphans).queries).toMatchObject([
      { key: `${TRACE}:${id(hexOf("lost"))}`, name: "a", phase: "running", spans: 2 },
    ]);
  });
});

describe("tokens and cost", () => {
  // spec: LIST-15
  test("usage that is repeated up the tree counts once, cost apart from tokens", () => {
    expect(foldTrace(ARK).summary).toMatchObject({ tokens: { input: 100, output: 1 }, cost: 0.1 });
  });

  test("a query's own sum gives way to its parts although the span between them is missing", () => {
    const parts = [
      span("query", "", { kind: "query", ...usage(30) }),
      span("a", "lost", usage(10)),
      span("b", "lost", usage(20)),
    ];
    expect(foldTrace(parts).summary.tokens.input).toBe(30);
    expect(foldTrace(parts.slice(0, 2)).summary.tokens.input).toBe(10);
    expect(foldTrace(parts.slice(0, 1)).summary.tokens.input).toBe(30);
  });

  test("usage of a query's span that waits for its own parent counts", () => {
    expect(foldTrace([span("query", "lost", { kind: "query", query: QUERY, ...usage(30) })]).summary.tokens.input).toBe(
      30,
    );
  });

  test("what waits below an inner query also stands below the outer one that waits above it", () => {
    const inner = { name: "inner", namespace: "n" };
    const spans = [
      span("outer", "", { kind: "query", query: QUERY, ...usage(30) }),
      span("stray", "lost", { query: QUERY }),
      span("inner", "stray", { kind: "query", query: inner }),
      span("leaf", "gone", { query: inner, ...usage(10) }),
    ];
    expect(foldTrace(spans).summary.tokens.input).toBe(10);
  });

  test("usage in a cycle and of a self-parent counts", () => {
    expect(
      foldTrace([span("a", "b", usage(1)), span("b", "a", usage(2)), span("c", "c", usage(4))]).summary.tokens.input,
    ).toBe(7);
  });

  test("costs add up to the same sum in any order", () => {
    const costs = [0.1, 0.2, 0.3, 0.000_000_05].map((cost, n) => span(`s${n}`, "", { cost }));
    expect(foldTrace(costs).summary.cost).toBe(0.600_000_05);
    expect(foldTrace(costs.toReversed()).summary.cost).toBe(0.600_000_05);
    expect(foldTrace([span("a", "", { cost: 2.9e-9 })]).summary.cost).toBe(3e-9);
  });

  test("numbers that no model counts do no harm", () => {
    const absurd = [Number.NaN, -5, 1e300, 2.4].map((input, n) =>
      span(`s${n}`, "", {
        tokens: { input, output: 0, cached: 0, written: 0, written1h: 0, reasoning: 0 },
        cost: input,
      }),
    );
    expect(foldTrace(absurd).summary).toMatchObject({ tokens: { input: 2 ** 32 - 1 + 2 } });
    expect(Number.isFinite(foldTrace(absurd).summary.cost)).toBe(true);
  });
});

describe("summary", () => {
  test("of an Ark session", () => {
    const { liveness, ...summary } = foldTrace(
      ARK.map((facts) => ({ ...facts, service: "executor", session: { rank: 1, value: "s-1" } })),
    ).summary;
    expect(summary).toEqual({
      id: "s-1",
      kind: "session",
      title: "Plan a trip",
      start: at(1).toString(),
      end: at(9).toString(),
      traces: 1,
      spans: 5,
      errors: 1,
      failedSpans: 1,
      queries: 1,
      agents: [{ name: "planner", calls: 1, errors: 0 }],
      teams: [],
      models: [{ name: "large", calls: 1, errors: 0 }],
      tools: [{ name: "search", calls: 1, errors: 1 }],
      services: ["executor"],
      namespaces: ["travel"],
      users: [],
      tokens: { input: 100, output: 1, cached: 0, written: 0, written1h: 0, reasoning: 0 },
      cost: 0.1,
      also: [],
      watchers: 0,
      nowLine: { agent: "planner", kind: "tool", step: "search", state: "ended", since: at(6).toString() },
      steps: "qamt!",
      causes: [{ name: "search", count: 1 }],
    });
    expect(liveness).toMatchObject({ running: 0, awaitedParents: 0, missingParents: 1, failed: false });
  });

  test("of nothing", () => {
    expect(foldOf([]).summary).toMatchObject({
      kind: "trace",
      title: "s-1",
      start: "0",
      end: "0",
      spans: 0,
      queries: 0,
    });
  });

  // spec: LIST-14
  test("the title is that of the first named query, else of the first with a prompt, else of the first", () => {
    const first = span("first", "");
    const asked = span("asked", "", { start: at(1), prompt: "Why?" });
    const other = ARK.map((facts) => ({ traceId: "ffffffffffffffffffffffffffffffff", facts }));
    const title = (...spans: SpanFacts[]) => foldTrace(spans).summary.title;
    expect([title(first), title(asked, first)]).toEqual(["first", "Why?"]);
    const mixed = [...[first, asked].map((facts) => ({ traceId: TRACE, facts })), ...other];
    expect(foldOf([mixed]).summary.title).toBe("Plan a trip");
    expect(foldOf([mixed.filter(({ facts }) => facts.kind !== "query")]).summary.title).toBe("plan-trip");
    expect(title(span("", ""))).toBe("s-1");
  });

  test("tallies are by calls, then by name; a model call that two instrumentations report is one", () => {
    const tools = ["b", "a", "c", "c"].map((tool, n) => span(`t${n}`, "", { kind: "tool", tool, error: n === 2 }));
    const models = [
      span("outer", "", { kind: "llm", model: "large" }),
      span("inner", "outer", { kind: "llm", model: "large-2" }),
    ];
    const { summary } = foldTrace([...tools, ...models]);
    expect(summary.tools.map(({ name, calls, errors }) => `${name} ${calls} ${errors}`)).toEqual([
      "c 2 1",
      "a 1 0",
      "b 1 0",
    ]);
    expect(summary.models).toEqual([{ name: "large-2", calls: 1, errors: 0 }]);
  });

  // spec: LIST-3
  test("a trace without a session name, query, agent, model or tool is bare", () => {
    const kinds = (["db", "http", "chain", "query", "agent", "llm", "tool"] as const).map(
      (kind) => foldTrace([span("s", "", { kind })]).summary.kind,
    );
    expect(kinds).toEqual(["trace", "trace", "trace", "session", "session", "session", "session"]);
    expect(foldTrace([span("s", "", { session: { rank: 2, value: "x" } })]).summary).toMatchObject({
      kind: "session",
      also: ["x"],
    });
  });

  // spec: LIST-16
  test("clocks that say 1970 or 2554 do not stretch a session over centuries", () => {
    const spans = [
      span("now", "", { start: at(1), end: at(2) }),
      span("zero", "", { start: 0n, end: at(3) }),
      span("end of time", "", { start: 2n ** 64n - 1n, end: 2n ** 64n - 1n }),
      span("never ends", "", { start: at(1), end: 2n ** 64n - 1n }),
    ];
    expect(foldTrace(spans).summary).toMatchObject({ start: at(1).toString(), end: at(3).toString(), spans: 4 });
    const newEra = 50n * 2n ** 55n;
    const across = [
      span("a", "", { start: newEra - 2n, end: newEra - 1n }),
      span("b", "", { start: newEra, end: newEra }),
      span("c", "", { start: newEra }),
    ];
    expect(foldTrace(across).summary.start).toBe(String(newEra - 2n));
    expect(foldTrace([span("zero", "", { start: 0n, end: 5n })]).summary).toMatchObject({ start: "0", end: "5" });
  });
});

describe("facts of liveness", () => {
  // spec: LIVE-6
  test("a parent is awaited, once however many name it, until a query of its trace has ended", () => {
    const orphans = [span("a", "lost"), span("b", "lost"), span("c", "other")];
    const root = span("root", "", { running: true });
    const count = (spans: readonly SpanFacts[]) => {
      const { awaitedParents, missingParents } = foldTrace(spans).summary.liveness;
      return `awaited ${awaitedParents} missing ${missingParents}`;
    };
    expect(count(orphans)).toBe("awaited 2 missing 0");
    expect(count([...orphans, root])).toBe("awaited 2 missing 0");
    expect(count([...orphans, { ...root, running: false, end: at(9) }])).toBe("awaited 0 missing 2");
    expect(count([...orphans, span("lost", ""), span("other", "lost")])).toBe("awaited 0 missing 0");
  });

  test("the running span that started first is named", () => {
    const running = [
      span("late", "", { start: at(5), running: true }),
      span("early", "late", { start: at(1), running: true, kind: "db" }),
    ];
    expect(foldTrace(running).summary.liveness).toMatchObject({
      running: 2,
      oldestRunning: {
        name: "early",
        start: at(1).toString(),
        span: expect.stringMatching(/^[0-9a-f]{32}:[0-9a-f]{16}$/),
      },
    });
  });

  // spec: LIVE-7
  test("a root or a query that ended in error fails the session; a tool does not", () => {
    const failed = (spans: readonly SpanFacts[]) => foldTrace(spans).summary.liveness.failed;
    const root = span("root", "");
    expect(failed([root, span("tool", "root", { kind: "tool", error: true })])).toBe(false);
    expect(failed([root, span("query", "root", { kind: "query", error: true })])).toBe(true);
    expect(failed([span("root", "", { error: true })])).toBe(true);
    expect(failed([span("root", "", { error: true, running: true })])).toBe(false);
    expect(failed([span("self", "self", { error: true })])).toBe(true);
  });
});

describe("shapes that no fold may stumble over", () => {
  const N = 50_000;
  const spansOf = (parent: (n: number) => string) =>
    Array.from({ length: N }, (_, n) =>
      factsOf({
        spanId: id(n + 1),
        parentSpanId: parent(n),
        size: n,
        hash: id(n),
        tokens: { input: 1, output: 0, cached: 0, written: 0, written1h: 0, reasoning: 0 },
      }),
    );

  test.each([
    ["a chain", (n: number) => (n === 0 ? "" : id(n)), 1, 1],
    ["a chain whose root is missing", (n: number) => id(n === 0 ? "ffff" : n), 1, 1],
    ["a single cycle", (n: number) => id(n === 0 ? N : n), 1, N],
    ["nothing but self-parents", (n: number) => id(n + 1), N, N],
    ["orphans of as many parents", (n: number) => id(`f${(n + 1).toString(16).padStart(14, "0")}`), 1, N],
  ])("%s of 50,000 spans", (_, parent, queries, input) => {
    const { summary } = foldTrace(spansOf(parent));
    expect({ spans: summary.spans, queries: summary.queries, input: summary.tokens.input }).toEqual({
      spans: N,
      queries,
      input,
    });
  });
});
