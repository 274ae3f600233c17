import { describe, expect, test } from "vitest";

import type { AnyValue, Span, SpanEvent } from "../../src/otel/span.ts";
import { attributesOf, factsOfSpan, spanOf } from "./span-of.ts";
import type { Attributes } from "./span-of.ts";
import { SESSION_KEYS, USER_KEYS } from "../../src/otel/semconv/attributes.ts";

function session(onSpan: Attributes, onResource: Attributes = {}): string | undefined {
  const { session: name } = factsOfSpan(spanOf("a", onSpan), { attributes: attributesOf(onResource) });
  return name === undefined ? undefined : `${name.rank}:${name.value}`;
}

test.each([
  [{ "http.route": "/users/:id", "http.request.method": "GET" }, "GET /users/:id"],
  [{ "http.route": "/users/:id", "http.method": "PUT" }, "PUT /users/:id"],
  [{ "http.route": "/users/:id" }, "/users/:id"],
  [{ "http.route": "", "http.request.method": "GET" }, undefined],
  [{ "http.target": "/users/7", "http.request.method": "GET" }, undefined],
  [{ "http.route": "/x".repeat(200), "http.request.method": "GET" }, `GET ${"/x".repeat(126)}`],
])("the route of %j", (attributes, route) => {
  expect(factsOfSpan(spanOf("a", attributes)).route).toBe(route);
});

describe("the session's name on a span", () => {
  const UUID = "01a1fe03-2018-7cc1-b102-7e9c24851818";
  const CASES: readonly (readonly [Attributes, Attributes, string | undefined])[] = [
    [{ "gen_ai.conversation.id": "c", "session.id": "s", "ark.session.id": "a" }, {}, "1:a"],
    [{ "gen_ai.conversation.id": "c", "session.id": "s" }, {}, "2:s"],
    [{ "session.id": "s", "langfuse.session.id": "l" }, {}, "2:l"],
    [{ "ai.telemetry.metadata.sessionId": "v" }, {}, "2:v"],
    [{ thread_id: "42" }, {}, "2:42"],
    [{ thread_id: 42 }, {}, undefined],
    [{ "gen_ai.conversation.id": "c" }, {}, "3:c"],
    [{ "traceloop.association.properties.thread_id": "t" }, {}, "2:t"],
    [{ "traceloop.association.properties.chat_id": "c", session_id: "s" }, {}, "2:s"],
    [{ "traceloop.association.properties.conversation_id": "c" }, {}, "3:c"],
    [{ "ai.telemetry.metadata.chatId": "c", "ai.telemetry.metadata.threadId": "t" }, {}, "2:t"],
    [{ "wandb.thread_id": "t" }, {}, "2:t"],
    [{ "conversation.id": "c" }, {}, "3:c"],
    // The resource counts if the span has no name, or one of a lower rank.
    [{}, { "session.id": "r" }, "2:r"],
    [{ "session.id": "s" }, { "session.id": "r" }, "2:s"],
    [{ "gen_ai.conversation.id": "c" }, { "session.id": "r" }, "2:r"],
    [{ "session.id": "s" }, { "ark.session.id": "a" }, "1:a"],
    // No names.
    [{ "session.id": "[Scrubbed due to 'session']" }, {}, undefined],
    [{ "session.id": "[Scrubbed due to 'session']", "gen_ai.conversation.id": "c" }, {}, "3:c"],
    [{ "session.id": "", "conversation.id": "  " }, {}, undefined],
    [{ "session.id": { stringValue: "head of many", offloaded: { hash: "00", bytes: 9_000 } } }, {}, undefined],
    [{ "session.id": {} }, {}, undefined],
    [{ "thread.id": 7 }, {}, undefined],
    [{ "thread.id": "main" }, {}, undefined],
    [{ "thread.id": UUID }, {}, `3:${UUID}`],
    [{ "mcp.session.id": "m", "langsmith.trace.session_name": "project" }, {}, undefined],
    [{ "session.id": "__proto__" }, {}, "2:__proto__"],
  ];
  test.each(SESSION_KEYS.framework)("%s is a framework's", (key) => {
    expect(session({ [key]: "chat-1" })).toBe("2:chat-1");
    expect(session({}, { [key]: "chat-1" })).toBe("2:chat-1");
  });

  test.each(SESSION_KEYS.conversation)("%s is a conversation", (key) => {
    expect(session({ [key]: "chat-1" })).toBe("3:chat-1");
  });

  test.each(["none", "None", "null", "undefined", "<not specified>", "", "N/A", "nil"])(
    "%o stands where no name was given",
    (none) => {
      expect(session({ "session.id": none })).toBeUndefined();
      expect(session({ "session.id": none, "gen_ai.conversation.id": "c" })).toBe("3:c");
      expect(factsOfSpan(spanOf("a", { "user.id": none })).user).toBeUndefined();
    },
  );

  // spec: BIND-2
  test.each(CASES)("%o on the span, %o on the resource: %s", (onSpan, onResource, expected) => {
    expect(session(onSpan, onResource)).toBe(expected);
  });
});

