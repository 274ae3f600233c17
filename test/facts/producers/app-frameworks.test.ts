import { describe, expect, test } from "vitest";
import { event, json, seen, span } from "./seen.ts";

describe("Spring AI", () => {
  test("says none where it knows no model, and numbers as text", () => {
    const call = span("chat gpt-4o-mini", {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-4o-mini",
      "gen_ai.response.model": "none",
      "gen_ai.usage.input_tokens": "21",
      "gen_ai.usage.output_tokens": "3",
    });
    expect(seen(call)).toEqual({ kind: "llm", model: "gpt-4o-mini", tokens: "21 3" });
  });

  test("states the kind of its parts", () => {
    const conversation = { "spring.ai.chat.client.conversation.id": "shop-9" };
    expect(seen(span("spring_ai chat_client", { "spring.ai.kind": "chat_client", ...conversation }))).toEqual({
      kind: "chain",
      session: "shop-9",
    });
    expect(seen(span("logger", { "spring.ai.kind": "advisor" }))).toEqual({ kind: "chain" });
    const tool = span("tool_call stock", {
      "spring.ai.kind": "tool_call",
      "spring.ai.tool.definition.name": "stock",
      "spring.ai.tool.call.arguments": json({ sku: "A-1" }),
      "spring.ai.tool.call.result": json("3 left"),
    });
    expect(seen(tool)).toMatchObject({ tool: "stock", input: '{"sku":"A-1"}', output: "3 left" });
    const store = span("pg_vector query", {
      "spring.ai.kind": "vector_store",
      "db.system": "pg_vector",
      "db.vector.query.content": "return policy",
      "db.vector.query.response.documents": json([{ text: "30 days" }]),
    });
    expect(seen(store)).toEqual({ kind: "db", input: "return policy", output: '[{"text":"30 days"}]' });
  });
});

describe("Haystack", () => {
  const component = (type: string, input: unknown, output: unknown) =>
    span("haystack.component.run", {
      "haystack.component.name": "part",
      "haystack.component.type": type,
      "haystack.component.input": json(input),
      "haystack.component.output": json(output),
    });

  test("knows a component by its class, and reads messages of chats", () => {
    const generator = component(
      "OpenAIChatGenerator",
      { messages: [{ role: "user", meta: {}, name: null, content: [{ text: "Who was Ada?" }] }] },
      {
        replies: [
          {
            role: "assistant",
            meta: { model: "gpt-4o" },
            content: [{ tool_call: { tool_name: "wiki", arguments: { q: "Ada" }, id: "c1" } }],
          },
        ],
      },
    );
    expect(seen(generator)).toEqual({
      kind: "llm",
      prompt: "Who was Ada?",
      input: ["user: Who was Ada?"],
      output: ['assistant: wiki({"q":"Ada"})'],
    });
    expect(seen(component("InMemoryBM25Retriever", { query: "Ada" }, { documents: [] }))).toMatchObject({
      kind: "retrieval",
    });
    expect(seen(component("SentenceTransformersTextEmbedder", { text: "Ada" }, {}))).toMatchObject({
      kind: "embedding",
    });
    expect(seen(component("PromptBuilder", { question: "Ada?" }, { prompt: "Ada?" }))).toMatchObject({
      kind: "chain",
    });
  });

  test("reads replies that are texts", () => {
    const generator = component("OpenAIGenerator", { prompt: "Who was Ada?" }, { replies: ["A mathematician."] });
    expect(seen(generator)).toMatchObject({
      prompt: "Who was Ada?",
      input: ["user: Who was Ada?"],
      output: ["assistant: A mathematician."],
    });
  });

  test("tells an agent's run, its model calls and its tools", () => {
    const message = (role: string, text: string) => ({ role, meta: {}, name: null, content: [{ text }] });
    const run = span("haystack.agent.run", {
      "haystack.agent.input": json({ messages: [message("user", "Who was Ada?")] }),
      "haystack.agent.output": json({ messages: [message("assistant", "A mathematician.")] }),
    });
    expect(seen(run)).toEqual({
      kind: "agent",
      prompt: "Who was Ada?",
      input: ["user: Who was Ada?"],
      output: ["assistant: A mathematician."],
    });
    const call = span("haystack.agent.step.llm", {
      "haystack.agent.step.llm.input": json({ messages: [message("user", "Who was Ada?")], tools: [] }),
      "haystack.agent.step.llm.output": json({ replies: [message("assistant", "A mathematician.")] }),
    });
    expect(seen(call)).toMatchObject({ kind: "llm", prompt: "Who was Ada?", output: ["assistant: A mathematician."] });
    const tool = span("haystack.agent.step.tool", {
      "haystack.tool.name": "wiki",
      "haystack.agent.step.tool.input": json({ q: "Ada" }),
      "haystack.agent.step.tool.output": json({ result: "Ada Lovelace" }),
    });
    expect(seen(tool)).toMatchObject({
      kind: "tool",
      tool: "wiki",
      input: '{"q":"Ada"}',
      output: '{"result":"Ada Lovelace"}',
    });
  });
});

describe("LiveKit Agents", () => {
  test("writes the calls in an answer as JSON texts", () => {
    const call = span("llm_request", { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4.1" }, [
      event("gen_ai.system.message", { content: "You help" }),
      event("gen_ai.user.message", { content: "Where is my order?" }),
      event("gen_ai.choice", {
        role: "assistant",
        tool_calls: [json({ function: { name: "lookup", arguments: '{"id":"A1"}' }, id: "c1", type: "function" })],
      }),
    ]);
    expect(seen(call)).toMatchObject({
      input: ["system: You help", "user: Where is my order?"],
      output: ['assistant: lookup({"id":"A1"})'],
    });
  });

  test("marks contents as personal data", () => {
    const turn = span("agent_turn", {
      "lk.generation_id": "g1",
      "lk.pii.user_input": "Where is my order?",
      "lk.pii.response.text": "It ships today.",
    });
    expect(seen(turn)).toMatchObject({
      kind: "turn",
      prompt: "Where is my order?",
      input: "Where is my order?",
      output: "It ships today.",
    });
    const tool = span("function_tool", {
      "lk.function_tool.name": "lookup",
      "lk.pii.function_tool.arguments": '{"id":"A1"}',
      "lk.pii.function_tool.output": "ships today",
    });
    expect(seen(tool)).toMatchObject({ tool: "lookup", input: '{"id":"A1"}', output: "ships today" });
    const node = span("llm_node", {
      "lk.pii.chat_ctx": json({
        items: [
          { id: "1", type: "message", role: "user", content: ["Where is my order?"] },
          { id: "2", type: "function_call", call_id: "c1", name: "lookup", arguments: "{}" },
          { id: "3", type: "function_call_output", call_id: "c1", name: "lookup", output: "ships today" },
        ],
      }),
    });
    expect(seen(node)).toMatchObject({
      input: ["user: Where is my order?", "assistant: lookup({})", "tool: => ships today"],
    });
  });
});
