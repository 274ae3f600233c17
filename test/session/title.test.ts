import { describe, expect, test } from "vitest";
import type { SessionView } from "../../src/session/view/session-view.ts";
import { wholeView } from "./whole-view.ts";
import type { Span } from "../../src/otel/span.ts";
import { event, json, span } from "../facts/producers/seen.ts";
import type { Fields } from "../facts/producers/seen.ts";
import { spansEvent } from "./wire-of.ts";

/** A span of a chain: each is the parent of the next one, and starts a millisecond after it. */
type Link = readonly [name: string, attributes: Fields, events?: Span["events"]];

function chainOf(...links: readonly Link[]): SessionView {
  const id = (at: number): string => String(at + 1).padStart(16, "0");
  const spans = links.map(([name, attributes, events = []], at) => {
    const { parentSpanId: _, ...root } = span(name, attributes, events, {
      spanId: id(at),
      startTimeUnixNano: `179526171450${at}000000`,
      endTimeUnixNano: "1795261714590000000",
    });
    return at === 0 ? root : { ...root, parentSpanId: id(at - 1) };
  });
  const view = wholeView("s-1");
  view.apply(spansEvent(1, [{ resource: {}, scopeSpans: [{ scope: {}, spans }] }]));
  return view;
}

const titleOf = (...links: readonly Link[]) => chainOf(...links).summary()?.title;

const LLM = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "m" };
const asked = (text: string): Link => [
  "chat m",
  { ...LLM, "gen_ai.input.messages": json([{ role: "user", parts: [{ type: "text", content: text }] }]) },
];

describe("the title is what a user asked", () => {
  test.each<readonly [string, unknown, string]>([
    ["the only text", { q: "Who was Ada?" }, "Who was Ada?"],
    ["the only text of a list", ["Who was Ada?"], "Who was Ada?"],
    ["the only text, deep inside", { input: { question: "Who was Ada?" } }, "Who was Ada?"],
    [
      "the only text beside an id and numbers",
      { k: 4, run_id: "b7ad6b71-6920-4333-8c4f-0af7651916cd", q: "Ada?" },
      "Ada?",
    ],
    ["one text in two places", { embedder: { text: "Who?" }, prompt_builder: { question: "Who?" } }, "Who?"],
    ["the most specific field", { style: "short", topic: "Ada Lovelace", language: "en" }, "Ada Lovelace"],
    [
      "the field of Dify's workflows",
      { "sys.query": "Who was Ada?", "sys.user_id": "ann", "sys.files": [] },
      "Who was Ada?",
    ],
    ["a task with its settings", { task: "What is 2+2?", stream: false, reset: true, images: null }, "What is 2+2?"],
    ["messages", { messages: [{ role: "user", content: "Who was Ada?" }] }, "Who was Ada?"],
    ["pairs of role and text", { messages: [["user", "Who was Ada?"]] }, "Who was Ada?"],
    ["a text input of the Responses API", { model: "gpt-4o", input: "Who was Ada?" }, "Who was Ada?"],
    ["texts to embed", ["red", "blue"], "red, blue"],
    [
      "the new question after an answer",
      {
        messages: [
          { role: "user", content: "Who was Ada?" },
          { role: "assistant", content: "A mathematician." },
          { role: "user", content: "And Grace?" },
        ],
      },
      "And Grace?",
    ],
    [
      "the first of the user's messages in a row",
      {
        messages: [
          { role: "user", content: "Who was Ada?" },
          { role: "user", content: "Be brief." },
        ],
      },
      "Who was Ada?",
    ],
    [
      "not a tool's result that was sent as the user's",
      {
        messages: [
          { role: "user", content: "Who was Ada?" },
          { role: "assistant", content: [{ type: "tool_use", id: "1", name: "wiki", input: { q: "Ada" } }] },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "1", content: "A mathematician." }] },
        ],
      },
      "Who was Ada?",
    ],
  ])("%s of a root's input", (_, input, title) => {
    expect(titleOf(["run", { "openinference.span.kind": "CHAIN", "input.value": json(input) }])).toBe(title);
    // A model call is searched without parsing where that finds the same.
    expect(titleOf(["run", { "openinference.span.kind": "LLM", "input.value": json(input) }])).toBe(title);
  });

  test.each([
    ["{'query': 'Who was Ada?', 'session': 'abc'}", "Who was Ada?"],
    ["[{'role': 'user', 'content': \"Who's Ada?\"}]", "Who's Ada?"],
    ["{'query': 'cut before", "{'query': 'cut before"],
  ])("%s, Python's form of data, is called by its words", (text, title) => {
    expect(titleOf(["run", { "openinference.span.kind": "CHAIN", "input.value": text }])).toBe(title);
    expect(titleOf(["run", { "openinference.span.kind": "LLM", "input.value": text }])).toBe(title);
  });

  test.each([
    ["<system-reminder>\nToday is Monday.\n</system-reminder>\n\nFix the login bug", "Fix the login bug"],
    [
      "<environment_context>\n  <cwd>/home/ann/shop</cwd>\n</environment_context>\n<user_instructions>x</user_instructions>Fix it",
      "Fix it",
    ],
    ["# AGENTS.md instructions for /home/ann/shop\n\n<INSTRUCTIONS>\nUse tabs.\n</INSTRUCTIONS>\nFix it", "Fix it"],
    ["<context>docs</context>\n<user_query>\nWhere is the parser?\n</user_query>", "Where is the parser?"],
    ["<task>\nFix it\n</task>\n<environment_details>files</environment_details>", "Fix it"],
    ["<b>bold</b>", "<b>bold</b>"],
    ['{"question":"Who was Ada?"}', "Who was Ada?"],
  ])("%j is called by its words", (text, title) => {
    expect(titleOf(asked(text))).toBe(title);
    expect(titleOf(["claude_code.interaction", { "span.type": "interaction", user_prompt: text }])).toBe(title);
  });

  test("a message that is only context does not hide the next one", () => {
    const messages = [
      { role: "user", content: "<environment_context>x</environment_context>" },
      { role: "user", content: "Fix the login bug" },
    ];
    expect(titleOf(["chat m", { ...LLM, "input.value": json({ messages }) }])).toBe("Fix the login bug");
  });

  test("of the earliest span that has it, whatever its kind and depth and in whatever form", () => {
    expect(titleOf(["GET /chat", { "http.request.method": "GET" }], ["work", {}], asked("Who was Ada?"))).toBe(
      "Who was Ada?",
    );
    expect(
      titleOf(
        ["GET /chat", { "http.request.method": "GET" }],
        ["step", { "langfuse.observation.input": json([{ role: "user", content: "Who?" }]) }],
        asked("Rewritten"),
      ),
    ).toBe("Who?");
    expect(titleOf(["run", {}], ["chat m", LLM, [event("gen_ai.user.message", { content: "Who was Ada?" })]])).toBe(
      "Who was Ada?",
    );
    expect(
      titleOf(
        ["run", {}],
        ["chat m", { ...LLM, "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "Who was Ada?" }],
      ),
    ).toBe("Who was Ada?");
  });

  test("an agent without an input of its own has it in its events", () => {
    const agent = { "gen_ai.operation.name": "invoke_agent", "input.value": "{}" };
    expect(titleOf(["invoke_agent a", agent, [event("gen_ai.user.message", { content: "Who was Ada?" })]])).toBe(
      "Who was Ada?",
    );
  });
});

