import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { liveness } from "../../src/session/liveness.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import type { ResourceSpans } from "../../src/otel/span.ts";
import { dialect, oneByOne, permutations, viewOf } from "../facts/dialect.ts";
import { at, factsOf, id, TRACE } from "../facts/facts-of.ts";
import { recordOfArkEvent } from "../../src/ark/events/event-record.ts";
import type { ArkEvent } from "../../src/ark/events/posted-event.ts";
import { deriveRecordFacts } from "../../src/logs/record-facts.ts";
import { summarise } from "../../src/session/whole-session.ts";
import { admitRecords } from "../../src/session/table/admit-records.ts";
import { arkEvent } from "../logs/ark-events.ts";
import { ABOUT, foldOf, foldTrace } from "./fold-of.ts";

const OTHER_TRACE = "11111111111111111111111111111111";
const NAMES = readdirSync(new URL("../fixtures/asking/", import.meta.url)).map((file) => file.replace(".json", ""));

/** "What? (query, tool) since second", or the status a second after the last arrival. */
function statusOf(deliveries: readonly (readonly ResourceSpans[])[]): string {
  const summary = viewOf(deliveries).summary();
  if (!summary) throw new Error("no summary");
  const now = Number(BigInt(summary.liveness.lastArrival) / 1_000_000n) + 1000;
  const { status, waiting } = liveness(summary.liveness, now);
  if (!waiting) return status;
  const { question, query, tool, since } = waiting;
  return `${status}: ${question} (${query}${tool === undefined ? "" : `, ${tool}`}) since ${Number(BigInt(since) - at(0)) / 1e9}`;
}

const course = (name: string): string[] => {
  const deliveries = dialect(name, "asking");
  return deliveries.map((_, last) => statusOf(deliveries.slice(0, last + 1)));
};

describe("an input request", () => {
  // spec: LIVE-11
  test("A2A: a task that needs input waits though its spans ended, until the task continues", () => {
    expect(course("a2a-input-required")).toEqual([
      "waiting: Which city? (invoke_agent travel) since 3",
      "running",
      "running",
    ]);
  });

  // spec: LIVE-12
  test("MCP: an elicitation waits while its span runs, and says for which tool call", () => {
    expect(course("mcp-elicitation")).toEqual([
      "waiting: Which room do you want? (turn, book_hotel) since 2",
      "running",
      "running",
    ]);
  });

  test("MCP: it is closed when the tool call times out", () => {
    expect(course("mcp-elicitation-timed-out")).toEqual([
      "waiting: Which room do you want? (turn, book_hotel) since 2",
      "running",
      "running",
    ]);
  });

  test("Ark: an approval, by events of the tool call that waits for it", () => {
    expect(course("ark-approval")).toEqual([
      "waiting: May I delete 3 records? (clean-up, delete-record) since 3",
      "running",
      "running",
    ]);
  });

  test("Ark: a query that ends in want of input waits until the session goes on", () => {
    expect(course("ark-input-required")).toEqual(["waiting: Which table? (clean-up) since 9", "running"]);
  });

  test("Cloudflare's Agents SDK: an approval, until the next turn has it", () => {
    expect(course("cloudflare-approval")).toEqual([
      "waiting: tool_approval send_email (invoke_agent BookingAgent, send_email) since 3",
      "running",
    ]);
    expect(course("cloudflare-approval-in-one-trace").map((status) => status.split(":")[0])).toEqual([
      "waiting",
      "running",
    ]);
  });

  // spec: LIVE-16
  test.each([
    ["langgraph-interrupt", "waiting: Send the mail? (LangGraph) since 3"],
    ["langgraph-interrupt-status-ok", "waiting: Send the mail? (LangGraph) since 3"],
    ["langfuse-interrupt", "waiting: Send the mail? (LangGraph) since 3"],
    ["openllmetry-interrupt", "waiting: Send the mail? (POST /runs) since 3"],
    ["pydantic-ai-approval", "waiting: Delete a.txt? (invoke_agent agent, delete_file) since 3"],
  ])(
    "%s: a run that stopped for an answer waits, though its trace ended, until the session goes on",
    (name, waiting) => {
      expect(course(name)).toEqual([waiting, "running"]);
    },
  );

  test.each(["langgraph-interrupt", "openllmetry-interrupt"])("%s: no span of it failed", (name) => {
    const [stopped = []] = dialect(name, "asking");
    const { errors, failedSpans, liveness: facts } = viewOf([stopped]).summary() ?? {};
    expect([errors, failedSpans, facts?.failed]).toEqual([0, 0, false]);
  });

  // spec: LIVE-14
  test.each(NAMES)("%s: an answer closes it in any order of delivery", (name) => {
    const deliveries = dialect(name, "asking");
    for (const order of permutations(oneByOne(deliveries))) expect(statusOf(order)).toBe(course(name).at(-1));
  });
});

