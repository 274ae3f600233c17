import { describe, expect, test } from "vitest";

import { readContent } from "../../../src/facts/span-content.ts";
import type { Span } from "../../../src/otel/span.ts";
import { MAX_TITLE, stepTitle, stepWords } from "../../../src/session/transcript/step-title.ts";
import { factsOfSpan, spanOf } from "../../facts/span-of.ts";
import type { Attributes } from "../../facts/span-of.ts";

function stepOf(name: string, attributes: Attributes = {}, more: Partial<Span> = {}) {
  const span = spanOf(name, attributes, more);
  return { span, facts: factsOfSpan(span), content: readContent(span) };
}

const titleOf = (...step: Parameters<typeof stepOf>): string => stepTitle(stepOf(...step));

const FAILED = { status: { code: 2, message: "statement timeout\nafter 2000 ms" } };

describe("what a step is called", () => {
  const answer = (...parts: readonly object[]): Attributes => ({
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-5.2",
    "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"What is the weather in Porto?"}]}]',
    "gen_ai.output.messages": JSON.stringify([{ role: "assistant", parts }]),
  });
  const text = (content: string) => ({ type: "text", content });
  const call = (name: string, given: unknown) => ({ type: "tool_call", id: name, name, arguments: given });

  test("a model call: the model, and what it answered or called", () => {
    expect(titleOf("chat gpt-5.2", answer(text("It is 14 degrees.\n\nAnd dry.")))).toBe(
      "gpt-5.2 → It is 14 degrees. And dry.",
    );
    expect(titleOf("chat", answer(text("Let me look."), call("get_weather", { city: "Porto" })))).toBe(
      "gpt-5.2 → get_weather(Porto)",
    );
    expect(titleOf("chat", answer(call("git_diff", {}), call("run_sql", { sql: "select 1" })))).toBe(
      "gpt-5.2 → git_diff, run_sql",
    );
    expect(titleOf("chat", answer({ type: "reasoning", content: "They ask for Porto." }))).toBe(
      "gpt-5.2 → They ask for Porto.",
    );
  });

  test("a model call without an answer: the model, and what it was asked", () => {
    expect(titleOf("chat", answer())).toBe("gpt-5.2 · What is the weather in Porto?");
    expect(titleOf("chat", { "gen_ai.operation.name": "chat" })).toBe("chat");
    expect(titleOf("chat", answer(), FAILED)).toBe("gpt-5.2 · What is the weather in Porto? ✗ statement timeout");
  });

  const tool = (input: unknown, output?: unknown): Attributes => ({
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "run_sql",
    ...(input === undefined ? {} : { "gen_ai.tool.call.arguments": JSON.stringify(input) }),
    ...(output === undefined
      ? {}
      : { "gen_ai.tool.call.result": typeof output === "string" ? output : JSON.stringify(output) }),
  });

  test("a tool: its name, its main argument, its result", () => {
    const titles = (
      [
        [{ sql: "select 1", timeout: 5 }, "1 row"],
        [{ city: "Porto" }, { temperature: 14, unit: "C" }],
        [{ from: "SFO", to: "JFK" }, [{ title: "Flight 1" }, { title: "Flight 2" }]],
        [
          { description: "Run all", command: "npm test" },
          { content: [{ type: "text", text: "ok" }], isError: false },
        ],
        [{ args: [], kwargs: { query: "dew" } }, ["a", "b"]],
        ["plain words", true],
        [{}, "noon"],
        [undefined, undefined],
        [{ a: null, b: "" }, null],
      ] as const
    ).map(([input, output]) => titleOf("execute_tool run_sql", tool(input, output)));
    expect(titles).toEqual([
      "run_sql(select 1) → 1 row",
      "run_sql(Porto) → temperature=14, unit=C",
      "run_sql(from=SFO, to=JFK) → Flight 1, Flight 2",
      "run_sql(npm test) → ok",
      "run_sql(dew) → a, b",
      "run_sql(plain words) → true",
      "run_sql → noon",
      "run_sql",
      "run_sql → null",
    ]);
  });

  test("a failed step shows its cause in place of a result", () => {
    expect(titleOf("t", tool({ sql: "select 1" }, "partial"), FAILED)).toBe("run_sql(select 1) ✗ statement timeout");
    expect(titleOf("t", tool({ sql: "select 1" }), { status: { code: 2 } })).toBe("run_sql(select 1) ✗ failed");
  });

  test("an agent, a team, a query: its name", () => {
    expect(titleOf("invoke_agent engineer", { "gen_ai.operation.name": "invoke_agent" })).toBe("engineer");
    expect(titleOf("agent.default/a", { "agent.name": "reviewer", "input.value": "Check it" })).toBe("reviewer");
    expect(titleOf("agent run", { "gen_ai.operation.name": "invoke_agent" })).toBe("agent run");
    expect(titleOf("claude_code.interaction", { "gen_ai.operation.name": "invoke_agent", user_prompt: "Fix it" })).toBe(
      "claude-code · Fix it",
    );
    expect(titleOf("team.default/t", { "team.name": "release" })).toBe("release");
    expect(titleOf("query.checkout", { "query.name": "checkout", "input.value": "Find the cause" })).toBe(
      "checkout · Find the cause",
    );
    expect(titleOf("turn.1", { "turn.number": 1 })).toBe("turn.1");
  });

  test("a retrieval, an embedding, a request, a statement, a message", () => {
    expect(
      titleOf("search", {
        "openinference.span.kind": "RETRIEVER",
        "input.value": "index creation",
        "output.value": '[{"page_content":"Create it concurrently"}]',
      }),
    ).toBe("search · index creation → Create it concurrently");
    expect(
      titleOf("embeddings", {
        "gen_ai.operation.name": "embeddings",
        "gen_ai.request.model": "embed-3",
        "input.value": "dew",
      }),
    ).toBe("embed-3 · dew");
    expect(titleOf("GET", { "http.request.method": "GET", "url.full": "https://example.org/a?b" })).toBe(
      "GET https://example.org/a?b",
    );
    const fetched = {
      "http.request.method": "GET",
      "url.full": "https://example.org/",
      "http.response.status_code": 200,
    };
    expect(titleOf("fetch: example.org", fetched)).toBe("GET https://example.org/ → 200");
    expect(titleOf("GET", { ...fetched, "http.response.status_code": 503 }, { status: { code: 2 } })).toBe(
      "GET https://example.org/ ✗ 503",
    );
    expect(titleOf("http post /chat", { "http.method": "post", "http.route": "/chat" })).toBe("POST /chat");
    expect(titleOf("GET /users", { "http.request.method": "GET" })).toBe("GET /users");
    expect(titleOf("SELECT", { "db.system": "sqlite", "db.query.text": "select\n 1" })).toBe("SELECT · select 1");
    expect(titleOf("publish orders", { "messaging.system": "kafka", "messaging.destination.name": "orders" })).toBe(
      "publish orders",
    );
  });

  test("Logfire's message beats its template, but not the words of a kind", () => {
    expect(titleOf("Greet {name}", { "logfire.msg": "Greet Ada" })).toBe("Greet Ada");
    expect(titleOf("running tool", { ...tool({ sql: "select 1" }), "logfire.msg": "running tool: run_sql" })).toBe(
      "run_sql(select 1)",
    );
  });

  test("a component, a node: its own name", () => {
    const component = { "haystack.component.name": "prompt_builder", "haystack.component.type": "PromptBuilder" };
    expect(titleOf("haystack.component.run", component)).toBe("prompt_builder");
    expect(titleOf("node.execute", { "n8n.node.name": "Ask the archive", "n8n.node.type": "n8n-nodes-base.set" })).toBe(
      "Ask the archive",
    );
    expect(titleOf("workflow.execute", { "n8n.workflow.name": "Weather desk" })).toBe("Weather desk");
  });

  test("a span without a name", () => {
    expect(titleOf("")).toBe("unnamed span");
    expect(titleOf(" \n ")).toBe("unnamed span");
  });

  test("a page may set its parts apart", () => {
    expect(stepWords(stepOf("t", tool({ sql: "select 1" }, "1 row")))).toEqual({
      subject: "run_sql",
      about: "select 1",
      result: "1 row",
      outcome: "passed",
    });
  });

  test("parts that are cut say so", () => {
    const words = stepWords(stepOf("t", tool({ sql: "a".repeat(500) }, "b".repeat(500))));
    expect([words.about, words.result].map((part) => [part.length, part.at(-1)])).toEqual([
      [MAX_TITLE, "…"],
      [MAX_TITLE, "…"],
    ]);
    const failed = stepWords(stepOf("t", tool({}), { status: { code: 2, message: "c".repeat(500) } }));
    expect([failed.result.length, failed.result.at(-1)]).toEqual([MAX_TITLE, "…"]);
  });
});