describe("the title without a user's words", () => {
  test.each<readonly [string, string]>([
    ["b7ad6b71-6920-4333-8c4f-0af7651916cd", "run"],
    ["thread_b7ad6b7169204333", "run"],
    ['{"order_id":"b7ad6b71-6920-4333-8c4f-0af7651916cd"}', "run"],
    ["/home/ann/notes.txt", "run"],
    ["./a.ts\n./b.ts", "run"],
    ["Tell me about {topic}", "run"],
    ['{"a":1,"b":2}', "run"],
    ['{"style":"short","language":"en"}', '{"style":"short","language":"en"}'],
  ])("%s as the input of a root is called %s", (input, title) => {
    expect(titleOf(["run", { "input.value": input }])).toBe(title);
    expect(titleOf(["run", { "input.value": input }], asked("Who was Ada?"))).toBe("Who was Ada?");
  });

  test("a later query with a user's words gives it before an earlier one with data only", () => {
    const view = chainOf(["warm up", { "input.value": '{"style":"short","for":"all"}' }]);
    const second = { ...span("run", { "input.value": "Who was Ada?" }), traceId: "ab".repeat(16) };
    view.apply(
      spansEvent(2, [{ resource: {}, scopeSpans: [{ scope: {}, spans: [{ ...second, parentSpanId: "" }] }] }]),
    );
    expect(view.summary()?.title).toBe("Who was Ada?");
    expect(view.queries().map(({ prompt }) => prompt)).toEqual(['{"style":"short","for":"all"}', "Who was Ada?"]);
  });

  test("is Logfire's message instead of its template", () => {
    const run: Link = [
      "{agent_name} run",
      { "logfire.msg": "support run", "logfire.msg_template": "{agent_name} run" },
    ];
    expect(titleOf(run)).toBe("support run");
    expect(titleOf(run, asked("Where is my order?"))).toBe("Where is my order?");
  });

  test("is the agent's name instead of the request around it", () => {
    const agent = { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "concierge" };
    expect(titleOf(["POST", { "http.request.method": "POST" }], ["invoke_agent concierge", agent])).toBe("concierge");
    expect(titleOf(["POST /chat", { "http.request.method": "POST" }])).toBe("POST /chat");
  });
});