describe("Ark's approval, by events without spans", () => {
  const TEXT = "approval required for 1 tool call(s)";
  const SESSION = [
    arkEvent("QueryExecutionStart", 0, { input: "Delete it", targetType: "agent", agent: "cleaner" }),
    arkEvent("AgentExecutionStart", 1, { agent: "default/cleaner" }),
    arkEvent("LLMCallStart", 1.2, { model: "gpt-4o" }),
    arkEvent("LLMCallComplete", 2.8, { model: "gpt-4o", durationMs: "1600" }),
    arkEvent("AgentExecutionError", 3, { agent: "default/cleaner", error: TEXT }),
  ];
  const RESUMED = [
    arkEvent("ToolCallStart", 60, { toolName: "delete", toolId: "call-1" }),
    arkEvent("ToolCallComplete", 61, { toolName: "delete", toolId: "call-1", durationMs: "1000" }),
  ];
  const OVER = [arkEvent("QueryExecutionComplete", 63, { durationMs: "63000" })];

  const summaryOf = (events: readonly ArkEvent[]) => {
    const table = new SpanTable();
    events.forEach((event, revision) => {
      const { record, scope, resource } = recordOfArkEvent(event);
      admitRecords(table, TRACE, [deriveRecordFacts(record, JSON.stringify(record), resource, scope)], revision + 1);
    });
    return summarise(table, ABOUT);
  };
  /** The question, and the errors. */
  const outcomeOf = (events: readonly ArkEvent[]) => {
    const { liveness: facts, errors } = summaryOf(events);
    return [facts.waiting?.question, facts.waiting?.query, errors];
  };

  // spec: LIVE-16
  test("waits with the event's question, until the query goes on, and counts no error", () => {
    expect(outcomeOf(SESSION)).toEqual([TEXT, "weather", 0]);
    expect(outcomeOf([...SESSION, ...RESUMED.slice(0, 1)])).toEqual([undefined, undefined, 0]);
    expect(outcomeOf([...SESSION, ...RESUMED, ...OVER])).toEqual([undefined, undefined, 0]);
  });

  test("waits again when the query asks again", () => {
    const again = arkEvent("AgentExecutionError", 70, { agent: "default/cleaner", error: TEXT });
    expect(outcomeOf([...SESSION, ...RESUMED, again])).toEqual([TEXT, "weather", 0]);
  });

  test("counts once for all agents and teams that the error passed", () => {
    const team = arkEvent("TeamExecutionError", 3, { teamName: "crew", error: `turn 0 failed: ${TEXT}` });
    expect(outcomeOf([...SESSION, team])).toEqual([TEXT, "weather", 0]);
  });

  test("in any order of delivery", () => {
    const events = [...SESSION.slice(0, 1), ...SESSION.slice(3), ...RESUMED.slice(1), ...OVER];
    for (const order of permutations(events)) expect(outcomeOf(order)).toEqual([undefined, undefined, 0]);
  });

  test("fails as before for any other error", () => {
    const failed = arkEvent("AgentExecutionError", 3, { agent: "default/cleaner", error: "no such tool" });
    expect(outcomeOf([...SESSION.slice(0, 4), failed])).toEqual([undefined, undefined, 1]);
  });
});

