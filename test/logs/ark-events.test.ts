import { describe, expect, test } from "vitest";
import { readReason } from "../../src/logs/ark-events/ark-event.ts";
import { instantOf } from "../../src/ark/events/posted-event.ts";
import { recordOfArkEvent } from "../../src/ark/events/event-record.ts";
import { readRecord } from "../../src/logs/read-record.ts";
import { annotationOf } from "../../src/logs/annotation.ts";
import { sessionOfRecord } from "../../src/logs/record-facts.ts";
import { arkEvent, factsOfEvent } from "./ark-events.ts";

describe("an Ark event as a log record", () => {
  test("belongs to the session that it names", () => {
    const { record, resource } = recordOfArkEvent(arkEvent("LLMCallStart", 1));
    expect(sessionOfRecord(record, resource)).toEqual({ rank: 1, value: "s-1" });
  });

  test("keeps every digit of its time and accepts a time zone", () => {
    expect(instantOf("2026-09-21T14:13:20.123456789Z")).toBe(1_790_000_000_123_456_789n);
    expect(instantOf("2026-09-21T16:13:20.5+02:00")).toBe(1_790_000_000_500_000_000n);
    expect(instantOf("yesterday")).toBeUndefined();
  });

  test("a reason without a span is not read", () => {
    expect(readReason("MemoryAddMessagesStart")).toBeUndefined();
    expect(readReason("LLMCallComplete")).toEqual({ operation: "LLMCall", phase: "Complete" });
  });

  test("the start of a query gives its prompt, its target and a running span", () => {
    const event = arkEvent("QueryExecutionStart", 0, { targetType: "agent", agent: "forecaster", input: "Rain?" });
    expect(factsOfEvent(event)).toMatchObject([
      { kind: "query", name: "query.weather", running: true, prompt: "Rain?", target: "agent/forecaster" },
      { kind: "chain", name: "target.forecaster", running: false, target: "agent/forecaster" },
    ]);
    expect(annotationOf(readRecord(recordOfArkEvent(event).record))).toMatchObject({ prompt: "Rain?" });
  });

  test.each([
    ["QueryExecutionComplete", {}, { error: false }],
    ["QueryExecutionComplete", { error: "no model" }, { error: true, failure: "no model" }],
    ["QueryExecutionError", { error: "no model" }, { error: true, failure: "no model" }],
    ["QueryExecutionCanceled", {}, { error: true, canceled: true }],
  ])("the end of a query: %s %o", (reason, data, expected) => {
    const facts = factsOfEvent(arkEvent(reason, 9, { durationMs: "9000.00", ...data }));
    expect(facts).toMatchObject([{ kind: "query", running: false, ...expected }]);
    expect(facts[0]?.start).toBe(1_790_000_000_000_000_000n);
  });

  test.each(["1e308", "-1e308", "NaN", "soon"])("an end with a duration of %s ms becomes a moment", (durationMs) => {
    const [query] = factsOfEvent(arkEvent("QueryExecutionComplete", 9, { durationMs }));
    expect(query?.start).toBe(query?.end);
  });

  test("an operation gives a running query around it", () => {
    const [query, call] = factsOfEvent(
      arkEvent("LLMCallComplete", 3, {
        model: "gpt-5",
        durationMs: "1500.5",
        promptTokens: "12",
        completionTokens: "3",
      }),
    );
    expect(query).toMatchObject({ kind: "query", running: true, query: { name: "weather", namespace: "default" } });
    expect(call).toMatchObject({ kind: "llm", model: "gpt-5", tokens: { input: 12, output: 3 }, running: false });
    expect(call?.parentSpanId).toBe(query?.spanId);
    expect(call && call.end - call.start).toBe(1_500_500_000n);
  });

  test.each([
    ["AgentExecutionStart", { agent: "a" }, { kind: "agent", agent: "a" }],
    ["TeamExecutionStart", { teamName: "t" }, { kind: "team", team: "t" }],
    ["TeamTurnStart", { teamName: "t", turn: "2" }, { kind: "turn", name: "turn.2" }],
    ["TeamMemberStart", { memberName: "m", memberType: "agent" }, { kind: "chain", name: "member.m" }],
    ["ToolCallStart", { toolName: "x", toolId: "c" }, { kind: "tool", tool: "x" }],
  ])("%s gives a running span", (reason, data, expected) => {
    expect(factsOfEvent(arkEvent(reason, 1, data))[1]).toMatchObject({ running: true, ...expected });
  });

  test("start and end of a tool call are one span; two calls of one model are two", () => {
    const id = (reason: string, second: number, data = {}) => factsOfEvent(arkEvent(reason, second, data))[1]?.spanId;
    expect(id("ToolCallStart", 1, { toolId: "c" })).toBe(id("ToolCallComplete", 2, { toolId: "c" }));
    expect(id("LLMCallStart", 1, { model: "m" })).not.toBe(id("LLMCallStart", 2, { model: "m" }));
  });
});
