import { describe, expect, test } from "vitest";

import { previewLine } from "../../src/facts/preview.ts";
import type { Span } from "../../src/otel/span.ts";
import { readPayload } from "../session/corpus.ts";
import { factsOfSpan, spanOf } from "./span-of.ts";
import type { Attributes } from "./span-of.ts";

function preview(name: string, attributes: Attributes = {}, more: Partial<Span> = {}): string {
  const span = spanOf(name, attributes, more);
  return previewLine(span, factsOfSpan(span));
}

describe("the line that a row of the tree shows", () => {
  test("a tool shows its input in one line, else its output", () => {
    expect(preview("tool.search", { "tool.input": '{\n  "q": "rain"\n}', "tool.output": "wet" })).toBe('{"q":"rain"}');
    expect(preview("tool.now", { "tool.input": "{}", "tool.output": "noon" })).toBe("noon");
  });

  test("a tool call with a generic name shows the tool's name", () => {
    const call = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "Bash" };
    expect(preview("claude_code.tool", { ...call, "tool.input": "ls" })).toBe("Bash · ls");
    expect(preview("claude_code.tool", call)).toBe("Bash");
    expect(preview("claude_code.tool", call, { status: { code: 2, message: "denied" } })).toBe("Bash · denied");
    expect(preview("execute_tool Bash", { ...call, "tool.input": "ls" })).toBe("ls");
  });

  test("a model shows its answer, else its calls, else its prompt", () => {
    const output = (message: object): Attributes => ({ "gen_ai.output.messages": JSON.stringify([message]) });
    const call = { type: "tool_call", id: "1", name: "weather", arguments: { city: "Paris" } };
    expect(
      preview("llm.m", output({ role: "assistant", parts: [{ type: "text", content: "Sunny.\nWarm." }, call] })),
    ).toBe("Sunny. Warm.");
    expect(preview("llm.m", output({ role: "assistant", parts: [call, call] }))).toBe(
      'weather({"city":"Paris"}) · weather({"city":"Paris"})',
    );
    expect(preview("llm.m", { "input.value": "hello" })).toBe("hello");
  });

  test("a query or an agent shows its prompt", () => {
    expect(preview("query.q", { "input.value": "Write a poem", "output.value": "Rain" })).toBe("Write a poem");
    expect(preview("agent.a", { "output.value": "Rain" })).toBe("Rain");
  });

  test("a failed span shows its error", () => {
    expect(preview("tool.search", { "tool.input": "{}" }, { status: { code: 2, message: "no network" } })).toBe(
      "no network",
    );
  });

  test("a request or a statement shows its subject; an empty span shows nothing", () => {
    expect(preview("GET", { "http.request.method": "GET", "url.full": "https://example.org/a" })).toBe(
      "https://example.org/a",
    );
    expect(preview("SELECT", { "db.system": "sqlite", "db.query.text": "select 1" })).toBe("select 1");
    expect(preview("step")).toBe("");
  });

  test("the preview of a large value is searched for its first text", () => {
    const head = { stringValue: '[{"role":"user","content":"a long story', offloaded: { hash: "00", bytes: 9_000 } };
    expect(preview("llm.m", { "input.value": head })).toBe("a long story");
  });

  test("is one line of at most 160 printable units for any input", () => {
    for (const hostile of [
      "\u001b[31mred\u202e\nnext",
      "x".repeat(1_000_000),
      "\ud800".repeat(300),
      "🚀".repeat(200),
      "\u0000",
    ]) {
      const line = preview("tool.search", { "tool.input": hostile });
      expect(line.length).toBeLessThanOrEqual(160);
      expect(line.isWellFormed(), line).toBe(true);
      // oxlint-disable-next-line no-control-regex -- the test is about control characters
      expect(line).not.toMatch(/[\u0000-\u001f\u202e]/);
    }
  });

  test("rows of a captured session", () => {
    const rows = readPayload("mastra-json-001.json").map(
      ({ span, facts }) => `${facts.kind} ${facts.name}: ${previewLine(span, facts)}`,
    );
    expect([...new Set(rows)].filter((row) => /^(agent|tool|team|chain)/.test(row))).toMatchInlineSnapshot(`
      [
        "tool execute_tool get_weather: {"city":"Paris"}",
        "chain agent_step weather-agent: Weather in Paris?",
        "chain model_generation gpt-4o-mini: Weather in Paris?",
        "agent invoke_agent weather-agent: Weather in Paris?",
        "chain agent_step weather-agent: Weather?",
        "chain model_generation gpt-4o-mini: Weather?",
        "agent invoke_agent weather-agent: Weather?",
        "chain workflow_step ask: {"q":"Weather?"}",
        "chain workflow_step fail: step failed",
        "team invoke_workflow weather-workflow: step failed",
      ]
    `);
  });
});