test.each(USER_KEYS)("%s names the user", (key) => {
  expect(factsOfSpan(spanOf("a", { [key]: "ada" })).user).toBe("ada");
  expect(factsOfSpan(spanOf("a"), { attributes: attributesOf({ [key]: "ada" }) }).user).toBe("ada");
});

describe("errors", () => {
  const exception = (message: string): readonly SpanEvent[] => [
    { name: "exception", attributes: attributesOf({ "exception.type": "E", "exception.message": message }) },
  ];
  const thrown = (type: string): readonly SpanEvent[] => [
    { name: "exception", attributes: attributesOf({ "exception.type": type }) },
  ];
  const CASES: readonly (readonly [string, Partial<Span>, Attributes, boolean])[] = [
    ["nothing", {}, {}, false],
    ["status OK", { status: { code: 1 } }, {}, false],
    ["status ERROR", { status: { code: 2 } }, {}, true],
    ["an exception though the status is unset", { events: exception("boom") }, {}, true],
    ["an exception that was handled: the status is OK", { status: { code: 1 }, events: exception("boom") }, {}, false],
    [
      "an exception that Langfuse's level reports, the status OK",
      { status: { code: 1 }, events: exception("boom") },
      { "langfuse.observation.level": "ERROR" },
      true,
    ],
    [
      "LangSmith's exception, whose status is always OK",
      { status: { code: 1 }, events: exception("boom") },
      { "langsmith.span.kind": "tool" },
      true,
    ],
    ["a tool's status, the span's OK", { status: { code: 1 } }, { "gen_ai.tool.status": "error" }, true],
    ["a tool's success", { status: { code: 1 } }, { "gen_ai.tool.status": "success" }, false],
    ["a tool's error by its type", {}, { "gen_ai.tool.name": "pay", "error.type": "tool_error" }, true],
    [
      "MCP's result with isError",
      {},
      {
        "gen_ai.tool.name": "pay",
        "gen_ai.tool.call.result": '{"content":[{"type":"text","text":"no"}],"isError":true}',
      },
      true,
    ],
    [
      "MCP's result without an error",
      {},
      { "gen_ai.tool.name": "pay", "output.value": '{"content":[{"type":"text","text":"isError"}],"isError":false}' },
      false,
    ],
    ["a model's answer about isError", {}, { "gen_ai.request.model": "m", "output.value": '{"isError":true}' }, false],
    ["an exception without attributes", { events: [{ name: "exception" }] }, {}, true],
    ["another event", { events: [{ name: "retry" }] }, {}, false],
    ["Langfuse's level, the status unset", {}, { "langfuse.observation.level": "ERROR" }, true],
    ["Langfuse's level, the status OK", { status: { code: 1 } }, { "langfuse.observation.level": "ERROR" }, false],
    ["Langfuse's warning", {}, { "langfuse.observation.level": "WARNING" }, false],
    ["leaving a team, by status", { status: { code: 2, message: "TerminateTeam: done" } }, {}, false],
    ["a selection, by exception", { status: { code: 2 }, events: exception("SelectionMade{poet}") }, {}, false],
    [
      "a pause, by the exception's type",
      { status: { code: 2 }, events: thrown("langgraph.errors.GraphInterrupt") },
      {},
      false,
    ],
    ["a pause, by error.type", { status: { code: 2 } }, { "error.type": "pydantic_ai.exceptions.CallDeferred" }, false],
    ["a pause, by status", { status: { code: 2, message: "ApprovalRequired: send" } }, {}, false],
    ["a pause named by status alone", { status: { code: 2, message: "GraphInterrupt()" } }, {}, false],
    [
      "a pause, by a message under another type",
      { status: { code: 2 }, events: exception("GraphInterrupt(())") },
      {},
      false,
    ],
    ["a handoff", { status: { code: 2 }, events: thrown("langgraph.errors.ParentCommand") }, {}, false],
    ["a handoff, by status", { status: { code: 2, message: "Command(graph='__parent__', goto='x')" } }, {}, false],
    ["a message about a command", { status: { code: 2, message: "Command failed with exit code 1" } }, {}, true],
    ["any signal of LangGraph's", { status: { code: 2 }, events: thrown("langgraph.errors.GraphBubbleUp") }, {}, false],
    ["the end of a generator", { status: { code: 2 }, events: thrown("GeneratorExit") }, {}, false],
    ["the end of an iterator", { status: { code: 2, message: "StopIteration: " } }, {}, false],
    ["Ark's approval", { status: { code: 2 }, events: exception("approval required for 1 tool call(s)") }, {}, false],
    [
      "an approval that Ark does not support",
      { status: { code: 2, message: "agent a requires approval for tool rm, which is not supported" } },
      {},
      true,
    ],
    ["a message about a pause", { status: { code: 2, message: "no ApprovalRequired handler" } }, {}, true],
    ["a type that only begins alike", { status: { code: 2 }, events: thrown("x.ApprovalRequiredButLate") }, {}, true],
  ];
  test.each(CASES)("%s", (_, more, attributes, expected) => {
    expect(factsOfSpan(spanOf("tool.terminate", attributes, more)).error).toBe(expected);
  });
});