describe("the open input request", () => {
  const asking = (since: number, more: { task?: string; state?: "open" | "closed"; tool?: string } = {}) => ({
    inputRequest: { state: "open" as const, since: at(since), task: "", question: `asked at ${since}?`, ...more },
  });
  const span = (spanId: number, parent: number | "", more: object = {}) =>
    factsOf({ spanId: id(spanId), parentSpanId: parent === "" ? "" : id(parent), name: `s${spanId}`, ...more });
  const question = (...spans: readonly ReturnType<typeof span>[]) =>
    foldTrace(spans).summary.liveness.waiting?.question;
  const running = { running: true };

  test("names the requesting span", () => {
    const asks = span(3, 1, { ...running, ...asking(4) });
    const { waiting } = foldTrace([span(1, "", running), asks]).summary.liveness;
    expect(waiting?.span).toBe(`${TRACE}:${id(3)}`);
  });

  // spec: LIVE-15
  test("of several, the oldest one", () => {
    const root = span(1, "", running);
    const [late, early] = [span(2, 1, { ...running, ...asking(5) }), span(3, 1, { ...running, ...asking(4) })];
    expect(question(root, late, early)).toBe("asked at 4?");
    expect(question(root, late, span(3, 1, { end: at(6) }))).toBe("asked at 5?");
    expect(question(root, span(2, 1), span(3, 1))).toBeUndefined();
  });

  // spec: LIVE-12
  test("a question of a span that runs is over once a caller of it has ended", () => {
    const asks = span(3, 2, { ...running, ...asking(4) });
    expect(question(span(1, "", running), span(2, 1, running), asks)).toBe("asked at 4?");
    expect(question(span(1, "", running), span(2, 1), asks)).toBeUndefined();
    expect(question(span(1, "", { end: at(9) }), span(2, 1, running), asks)).toBeUndefined();
    expect(question(asks)).toBe("asked at 4?");
  });

  // spec: LIVE-13
  test("a question that a span left open is over once a later query begins, in another trace too", () => {
    const asked = span(1, "", { end: at(4), ...asking(4) });
    const session = (start: number) =>
      foldOf([
        [
          { traceId: TRACE, facts: asked },
          { traceId: OTHER_TRACE, facts: span(2, "", { start: at(start) }) },
        ],
      ]).summary.liveness.waiting?.question;
    expect([session(3), session(4), session(4.1)]).toEqual(["asked at 4?", "asked at 4?", undefined]);
  });

  // spec: LIVE-16
  describe("of a run that stopped", () => {
    const stopped = (more: object = {}) =>
      span(3, 2, { name: "review", kind: "chain", start: at(1), end: at(3), ...asking(3), ...more });
    const run = (more: object = {}) => span(2, 1, { kind: "chain", start: at(0), end: at(3.2), ...more });
    const app = (end: number) => span(1, "", { kind: "chain", start: at(0), end: at(end) });
    const step = (n: number, parent: number, start: number, more: object = {}) =>
      span(n, parent, { kind: "llm", start: at(start), end: at(start + 1), ...more });

    test("stays while steps beside it go on, and steps of its own run end", () => {
      expect(question(app(3.3), run(), stopped(), step(4, 2, 2), step(5, 2, 3.1))).toBe("asked at 3?");
    });

    test("is over once a step begins after the run", () => {
      expect(question(app(9), run(), stopped(), step(4, 1, 3.4))).toBe("asked at 3?");
      expect(question(app(9), run(), stopped(), step(4, 1, 5))).toBeUndefined();
      const call = { name: "pay", kind: "tool", tool: "pay" } as const;
      expect(question(run({ end: at(9) }), stopped(call), step(4, 2, 5, { kind: "tool", tool: "log" }))).toBe(
        "asked at 3?",
      );
      expect(question(run({ end: at(9) }), stopped(call), step(4, 2, 5))).toBeUndefined();
      expect(question(span(1, "", { kind: "chain", running: true }), run(), stopped(), step(4, 1, 5))).toBeUndefined();
      expect(question(run(), stopped(), step(4, 2, 5))).toBeUndefined();
    });

    test("is no step: what surrounds the run", () => {
      const web = step(4, 2, 5, { kind: "http" });
      expect(question(run(), stopped(), web)).toBe("asked at 3?");
    });

    test("is over once the same operation runs again", () => {
      const again = step(5, 1, 3.5, { name: "review", kind: "chain" });
      expect(question(app(9), run(), stopped(), again)).toBeUndefined();
      expect(question(app(9), run(), stopped(), { ...again, ...asking(7) })).toBe("asked at 7?");
      const call = { kind: "tool", tool: "pay", name: "execute_tool pay" } as const;
      expect(question(app(9), run(), stopped(call), step(5, 1, 3.5, { ...call, tool: "refund" }))).toBe("asked at 3?");
      expect(question(app(9), run(), stopped(call), step(5, 1, 3.5, call))).toBeUndefined();
    });

    test("is over once its caller or its agent runs again", () => {
      const graph = { name: "graph", kind: "chain" } as const;
      expect(question(app(9), run(graph), stopped(), step(5, 1, 3.5, graph))).toBeUndefined();
      const agent = { name: "invoke_agent a", kind: "agent", agent: "a" } as const;
      const inner = span(6, 3, { name: "pay", kind: "tool", tool: "pay", start: at(2), end: at(3), ...asking(3) });
      const parts = [app(9), run(agent), span(3, 2, { kind: "chain", end: at(3.1) }), inner];
      expect([question(...parts), question(...parts, step(5, 1, 3.5, agent))]).toEqual(["asked at 3?", undefined]);
    });

    test("is over once a span goes on with a resume command", () => {
      const resumed = step(4, 1, 3.05, {
        kind: "internal",
        inputRequest: { state: "resumed", since: at(3.05), task: "", question: "" },
      });
      expect(question(app(9), run(), stopped(), resumed)).toBeUndefined();
    });

    test("is not asked if the run failed or was canceled afterwards", () => {
      const failure = { error: true, exception: true as const, failure: "out of memory" };
      expect(question(run(failure), stopped())).toBeUndefined();
      expect(question(run({ error: true, canceled: true }), stopped())).toBeUndefined();
      expect(question(run({ error: true }), stopped())).toBe("asked at 3?");
    });

    test("has the words of any span that the exception ended", () => {
      const wordless = run({ end: at(3), ...asking(3), inputRequest: { ...asking(3).inputRequest, question: "" } });
      expect(question(wordless, stopped())).toBe("asked at 3?");
      expect(question(wordless)).toBe("s2");
    });

    test("below a deep chain of calls is found in one pass", () => {
      const chain = Array.from({ length: 50_000 }, (_, n) =>
        span(n + 2, n + 1, { kind: "chain", end: at(3 + (50_000 - n) / 1e6) }),
      );
      const many = Array.from({ length: 100 }, (_, n) => span(60_000 + n, 50_001, { end: at(3), ...asking(3) }));
      expect(question(app(4), ...chain, ...many)).toBe("asked at 3?");
    });
  });

  test("the latest state of a task counts", () => {
    const task = "task-1";
    const asked = span(1, "", asking(4, { task }));
    const over = (since: number) => span(2, "", asking(since, { task, state: "closed" }));
    const again = span(3, "", asking(8, { task }));
    expect([question(asked), question(asked, over(3)), question(asked, over(4)), question(asked, over(5))]).toEqual([
      "asked at 4?",
      "asked at 4?",
      undefined,
      undefined,
    ]);
    expect(question(asked, over(5), again)).toBe("asked at 8?");
    expect(question(asked, over(5), again, span(4, "", asking(9, { task, state: "closed" })))).toBeUndefined();
    expect(question(asked, span(2, "", asking(5, { task: "task-2", state: "closed" })))).toBe("asked at 4?");
  });

  test("the tool is the one that the span names, else the nearest above", () => {
    const tools = (...spans: readonly ReturnType<typeof span>[]) => foldTrace(spans).summary.liveness.waiting?.tool;
    const call = span(1, "", { ...running, kind: "tool", tool: "book" });
    expect(tools(call, span(2, 1, running), span(3, 2, { ...running, ...asking(1) }))).toBe("book");
    expect(tools(call, span(2, 1, { ...running, ...asking(1, { tool: "pay" }) }))).toBe("pay");
    expect(tools(span(1, "", { ...running, ...asking(1) }))).toBeUndefined();
  });

  test("requests of an evicted trace take no memory", () => {
    const table = new SpanTable();
    table.admit(TRACE, span(1, "", { ...running, ...asking(1) }), 1, 0);
    table.admit(OTHER_TRACE, span(1, "", { ...running, ...asking(2) }), 1, 1);
    table.evictTrace(TRACE);
    expect([...table.inputRequests.all].map((stated) => stated.inputRequest.question)).toEqual(["asked at 2?"]);
    table.evictTrace(OTHER_TRACE);
    expect(table.inputRequests.bytes).toBe(0);
  });

  test("the best version of a span counts", () => {
    const asked = span(1, "", { ...running, ...asking(1) });
    expect(question(asked, span(1, "", { end: at(3) }))).toBeUndefined();
    expect(question(span(1, "", { end: at(3) }), asked)).toBeUndefined();
  });
});
