import { describe, expect, test } from "vitest";
import type { ArkEvent } from "../../src/ark/events/posted-event.ts";
import { derivedEvents } from "../../src/ark/events/derived-events.ts";
import { compareEvents, notPosted } from "../../src/ark/events/event-order.ts";
import type { KeyValue, Span } from "../../src/otel/span.ts";

const ARK = { "query.name": "q", "query.namespace": "ns", "ark.session.id": "s", "conversation.id": "c" };
const FAILED = { status: { code: 2, message: "no such row" } };

function span(name: string, from: number, to: number | undefined, attributes: object, more: Partial<Span> = {}): Span {
  const at = (millis: number) => String(1_790_000_000_000_000_000n + BigInt(millis * 1_000) * 1_000n);
  return {
    traceId: "5b8aa5a2d2c872e8321cf37308d69df2",
    spanId: "051581bf3cb55c13",
    parentSpanId: "5fb397be34d26b51",
    name,
    startTimeUnixNano: at(from),
    ...(to === undefined ? {} : { endTimeUnixNano: at(to) }),
    attributes: Object.entries(attributes).map(([key, value]): KeyValue => ({
      key,
      value: typeof value === "number" ? { intValue: String(value) } : { stringValue: String(value) },
    })),
    ...more,
  };
}

/** Reason, message, and the data without the query's. */
function eventsOf(given: Span): string[] {
  const { start, end } = derivedEvents({ span: given }, "session");
  return [start, end].flatMap((event) => (event === undefined ? [] : [worded(event)]));
}

function worded({ reason, message, data }: ArkEvent): string {
  const { queryId: _, queryName: __, queryNamespace: ___, sessionId: ____, conversationId: _____, ...rest } = data;
  return `${reason} | ${message} | ${Object.entries(rest)
    .map(([field, text]) => `${field}=${text}`)
    .join(" ")}`;
}