describe("tokens and cost", () => {
  test("are read from every form of a number", () => {
    const forms: readonly AnyValue[] = [{ intValue: "42" }, { doubleValue: 42 }, { stringValue: "42" }];
    const seen = forms.map((value) => factsOfSpan(spanOf("a", { "gen_ai.usage.input_tokens": value })).tokens?.input);
    expect(seen).toEqual([42, 42, 42]);
  });

  test("follow the precedence of keys in any order of attributes", () => {
    const attributes = { "ai.usage.promptTokens": 1, "gen_ai.usage.prompt_tokens": 2, "gen_ai.usage.input_tokens": 3 };
    const reversed = Object.fromEntries(Object.entries(attributes).toReversed());
    expect([attributes, reversed].map((one) => factsOfSpan(spanOf("a", one)).tokens?.input)).toEqual([3, 3]);
  });

  test("an invalid value is skipped, and a later key is used", () => {
    const nonsense: readonly AnyValue[] = [
      { doubleValue: "NaN" },
      { doubleValue: "Infinity" },
      { stringValue: "many" },
      { intValue: "-1" },
      {},
    ];
    for (const value of nonsense) {
      const span = spanOf("a", { "gen_ai.usage.input_tokens": value, "gen_ai.usage.prompt_tokens": 7 });
      expect(factsOfSpan(span).tokens, JSON.stringify(value)).toEqual({
        input: 7,
        output: 0,
        cached: 0,
        written: 0,
        written1h: 0,
        reasoning: 0,
      });
    }
    expect(factsOfSpan(spanOf("a", { "gen_ai.usage.reasoning_tokens": 5 })).tokens).toBeUndefined();
  });

  test("cost is read from a number or from Langfuse's text", () => {
    expect(factsOfSpan(spanOf("a", { "llm.cost.total": 0.25 })).cost).toBe(0.25);
    const details = { "langfuse.observation.cost_details": '{"input":0.1,"total":0.3}' };
    expect(factsOfSpan(spanOf("a", details)).cost).toBe(0.3);
    expect(factsOfSpan(spanOf("a", { "langfuse.observation.cost_details": '{"total":' })).cost).toBeUndefined();
  });
});

