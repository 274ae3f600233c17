import { describe, expect, test } from "vitest";
import { deriveFacts } from "../../src/facts/facts.ts";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { foldQueries, queriesOf, summarise } from "../../src/session/whole-session.ts";
import { LIST_PRICES, readPrices } from "../../src/session/prices/prices.ts";
import { MAX_NAMES_SHOWN } from "../../src/session/roll-up.ts";
import type { Span } from "../../src/otel/span.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { at, factsOf, id, TRACE } from "../facts/facts-of.ts";
import { ABOUT, foldTrace } from "./fold-of.ts";

const QUERY = { name: "plan-trip", namespace: "travel" };
const tokens = (input: number, output = 0, cached = 0) => ({
  tokens: { input, output, cached, written: 0, written1h: 0, reasoning: 0 },
});

function span(n: number, parent: number, given: Partial<SpanFacts> = {}): SpanFacts {
  return factsOf({ spanId: id(n), parentSpanId: parent === 0 ? "" : id(parent), start: at(n / 10), ...given });
}

/** What a span with these attributes says. */
function factsFrom(attributes: Record<string, string>, given: Partial<Span> = {}): SpanFacts {
  const listed = Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  const ids = { traceId: TRACE, spanId: id(1), startTimeUnixNano: "1", endTimeUnixNano: "2" };
  const whole: Span = { name: "span", kind: 1, ...ids, attributes: listed, ...given };
  return deriveFacts(whole, JSON.stringify(whole), undefined, undefined);
}

const exception = (attributes: Record<string, string>) => ({
  name: "exception",
  timeUnixNano: "2",
  attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
});

describe("a query", () => {
  test("names its target", () => {
    const target = factsFrom({ "target.type": "team", "target.name": "writers" });
    expect(target.target).toBe("team/writers");
    const spans = [
      span(1, 0, { kind: "query", query: QUERY }),
      span(2, 1, { kind: "chain", query: QUERY, target: "team/writers" }),
      span(3, 2, { kind: "chain", query: QUERY, target: "agent/late" }),
    ];
    expect(foldTrace(spans).queries[0]?.target).toEqual({ type: "team", name: "writers" });
    expect(foldTrace([span(1, 0, { kind: "query", target: "/writers" })]).queries[0]?.target).toEqual({
      name: "writers",
    });
  });

  const dispatch = { kind: "query", name: "query.plan-trip.dispatch", query: QUERY } as const;
  const phases: readonly (readonly [string, string, readonly SpanFacts[]])[] = [
    ["is pending while it is only handed over", "pending", [span(1, 0, { ...dispatch, running: true })]],
    [
      "is pending while only its dispatch runs",
      "pending",
      [span(1, 0, { ...dispatch, running: true }), span(2, 1, { kind: "http", query: QUERY, running: true })],
    ],
    [
      "runs once work on it has started",
      "running",
      [
        span(1, 0, { ...dispatch, running: true }),
        span(2, 1, { kind: "query", name: "query.plan-trip", query: QUERY, running: true }),
      ],
    ],
    ["runs if it is only its own root", "running", [span(1, 0, { running: true })]],
    ["is done when it ended", "done", [span(1, 0, dispatch)]],
    ["is in error", "error", [span(1, 0, { ...dispatch, error: true, failure: "no such agent" })]],
    [
      "is canceled",
      "canceled",
      [span(1, 0, { ...dispatch, error: true, canceled: true, failure: "context canceled" })],
    ],
    [
      "is in error though another part was canceled for it",
      "error",
      [
        span(1, 0, { ...dispatch, error: true, failure: "out of memory" }),
        span(2, 1, { kind: "query", query: QUERY, error: true, canceled: true, failure: "context canceled" }),
      ],
    ],
  ];
  test.each(phases)("%s: %s", (_, phase, spans) => {
    expect(foldTrace(spans).queries.map((query) => query.phase)).toEqual([phase]);
  });

  test("says why it failed, or was canceled, and no inner failure that it got over", () => {
    const failures = phases.map(([, , spans]) => foldTrace(spans).queries[0]?.failure);
    expect(failures.filter((failure) => failure !== undefined)).toEqual([
      "no such agent",
      "context canceled",
      "out of memory",
    ]);
    const spans = [span(1, 0), span(2, 1, { kind: "tool", error: true, failure: "not found" })];
    expect(foldTrace(spans).queries[0]).toMatchObject({ phase: "done", errors: 1 });
    expect(foldTrace(spans).queries[0]?.failure).toBeUndefined();
  });

  test("that was canceled does not make its session a failed one", () => {
    const canceled = [span(1, 0, { ...dispatch, error: true, canceled: true })];
    expect(foldTrace(canceled).summary.liveness.failed).toBe(false);
    expect(foldTrace([span(1, 0, { ...dispatch, error: true })]).summary.liveness.failed).toBe(true);
  });
});