describe("events of a span", () => {
  test("name the query, its session and its conversation", () => {
    expect(derivedEvents({ span: span("agent.ns/a", 0, 12.34, { ...ARK, "agent.name": "ns/a" }) }, "else").end).toEqual(
      {
        timestamp: "2026-09-21T14:13:20.01234Z",
        eventType: "Normal",
        reason: "AgentExecutionComplete",
        message: "Agent ns/a completed",
        data: {
          queryId: "ns/q",
          queryName: "q",
          queryNamespace: "ns",
          sessionId: "s",
          conversationId: "c",
          agent: "ns/a",
          durationMs: "12.34",
        },
      },
    );
  });

  test.each<[string, Span, string[]]>([
    [
      "a query",
      span("query.q", 0, 1_000, { ...ARK, "input.value": "x".repeat(50) }),
      [
        `QueryExecutionStart | Query q started | input=${"x".repeat(48)}`,
        `QueryExecutionComplete | Query q completed | input=${"x".repeat(48)} durationMs=1000.00`,
      ],
    ],
    ["the dispatch of a query", span("query.q.dispatch", 0, 1, ARK), []],
    ["its target", span("target.t", 0, 1, { ...ARK, "target.type": "team" }), []],
    [
      "a team",
      span("team.ns/t", 0, 1, { ...ARK, "team.name": "ns/t", "team.strategy": "graph", "team.member_count": 3 }),
      [
        "TeamExecutionStart | Team ns/t started | teamName=ns/t strategy=graph memberCount=3",
        "TeamExecutionComplete | Team ns/t completed | teamName=ns/t strategy=graph memberCount=3 durationMs=1.00",
      ],
    ],
    [
      "a running turn",
      span("turn.0", 0, undefined, { ...ARK, "turn.number": 0, "turn.member.name": "a", "turn.member.type": "agent" }),
      ["TeamTurnStart | Turn 0 started | turn=0 memberName=a memberType=agent"],
    ],
    [
      "a model's call",
      span("llm.gpt-4o", 0, 1, {
        ...ARK,
        "llm.model.name": "gpt-4o",
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 5,
      }),
      [
        "LLMCallStart | Model call gpt-4o started | model=gpt-4o",
        "LLMCallComplete | Model call gpt-4o completed | model=gpt-4o durationMs=1.00 promptTokens=10 completionTokens=5 totalTokens=15",
      ],
    ],
    [
      "a tool's call that fails",
      span("tool.find", 0, 2.5, { ...ARK, "tool.name": "find", "tool.id": "c1", "tool.input": "{}" }, FAILED),
      [
        "ToolCallStart | Tool call find started | toolName=find toolId=c1 parameters={}",
        "ToolCallError | Tool call find failed: no such row | toolName=find toolId=c1 parameters={} durationMs=2.50 error=no such row",
      ],
    ],
    [
      "a tool that ends a team's turn as control flow",
      span(
        "tool.terminate",
        0,
        1,
        { ...ARK, "tool.name": "terminate" },
        { status: { code: 2, message: "TerminateTeam" } },
      ),
      [
        "ToolCallStart | Tool call terminate started | toolName=terminate",
        "ToolCallComplete | Tool call terminate completed | toolName=terminate durationMs=1.00",
      ],
    ],
    [
      "a query that was canceled",
      span("query.q", 0, 1, ARK, { status: { code: 2, message: "context canceled" } }),
      [
        "QueryExecutionStart | Query q started | ",
        "QueryExecutionCanceled | Query q was canceled: context canceled | durationMs=1.00 error=context canceled",
      ],
    ],
    ["a call over HTTP", span("GET /", 0, 1, { "http.request.method": "GET" }), []],
  ])("are derived from %s", (_, given, expected) => {
    expect(eventsOf(given)).toEqual(expected);
  });

  test("take the root as the query of a trace without one, by the trace's id", () => {
    const { parentSpanId: _, ...root } = span("chat", 0, 1, {});
    expect(derivedEvents({ span: root }, "session").start).toMatchObject({
      reason: "QueryExecutionStart",
      data: { queryId: root.traceId, queryName: "chat", queryNamespace: "", sessionId: "session" },
    });
  });

  test("take clocks of any year", () => {
    const { start, end } = derivedEvents(
      { span: span("query.q", 0, 0, ARK, { startTimeUnixNano: "0", endTimeUnixNano: "18446744073709551615" }) },
      "",
    );
    expect([start?.timestamp, end?.timestamp]).toEqual(["1970-01-01T00:00:00Z", "2554-07-21T23:34:33.709551615Z"]);
  });
});

const event = (reason: string, second: number, data: Record<string, string> = {}): ArkEvent => ({
  timestamp: `2026-01-01T00:00:0${second}Z`,
  eventType: "Normal",
  reason,
  message: "",
  data: { queryId: "u", queryName: "q", queryNamespace: "ns", sessionId: "s", ...data },
});

test("events are sorted by time; at one moment starts from the outside in, then ends from the inside out", () => {
  const all = [
    "QueryExecutionStart",
    "TeamExecutionStart",
    "LLMCallStart",
    "LLMCallComplete",
    "QueryExecutionComplete",
  ];
  const shuffled = [4, 2, 0, 3, 1].map((at) => event(all[at] ?? "", 0));
  const sorted = [event("ToolCallError", 1), ...shuffled].toSorted(compareEvents);
  expect(sorted.map(({ reason }) => reason)).toEqual([...all, "ToolCallError"]);
});

test("posted events replace as many derived ones, the first for the first, whatever their outcome", () => {
  const derived = [
    event("ToolCallStart", 1, { toolName: "find" }),
    event("ToolCallStart", 3, { toolName: "find" }),
    event("ToolCallStart", 5, { toolName: "book" }),
    event("ToolCallComplete", 6, { toolName: "book" }),
    event("QueryExecutionComplete", 9),
  ].map((one) => ({ event: one }));
  const posted = [
    event("ToolCallStart", 2, { toolName: "find" }),
    event("ToolCallError", 6, { toolName: "ns/book", toolId: "c1" }),
    event("QueryExecutionStart", 0),
  ];
  expect(
    notPosted(derived, posted).map(({ event: { reason, timestamp } }) => `${reason} ${timestamp.slice(17, 19)}`),
  ).toEqual(["ToolCallStart 03", "ToolCallStart 05", "QueryExecutionComplete 09"]);
});
