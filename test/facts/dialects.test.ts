import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { liveness } from "../../src/session/liveness.ts";
import { spanIdentity } from "../../src/facts/identity.ts";
import { captured, dialect, oneByOne, permutations, viewOf } from "./dialect.ts";
import { printTree } from "../session/print-tree.ts";
import { spanOf } from "./span-of.ts";

const NAMES = readdirSync(new URL("../fixtures/dialects/", import.meta.url)).map((file) => file.replace(".json", ""));

/** The tree after each delivery. */
const course = (name: string) => {
  const deliveries = dialect(name);
  return deliveries.map((_, last) => printTree(viewOf(deliveries.slice(0, last + 1)).tree()));
};

describe("spans that have not ended", () => {
  test("GlassFlow and similar exporters: a pending span is the running span", () => {
    expect(course("glassflow")).toEqual([
      ["turn 0–0 running"],
      ["turn 0–1 running +1", "  weather 1–1 running"],
      ["turn 0–6 +1", "  weather 1–5"],
    ]);
  });

  test("OTLP itself: no end time, or zero", () => {
    expect(course("otlp-without-end")).toEqual([
      ["turn 0–1 running +1", "  chat small 1–1 running"],
      ["turn 0–4 running +1", "  chat small 1–4"],
      ["turn 0–5 +1", "  chat small 1–4"],
    ]);
  });

  test("Datadog: the report with the highest number counts until the span has ended", () => {
    expect(course("datadog")).toEqual([["batch.run 0–0 running"], ["batch.run 0–0 running"], ["batch.run 0–75"]]);
    const steps = permutations(dialect("datadog").slice(0, 2)).map((reports) =>
      [...viewOf(reports).spans()].map(({ span }) => span.attributes?.[1]?.value?.stringValue),
    );
    expect(steps).toEqual([["writing"], ["writing"]]);
  });

  test("Logfire: a copy with its own id is a version of the span that it names as its parent", () => {
    const [begun, ended] = [captured("logfire-001.pb"), captured("logfire-002.pb")];
    const outline = (view: ReturnType<typeof viewOf>) =>
      view
        .tree()
        .rows.map((row) => `${"  ".repeat(row.depth)}${row.name} ${row.spanId}${row.running ? " running" : ""}`);
    expect(outline(viewOf([begun]))).toEqual([
      "agent run {q} cb5f1bbd272975bf running",
      "  got question 842f4afa315b32e4",
      "  chat gpt-4o ab928a375427117a running",
      "  slow model f2f8f88f42c9d302",
    ]);
    const whole = [
      "agent run {q} cb5f1bbd272975bf",
      "  got question 842f4afa315b32e4",
      "  chat gpt-4o ab928a375427117a",
      "  slow model f2f8f88f42c9d302",
      "  failing tool ece7a6d0eb215fbf",
      "  tool error f15f7986a7c6aefd",
    ];
    expect(outline(viewOf([begun, ended]))).toEqual(whole);
    expect(outline(viewOf([ended, begun]))).toEqual(whole);
    expect(viewOf([begun]).summary()).toMatchObject({ spans: 4, title: "hi", liveness: { running: 2 } });
    expect(viewOf([begun, ended]).summary()).toMatchObject({ spans: 6, errors: 2, liveness: { running: 0 } });
  });
});

describe("the span to which a version belongs", () => {
  const copy = { "logfire.span_type": "pending_span" };
  const own = { spanId: "00f067aa0ba902b7", parentSpanId: "00f067aa0ba902b6" };
  const ended = 1795261714505000000n;

  test.each([
    ["a span that ended", {}, {}, { ...own, running: false, asOf: 0n }],
    ["no end", {}, { endTimeUnixNano: "0" }, { ...own, running: true, asOf: 0n }],
    ["a copy of a root", { ...copy, "logfire.pending_parent_id": "0000000000000000" }, {}, { parentSpanId: "" }],
    ["a copy that names the parent badly", { ...copy, "logfire.pending_parent_id": "root" }, {}, { parentSpanId: "" }],
    [
      "a copy's parent",
      { ...copy, "logfire.pending_parent_id": "00F067AA0BA902B1" },
      {},
      { parentSpanId: "00f067aa0ba902b1" },
    ],
    ["a copy of nothing", copy, { parentSpanId: "" }, { spanId: own.spanId, running: false }],
    ["another type of Logfire's", { "logfire.span_type": "span" }, {}, { ...own, running: false }],
    ["pending", { "acme.span.pending": true }, {}, { ...own, running: true, asOf: ended }],
    ["pending, in a word", { "acme.span.pending": "True" }, {}, { running: true }],
    ["not pending any more", { "acme.span.pending": false }, {}, { running: false }],
    ["a key that only looks like it", { "acme.span.pending.count": 1 }, {}, { running: false }],
    ["the first report", { "_dd.partial_version": 0 }, {}, { running: true, asOf: 0n }],
    ["a later report", { "_dd.partial_version": 12.0 }, {}, { running: true, asOf: 12n }],
    ["the last report", { "_dd.partial_version": 12, "_dd.was_long_running": 1 }, {}, { running: false, asOf: 0n }],
  ] as const)("%s", (_, attributes, more, identity) => {
    expect(spanIdentity(spanOf("x", attributes, more))).toMatchObject(identity);
  });

  test("a copy is a version of the span that it names", () => {
    const span = spanOf("x", { ...copy, "logfire.pending_parent_id": "00000000000000ff" });
    expect(spanIdentity(span)).toEqual({
      spanId: own.parentSpanId,
      parentSpanId: "00000000000000ff",
      running: true,
      end: 0n,
      asOf: ended,
    });
  });
});