describe("an error says", () => {
  const ERROR = { code: 2 };
  test.each([
    [
      "its exception's message",
      {},
      { status: ERROR, events: [exception({ "exception.message": "a\nb" })] },
      "a",
      false,
    ],
    ["its status' message", {}, { status: { code: 2, message: "timed out" } }, "timed out", false],
    ["its type", { "error.type": "timeout" }, { status: ERROR }, "timeout", false],
    [
      "what Langfuse says",
      { "langfuse.observation.level": "ERROR", "langfuse.observation.status_message": "quota" },
      {},
      "quota",
      false,
    ],
    [
      "that Go's context was canceled",
      {},
      { status: { code: 2, message: "llm: context canceled" } },
      "llm: context canceled",
      true,
    ],
    [
      "that Python's task was canceled",
      {},
      { status: ERROR, events: [exception({ "exception.type": "asyncio.exceptions.CancelledError" })] },
      "asyncio.exceptions.CancelledError",
      true,
    ],
    ["that the caller aborted", { "error.type": "AbortError" }, { status: ERROR }, "AbortError", true],
  ] as const)("%s", (_, attributes, given, failure, canceled) => {
    const facts = factsFrom(attributes, given);
    expect([facts.error, facts.failure, facts.canceled === true]).toEqual([true, failure, canceled]);
  });

  test("nothing where there is none", () => {
    const facts = factsFrom({ "error.type": "timeout" }, { status: { message: "fine" } });
    expect([facts.error, facts.failure, facts.canceled]).toEqual([false, undefined, undefined]);
  });
});

describe("a summary", () => {
  test("names teams and users", () => {
    expect(factsFrom({ "enduser.id": "b", "langfuse.user.id": "c" }).user).toBe("b");
    const { teams, users } = foldTrace([
      span(1, 0, { kind: "team", team: "writers", user: "ada" }),
      span(2, 1, { kind: "team", team: "writers", error: true, user: "bob" }),
      span(3, 1, { user: "ada" }),
    ]).summary;
    expect({ teams, users }).toEqual({ teams: [{ name: "writers", calls: 2, errors: 1 }], users: ["ada", "bob"] });
  });

  test("shows so many names of each list, and says how many more there are", () => {
    const named = Array.from({ length: MAX_NAMES_SHOWN + 3 }, (_, n) => String(n).padStart(3, "0"));
    const { summary } = foldTrace([
      span(999, 0),
      ...named.map((tool, n) => span(n + 1, 999, { kind: "tool", tool, service: `at ${tool}`, user: tool })),
    ]);
    expect(summary.tools.map(({ name }) => name)).toEqual(named.slice(0, MAX_NAMES_SHOWN));
    expect(summary.services).toHaveLength(MAX_NAMES_SHOWN);
    expect(summary.omitted).toEqual({ tools: 3, services: 3, users: 3 });
    expect(foldTrace([span(1, 0)]).summary).not.toHaveProperty("more");
  });
});