describe("the prompt", () => {
  const prompt = (input: AnyValue | string, name = "query.hello", key = "input.value"): string | undefined =>
    factsOfSpan(spanOf(name, { [key]: input })).prompt;

  test("is the first line of the text", () => {
    expect(prompt("\n\n  Write a poem\nabout rain")).toBe("Write a poem");
    expect(prompt("a\u0000b\tc \u001b[31mred\u202e")).toBe("a b c [31mred");
    expect(prompt(" \n ")).toBeUndefined();
  });

  test("is cut to 160 units and stays well-formed", () => {
    expect(prompt(`${"x".repeat(159)}🚀`)).toBe("x".repeat(159));
    expect(prompt(`a\ud800b`)).toBe("a\ufffdb");
  });

  test("is the last user message of a conversation", () => {
    const messages = [
      { role: "user", content: "first" },
      { role: "assistant", content: "answer" },
      { role: "user", content: [{ type: "text", text: "second\nline" }] },
      { role: "assistant", tool_calls: [{ id: "1", function: { name: "f", arguments: "{}" } }] },
    ];
    expect(prompt(JSON.stringify(messages))).toBe("second");
    expect(prompt(JSON.stringify({ model: "m", messages }))).toBe("second");
    expect(prompt(JSON.stringify({ system: "be kind", prompt: "hello" }), "query.q", "ai.prompt")).toBe("hello");
  });

  test("is read from structured values too", () => {
    const text = { key: "content", value: { stringValue: "structured?" } };
    const part = { kvlistValue: { values: [{ key: "type", value: { stringValue: "text" } }, text] } };
    const message: AnyValue = {
      kvlistValue: {
        values: [
          { key: "role", value: { stringValue: "user" } },
          { key: "parts", value: { arrayValue: { values: [part] } } },
        ],
      },
    };
    expect(prompt({ arrayValue: { values: [message] } }, "agent.a", "gen_ai.input.messages")).toBe("structured?");
  });

  test("is found in the preview of a large value", () => {
    const offloaded = { hash: "00", bytes: 9_000 };
    const head = (stringValue: string): AnyValue => ({ stringValue, offloaded });
    expect(prompt(head('[{"role":"system","content":"be kind"},{"role":"user","content":"say \\"hi\\" to'))).toBe(
      'say "hi" to',
    );
    expect(prompt(head('[{"role":"system","content":"be ki\\u00'))).toBe("be ki");
    expect(prompt(head("a long\ntext"))).toBe("a long");
    const entry = (key: string, text: string): string => `{"key":"${key}","value":{"stringValue":"${text}"}}`;
    const system = `${entry("role", "system")},${entry("content", "be kind")}`;
    const user = `${entry("role", "user")},${entry("content", "structured?")}`;
    const list = `{"arrayValue":{"values":[{"kvlistValue":{"values":[${system}]}},{"kvlistValue":{"values":[${user}`;
    expect(prompt(head(list))).toBe("structured?");
    expect(prompt(head('{"rows":[1,2,'))).toBe('{"rows":[1,2,');
  });

  test("is absent for arguments without words", () => {
    expect(prompt('{"args":[],"kwargs":{}}')).toBeUndefined();
    expect(prompt('{"args":[0]}')).toBeUndefined();
  });

  test.each([
    ["an object with one text", { "input.value": '{"q": "How deep is it?"}' }, "How deep is it?"],
    ["a list with one text", { "input.value": '["How deep is it?"]' }, "How deep is it?"],
    [
      "a text after blocks of context",
      { "input.value": "<environment_context>\n<cwd>/x</cwd>\n</environment_context>\n\nFix it" },
      "Fix it",
    ],
    ["a text that has nothing else", { "input.value": "<b>Fix it</b>" }, "<b>Fix it</b>"],
    [
      "numbered keys",
      { "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "What is a fjord?" },
      "What is a fjord?",
    ],
    ["the text-completions API", { "llm.prompts.0.prompt.text": "Once upon a time" }, "Once upon a time"],
    ["a whole prompt", { "gen_ai.prompt": "You are a poet.\nWrite of dew" }, "You are a poet. Write of dew"],
    [
      "Google ADK",
      { "gcp.vertex.agent.llm_request": '{"contents":[{"role":"user","parts":[{"text":"A hotel in Nara"}]}]}' },
      "A hotel in Nara",
    ],
    ["MLflow", { "mlflow.spanInputs": '{"messages":[{"role":"user","content":"A walk in Bern"}]}' }, "A walk in Bern"],
  ])("is found in %s", (_, attributes, expected) => {
    const model = { "gen_ai.request.model": "m" };
    expect(factsOfSpan(spanOf("call", { ...model, ...attributes })).prompt).toBe(expected);
  });

  test("is found in events of the span", () => {
    const event = {
      name: "gen_ai.user.message",
      attributes: attributesOf({ content: '[{"text":"Is it raining in Porto?"}]' }),
    };
    const span = spanOf("chat", { "gen_ai.operation.name": "chat" }, { events: [event] });
    expect(factsOfSpan(span).prompt).toBe("Is it raining in Porto?");
  });

  test("is read on queries, agents, teams, turns, model calls and roots; of a tool's call no input is one", () => {
    const attributes = { "input.value": "hello" };
    expect(factsOfSpan(spanOf("llm.m", attributes)).prompt).toBe("hello");
    expect(factsOfSpan(spanOf("tool.t", attributes)).prompt).toBeUndefined();
    expect(factsOfSpan(spanOf("target.t", attributes)).prompt).toBeUndefined();
    expect(factsOfSpan(spanOf("llm.m", attributes, { parentSpanId: "" })).prompt).toBe("hello");
    expect(["team.t", "turn.1", "agent.a"].map((name) => factsOfSpan(spanOf(name, attributes)).prompt)).toEqual([
      "hello",
      "hello",
      "hello",
    ]);
  });
});

describe("other facts of a span", () => {
  // spec: ID-13
  test("a span without an end runs", () => {
    const open: Span = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };
    const runs = [open, { ...open, endTimeUnixNano: "0" }, spanOf("a")].map((span) => {
      const { running, end } = factsOfSpan(span);
      return { running, end };
    });
    expect(runs).toEqual([
      { running: true, end: 0n },
      { running: true, end: 0n },
      { running: false, end: 1_795_261_714_505_000_000n },
    ]);
  });

  test("long names are cut, never inside a character", () => {
    const { name, tool } = factsOfSpan(spanOf(`${"n".repeat(255)}🚀`, { "tool.name": "t".repeat(1_000_000) }));
    expect([name, tool]).toEqual(["n".repeat(255), "t".repeat(256)]);
  });

  test("runs of coding agents are named though their spans name no agent", () => {
    const interaction = spanOf("claude_code.interaction", { "span.type": "interaction" });
    const turn = spanOf("session_task.turn", { model: "gpt-5-codex" });
    expect([interaction, turn].map((span) => factsOfSpan(span).agent)).toEqual(["claude-code", "codex"]);
  });

  test("spans that name a call share its hash, whatever the key; other kinds have none", () => {
    const hash = (name: string, attributes: Attributes) => factsOfSpan(spanOf(name, attributes)).callHash;
    const model = hash("llm.m", { request_id: "req_1" });
    expect(model).toBeGreaterThan(0);
    expect(hash("llm.m", { "gen_ai.response.id": "req_1" })).toBe(model);
    expect(hash("tool.x", { "gen_ai.tool.call_id": "call_1" })).toBe(hash("tool.x", { tool_use_id: "call_1" }));
    expect(hash("agent.a", { "prompt.id": "p-1" })).toBe(hash("agent.a", { "qwen-code.prompt_id": "p-1" }));
    expect(hash("step", { request_id: "req_1", tool_use_id: "call_1" })).toBeUndefined();
  });

  test("agent, model, tool and team are set on spans of their kind only", () => {
    const attributes = {
      "gen_ai.agent.name": "poet",
      "gen_ai.request.model": "m",
      "tool.name": "search",
      "team.name": "t",
    };
    const names = ["invoke_agent", "chat", "execute_tool", "invoke_workflow"].map((operation) => {
      const { kind, agent, model, tool, team } = factsOfSpan(
        spanOf("a", { ...attributes, "gen_ai.operation.name": operation }),
      );
      return { kind, agent, model, tool, team };
    });
    expect(names).toEqual([
      { kind: "agent", agent: "poet" },
      { kind: "llm", model: "m" },
      { kind: "tool", tool: "search" },
      { kind: "team", team: "t" },
    ]);
  });

  test("Ark's query is set on every span that names it", () => {
    const attributes = { "query.name": "hello", "query.namespace": "default" };
    expect(factsOfSpan(spanOf("a2a.send", attributes)).query).toEqual({ name: "hello", namespace: "default" });
    expect(factsOfSpan(spanOf("a2a.send", { "query.name": "hello" })).query).toEqual({ name: "hello", namespace: "" });
  });

  test("size and hash are those of the canonical text", () => {
    const span = spanOf("a");
    const { size, hash } = factsOfSpan(span);
    expect(size).toBe(JSON.stringify(span).length);
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(factsOfSpan({ ...span, name: "b" }).hash).not.toBe(hash);
  });

  test("of two attributes with one key the first counts; an empty one is skipped", () => {
    const attributes = [...attributesOf({ "tool.name": "first" }), ...attributesOf({ "tool.name": "second" })];
    expect(factsOfSpan(spanOf("tool.x", {}, { attributes })).tool).toBe("first");
    const empty = [{ key: "tool.name" }, { key: "tool.name", value: {} }, ...attributesOf({ "tool.name": "second" })];
    expect(factsOfSpan(spanOf("tool.x", {}, { attributes: empty })).tool).toBe("second");
  });
});
