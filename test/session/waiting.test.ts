import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { liveness } from "../../src/session/liveness.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import type { ResourceSpans } from "../../src/otel/span.ts";
import { dialect, oneByOne, permutations, viewOf } from "../facts/dialect.ts";
import { at, factsOf, id, TRACE } from "../facts/facts-of.ts";
import { foldOf, foldTrace } from "./fold-of.ts";

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

  // spec: LIVE-14
  test.each(NAMES)("%s: an answer closes it in any order of delivery", (name) => {
    const deliveries = dialect(name, "asking");
    for (const order of permutations(oneByOne(deliveries))) expect(statusOf(order)).toBe(course(name).at(-1));
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