describe("cost", () => {
  const call = (n: number, parent: number, model: string, given: Partial<SpanFacts> = {}) =>
    span(n, parent, { kind: "llm", model, ...tokens(1_000_000), ...given });
  const costs = (spans: readonly SpanFacts[]) => {
    const { cost, estimated, unpriced } = foldTrace(spans).summary;
    return { cost, estimated, unpriced };
  };

  test("is what spans say", () => {
    expect(costs([span(1, 0), call(2, 1, "gpt-4o", { cost: 0.5 })])).toEqual({ cost: 0.5 });
  });

  test("is estimated by the list prices where none says, and says how much of it is", () => {
    const spans = [span(1, 0), call(2, 1, "gpt-4o", { cost: 0.5 }), call(3, 1, "gpt-4o-mini")];
    expect(costs(spans)).toEqual({ cost: 0.65, estimated: 0.15 });
    expect(foldTrace(spans).queries[0]?.cost).toBe(0.65);
  });

  test("leaves out models without a price, and names them", () => {
    const spans = [span(1, 0), call(2, 1, "house-2"), call(3, 1, "house-1"), call(4, 1, "gpt-4o")];
    expect(costs(spans)).toEqual({ cost: 2.5, estimated: 2.5, unpriced: ["house-1", "house-2"] });
    expect(costs([call(2, 0, "house-2")])).toEqual({ unpriced: ["house-2"] });
    expect(costs([span(1, 0, tokens(5))])).toEqual({ unpriced: ["unknown"] });
    expect(costs([call(2, 0, "house-2", tokens(0))])).toEqual({});
  });

  test.each([
    ["above the call", [span(1, 0, { cost: 0.5 }), span(2, 1), call(3, 2, "gpt-4o")]],
    ["below the call", [span(1, 0), call(2, 1, "gpt-4o"), span(3, 2, { cost: 0.5 })]],
    ["at the query of a call whose parent has not come", [span(1, 0, { cost: 0.5 }), call(3, 77, "gpt-4o")]],
    ["below a part of a call's own query that has not come", [call(1, 0, "gpt-4o"), span(3, 77, { cost: 0.5 })]],
  ])("that is said %s covers it", (_, spans) => {
    expect(costs(spans)).toEqual({ cost: 0.5 });
  });

  test("counts usage that is repeated up the tree once", () => {
    const spans = [span(1, 0, { kind: "agent", ...tokens(1_000_000) }), call(2, 1, "gpt-4o")];
    expect(costs(spans)).toEqual({ cost: 2.5, estimated: 2.5 });
  });

  test("is unknown until prices are loaded, where a part of it needs them", () => {
    const table = new SpanTable();
    [span(1, 0), call(2, 1, "gpt-4o", { cost: 0.5 })].forEach((facts, at) => table.admit(TRACE, facts, 1, at));
    const { prices: _, ...withoutPrices } = ABOUT;
    expect(summarise(table, withoutPrices)).toMatchObject({ cost: 0.5 });
    table.admit(TRACE, call(3, 1, "gpt-4o-mini"), 2, 0);
    const { cost, estimated, unpriced } = summarise(table, withoutPrices);
    expect({ cost, estimated, unpriced }).toEqual({});
    expect(queriesOf(table)[0]?.cost).toBeUndefined();
    expect(summarise(table, ABOUT)).toMatchObject({ cost: 0.65, estimated: 0.15 });
  });

  test("follows a deployment's own prices", () => {
    const read = readPrices('{"house-2": {"input": 7, "output": 1}}');
    if (!read.ok) throw new Error(read.error);
    const table = new SpanTable();
    table.admit(TRACE, call(1, 0, "house-2"), 1, 0);
    const { cost, estimated, unpriced } = summarise(table, { ...ABOUT, prices: read.prices });
    expect({ cost, estimated, unpriced }).toEqual({ cost: 7, estimated: 7 });
    expect(foldQueries(table, LIST_PRICES).unpriced).toEqual(new Set(["house-2"]));
  });
});
