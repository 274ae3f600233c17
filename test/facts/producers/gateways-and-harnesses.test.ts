import { describe, expect, test } from "vitest";
import { readContent } from "../../../src/facts/span-content.ts";
import { event, json, seen, span } from "./seen.ts";

describe("VoltAgent", () => {
  const inherited = { "entity.type": "agent", "entity.name": "Helper", "user.id": "ann", "conversation.id": "c1" };

  test("has its agent's name on all spans, and its state on the run", () => {
    const run = span("generateText", {
      ...inherited,
      "agent.state": "completed",
      "ai.model.name": "gpt-4o-mini",
      "agent.messages": json([
        { role: "user", content: "What is 2+2?" },
        { role: "assistant", content: "4" },
      ]),
      input: "What is 2+2?",
      output: "4",
      "usage.prompt_tokens": 20,
      "usage.completion_tokens": 4,
    });
    expect(seen(run)).toEqual({
      kind: "agent",
      agent: "Helper",
      prompt: "What is 2+2?",
      user: "ann",
      session: "c1",
      tokens: "20 4",
      input: "What is 2+2?",
      output: "4",
    });
  });

  test("states the type of the parts of a run", () => {
    const call = span("llm:generateText", {
      ...inherited,
      "span.type": "llm",
      "llm.model": "gpt-4o-mini",
      "llm.messages": json([{ role: "user", content: "What is 2+2?" }]),
      output: "4",
    });
    expect(seen(call)).toMatchObject({ kind: "llm", model: "gpt-4o-mini", input: ["user: What is 2+2?"] });
    const kinds = ["tool", "memory", "retriever", "embedding", "vector", "agent"];
    expect(kinds.map((type) => seen(span("x", { ...inherited, "span.type": type })).kind).join(" ")).toBe(
      "tool db retrieval embedding db agent",
    );
  });
});

describe("Flue", () => {
  test("states a turn as the messages of its harness, which has words of its own for calls and results", () => {
    const turn = span("chat gpt-4o", {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.usage.input_tokens": 10,
      "gen_ai.usage.output_tokens": 3,
      "gen_ai.usage.cache_read_tokens": 90,
      "gen_ai.usage.total_tokens": 103,
      "flue.turn.input": json({
        systemPrompt: "Be brief",
        messages: [
          { role: "user", content: [{ type: "text", text: "Translate hi" }] },
          {
            role: "assistant",
            content: [
              { type: "thinking", thinking: "Spanish" },
              { type: "toolCall", id: "c1", name: "look", arguments: { word: "hi" } },
            ],
          },
          {
            role: "toolResult",
            toolCallId: "c1",
            toolName: "look",
            content: [{ type: "text", text: "hola" }],
            isError: false,
          },
        ],
      }),
      "flue.turn.output": json({ role: "assistant", content: [{ type: "text", text: "Hola" }] }),
    });
    expect(seen(turn)).toEqual({
      kind: "llm",
      model: "gpt-4o",
      prompt: "Translate hi",
      tokens: "100 3",
      input: ["system: Be brief", "user: Translate hi", 'assistant: ~Spanish | look({"word":"hi"})', "tool: => hola"],
      output: ["assistant: Hola"],
    });
  });

  test("names its spans, and puts their contents into keys of its own", () => {
    expect(
      seen(
        span("flue.tool read", {
          "flue.task.id": "t1",
          "flue.tool.name": "read",
          "flue.tool.arguments": json({ path: "a.md" }),
          "flue.tool.result": "text",
        }),
      ),
    ).toEqual({ kind: "tool", tool: "read", input: '{"path":"a.md"}', output: "text" });
    expect(
      seen(
        span("flue.task coder", {
          "flue.task.id": "t1",
          "flue.task.agent": "coder",
          "flue.task.prompt": "Write it",
          "flue.task.result": "Done",
          "flue.instance_id": "i1",
        }),
      ),
    ).toEqual({ kind: "agent", agent: "coder", prompt: "Write it", session: "i1", input: "Write it", output: "Done" });
    expect(seen(span("flue.workflow notes", { "flue.workflow.name": "notes" }))).toEqual({
      kind: "team",
      team: "notes",
    });
    expect(seen(span("flue.operation prompt", {})).kind).toBe("chain");
  });
});