describe("ancestors named by paths", () => {
  test("Laminar: ids are UUIDs, and lists include the span itself", () => {
    expect(course("laminar")).toEqual([
      ["(d1 agent run) 2–4 +2 [placeholder]", "  (d2 plan) 2–4 +1 [placeholder]", "    openai.chat 2–4"],
      ["(d1 agent run) 1–5 +2 [placeholder]", "  plan 1–5 +1", "    openai.chat 2–4"],
      ["agent run 0–6 +2", "  plan 1–5 +1", "    openai.chat 2–4"],
    ]);
  });

  test("TraceRoot: ids stop at the parent; a later ancestor takes its place in the chain", () => {
    expect(course("traceroot")).toEqual([
      ["(e1 session) 2–4 +2 [placeholder]", "  (e2 agent) 2–4 +1 [placeholder]", "    search 2–4"],
      ["session 0–6 +2", "  (e2 agent) 2–4 never came +1 [placeholder]", "    search 2–4"],
      ["session 0–6 +2", "  agent 1–5 +1", "    search 2–4"],
    ]);
  });

  test("the list shows a missing root's name and its future id", () => {
    const deliveries = dialect("laminar");
    const summaries = deliveries.map((_, last) => {
      const view = viewOf(deliveries.slice(0, last + 1));
      const { title, liveness } = view.summary() ?? {};
      const [query] = view.queries();
      return `${title}, awaited ${liveness?.awaitedParents}; ${query?.name} ${query?.spanId} ${query?.phase}`;
    });
    expect(summaries).toEqual([
      "agent run, awaited 2; agent run 00000000000000d1 running",
      "agent run, awaited 1; agent run 00000000000000d1 running",
      "agent run, awaited 0; agent run 00000000000000d1 done",
    ]);
  });

  test("plain SDKs: a placeholder without a name starts with its earliest child", () => {
    expect(course("plain")).toEqual([
      ["(f2) 2–3 +1 [placeholder]", "  chat small 2–3"],
      ["(f1) 1–4 +2 [placeholder]", "  invoke_agent planner 1–4 +1", "    chat small 2–3"],
      ["turn 0–5 +2", "  invoke_agent planner 1–4 +1", "    chat small 2–3"],
    ]);
  });
});

describe("parents that never arrive", () => {
  /** Status and missing parents after these seconds of silence. */
  const statuses = (name: string, ...silences: number[]): string[] => {
    const facts = viewOf(dialect(name)).summary()?.liveness;
    if (!facts) throw new Error("no summary");
    const lastArrival = Number(BigInt(facts.lastArrival) / 1_000_000n);
    return silences.map((seconds) => {
      const { status, missingParents } = liveness(facts, lastArrival + seconds * 1000);
      return `${status}, ${missingParents} missing`;
    });
  };

  test("Ark: an ended query is finished even if its caller's span went elsewhere", () => {
    expect(course("ark-parents-elsewhere")).toEqual([
      [
        "<plan-trip> 2–6 +4",
        "  (104) 2–6 +3 [placeholder]",
        "    agent.travel/planner 2–6 +2",
        "      llm.gpt-4o 3–4",
        "      tool.search 4–5",
      ],
      [
        "(102) 1–7 never came +5 [placeholder]",
        "  query.plan-trip 1–7 +4",
        "    target.planner 1–6 +3",
        "      agent.travel/planner 2–6 +2",
        "        llm.gpt-4o 3–4",
        "        tool.search 4–5",
      ],
    ]);
    expect(statuses("ark-parents-elsewhere", 9, 10, 3600)).toEqual([
      "running, 1 missing",
      "finished, 1 missing",
      "finished, 1 missing",
    ]);
  });

  test("without an ended query a parent is awaited for ten minutes, then the session is finished without it", () => {
    expect(statuses("never-rooted", 29, 30, 599, 600)).toEqual([
      "running, 0 missing",
      "idle, 0 missing",
      "idle, 0 missing",
      "finished, 1 missing",
    ]);
  });
});

describe("order of arrival does not matter", () => {
  test.each(NAMES)("%s: its spans give the same session in every order", (name) => {
    const deliveries = dialect(name);
    const snapshot = (view: ReturnType<typeof viewOf>) => {
      const { liveness, ...summary } = view.summary() ?? {};
      return {
        summary,
        liveness: { ...liveness, lastArrival: "" },
        queries: view.queries(),
        tree: printTree(view.tree()),
      };
    };
    const expected = snapshot(viewOf(deliveries));
    for (const order of permutations(oneByOne(deliveries))) expect(snapshot(viewOf(order))).toEqual(expected);
  });
});