describe("a title is one line of a bounded length", () => {
  const tool = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "t" };

  test("a long argument leaves room for the result", () => {
    const title = titleOf("t", {
      ...tool,
      "gen_ai.tool.call.arguments": JSON.stringify({ query: "words ".repeat(5_000) }),
      "gen_ai.tool.call.result": "r".repeat(100_000),
    });
    expect(title).toMatch(/^t\(words words .*…\) → r{30,}…$/);
    expect(title).toHaveLength(MAX_TITLE);
  });

  test("hostile values", () => {
    let deep: unknown = "deep";
    for (let level = 0; level < 900; level++) deep = [deep];
    let wide: unknown = "wide";
    for (let level = 0; level < 6; level++) wide = Array.from({ length: 8 }, () => wide);
    const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`k${at}`, at]));
    const given = (text: string): string => titleOf("t", { ...tool, "gen_ai.tool.call.arguments": text });
    for (const value of [deep, wide, many]) expect(given(JSON.stringify(value)).length).toBeLessThanOrEqual(MAX_TITLE);
    expect(given('{"__proto__":{"query":"polluted"},"constructor":1}')).toBe("t(__proto__=polluted, constructor=1)");
    expect(given('{"query":"\u202egnp\\u0000\ud800"}')).toBe("t(gnp �)");
    expect(titleOf("x".repeat(500)).length).toBeLessThanOrEqual(MAX_TITLE);
    expect(titleOf("t", { ...tool, "gen_ai.tool.name": "n".repeat(500) }).length).toBeLessThanOrEqual(MAX_TITLE);
  });
});

test("an agent that was given data is called by the prompt in it", () => {
  const given = (input: unknown): string =>
    titleOf("run", {
      "openinference.span.kind": "AGENT",
      "agent.name": "weather",
      "input.value": JSON.stringify(input),
    });
  expect(given({ task: "Is it sunny?", stream: false, reset: true, images: null })).toBe("weather");
  const unnamed = (input: unknown): string =>
    titleOf("run", { "openinference.span.kind": "AGENT", "input.value": JSON.stringify(input) });
  expect(unnamed({ task: "Is it sunny?", stream: false, reset: true, images: null })).toBe("run · Is it sunny?");
  expect(unnamed({ agent: { role: "poet", verbose: false }, task: "Write a poem", tools: [] })).toBe(
    "run · Write a poem",
  );
});