describe("Braintrust", () => {
  test("states the type of a span and its model in objects", () => {
    const call = span("Chat Completion", {
      "braintrust.span_attributes": json({ type: "llm" }),
      "braintrust.metadata": json({ provider: "openai", model: "gpt-4o-mini" }),
      "braintrust.input_json": json([{ role: "user", content: "Capital of France?" }]),
      "braintrust.output_json": json([{ index: 0, message: { role: "assistant", content: "Paris" } }]),
    });
    expect(seen(call)).toEqual({
      kind: "llm",
      model: "gpt-4o-mini",
      prompt: "Capital of France?",
      input: ["user: Capital of France?"],
      output: ["assistant: Paris"],
    });
    const kinds = ["tool", "task", "function", "eval", "score"];
    expect(kinds.map((type) => seen(span("x", { "braintrust.span_attributes": json({ type }) })).kind).join(" ")).toBe(
      "tool internal chain chain chain",
    );
  });
});

describe("gateways and servers of models", () => {
  test("Cloudflare's AI Gateway passes request and answer on whole", () => {
    const call = span("cf.aig.request", {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "anthropic/claude-sonnet-4-5",
      "gen_ai.input.messages": json({ messages: [{ role: "user", content: "What is a river?" }], max_tokens: 128 }),
      "gen_ai.output.messages": json({
        state: "Completed",
        result: {
          type: "message",
          role: "assistant",
          content: [{ type: "text", text: "Water" }],
          stop_reason: "end_turn",
        },
      }),
    });
    expect(seen(call)).toMatchObject({
      prompt: "What is a river?",
      input: ["user: What is a river?"],
      output: ["assistant: Water"],
    });
  });

  test.each([
    ["vLLM, in seconds", "gen_ai.latency.time_to_first_token", 0.25],
    ["Pipecat, in seconds", "metrics.ttfb", 0.25],
    ["AI SDK 4, in milliseconds", "ai.stream.msToFirstChunk", 250],
  ])("the first token of %s", (_, key, value) => {
    const call = span("llm_request", { "gen_ai.response.model": "qwen", [key]: value });
    expect(readContent(call).timeToFirstTokenMillis).toBe(250);
  });
});

describe("libraries of Rust", () => {
  test("Rig's calls and results have forms of their own", () => {
    const call = span("chat", {
      "gen_ai.operation.name": "chat",
      "gen_ai.input.messages": json([
        { role: "user", content: [{ type: "text", text: "Add" }] },
        { role: "assistant", content: [{ id: "c1", call_id: null, function: { name: "add", arguments: { x: 1 } } }] },
        { role: "user", content: [{ type: "toolresult", id: "c1", content: [{ type: "text", text: "3" }] }] },
      ]),
    });
    expect(seen(call).input).toEqual(["user: Add", 'assistant: add({"x":1})', "user: => 3"]);
  });
});

describe("older forms", () => {
  test("Langfuse's callback for LangChain names session and user in metadata", () => {
    const named = span("ChatOpenAI", {
      "langfuse.observation.type": "generation",
      "langfuse.trace.metadata.langfuse_session_id": "s1",
      "langfuse.trace.metadata.langfuse_user_id": "ann",
    });
    expect(seen(named)).toMatchObject({ session: "s1", user: "ann" });
  });

  test("Spring AI 1.0 states prompt and answer as lists of texts in events", () => {
    const call = span("chat gpt-4o", { "gen_ai.operation.name": "chat" }, [
      event("gen_ai.content.prompt", { "gen_ai.prompt": ["What is dew?"] }),
      event("gen_ai.content.completion", { "gen_ai.completion": ["Water"] }),
    ]);
    expect(seen(call)).toMatchObject({
      prompt: "What is dew?",
      input: ["user: What is dew?"],
      output: ["assistant: Water"],
    });
  });

  test("OpenClaw stated a call's usage in a span of its own", () => {
    const usage = span("openclaw.model.usage", {
      "openclaw.model": "claude-sonnet-4-5",
      "openclaw.sessionId": "s1",
      "openclaw.tokens.input": 10,
      "openclaw.tokens.output": 20,
      "openclaw.tokens.cache_read": 3000,
      "openclaw.tokens.total": 3030,
    });
    expect(seen(usage)).toEqual({ kind: "llm", model: "claude-sonnet-4-5", session: "s1", tokens: "3010 20" });
    expect(seen(span("openclaw.run", { "openclaw.agent": "main" }))).toEqual({ kind: "agent", agent: "main" });
  });

  test("Genkit's second version of tools, and models that work for minutes", () => {
    expect(seen(span("weather", { "genkit:metadata:subtype": "tool.v2", "genkit:name": "weather" }))).toEqual({
      kind: "tool",
      tool: "weather",
    });
    expect(seen(span("veo", { "genkit:metadata:subtype": "background-model", "genkit:name": "veo" })).kind).toBe("llm");
  });
});
