import { describe, expect, test } from "vitest";
import { event, json, seen, span } from "./seen.ts";

describe("Microsoft", () => {
  test("Agent Framework runs workflows and their executors", () => {
    expect(seen(span("workflow.run", { "workflow.id": "1", "workflow.name": "triage" }))).toEqual({
      kind: "team",
      team: "triage",
    });
    expect(seen(span("executor.process writer", { "executor.id": "writer" })).kind).toBe("chain");
    expect(seen(span("run", { "gen_ai.operation.name": "workflow.run" })).kind).toBe("team");
    expect(seen(span("run", { "gen_ai.operation.name": "executor.process" })).kind).toBe("chain");
  });

  test("Semantic Kernel writes a message as the body of its event", () => {
    const call = span("chat gpt-4o", { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" }, [
      event("gen_ai.user.message", {
        "gen_ai.event.content": json({ role: "user", name: null, content: "Name a river", tool_calls: [] }),
      }),
      event("gen_ai.choice", {
        "gen_ai.event.content": json({
          index: 0,
          message: {
            role: "assistant",
            content: null,
            tool_calls: [{ id: "c1", function: { name: "f", arguments: {} } }],
          },
          finish_reason: "ToolCalls",
        }),
      }),
    ]);
    expect(seen(call)).toMatchObject({
      prompt: "Name a river",
      input: ["user: Name a river"],
      output: ["assistant: f({})"],
    });
    const completion = span("text_completion m", { "gen_ai.operation.name": "text_completion" }, [
      event("gen_ai.user.message", { "gen_ai.event.content": "Name a river" }),
    ]);
    expect(seen(completion)).toMatchObject({ prompt: "Name a river", input: ["user: Name a river"] });
  });

  test("AutoGen writes messages with their sources", () => {
    const run = span("RoundRobinGroupChat.run", {
      "openinference.span.kind": "AGENT",
      "input.value": json({ task: "Name a river" }),
      "output.value": json({
        messages: [
          { source: "user", content: "Name a river", type: "TextMessage" },
          { source: "poet", content: [{ id: "c1", name: "rivers", arguments: "{}" }], type: "ToolCallRequestEvent" },
          {
            source: "poet",
            content: [{ content: "Ebro", name: "rivers", call_id: "c1", is_error: false }],
            type: "ToolCallExecutionEvent",
          },
          { source: "poet", content: "The Ebro", type: "TextMessage" },
        ],
        stop_reason: null,
      }),
    });
    expect(seen(run)).toMatchObject({
      prompt: "Name a river",
      output: ["user: Name a river", "assistant: rivers({})", "tool: => Ebro", "assistant: The Ebro"],
    });
  });
});

describe("more frameworks", () => {
  test("AG2 states the type of its spans", () => {
    const kinds = ["conversation", "multi_conversation", "agent", "llm", "tool", "code_execution", "speaker_selection"];
    expect(kinds.map((type) => seen(span("x", { "ag2.span.type": type })).kind).join(" ")).toBe(
      "team team agent llm tool tool chain",
    );
    const human = span("await_human_input user", {
      "ag2.span.type": "human_input",
      "gen_ai.operation.name": "await_human_input",
      "ag2.human_input.prompt": "Go on?",
      "ag2.human_input.response": "yes",
    });
    expect(seen(human)).toMatchObject({ kind: "internal", input: "Go on?", output: "yes" });
  });

  test("Dify's nodes", () => {
    const kinds = ["CHAIN", "TASK", "LLM", "RETRIEVER", "TOOL", "AGENT", "RERANKER", "EMBEDDING"];
    expect(kinds.map((kind) => seen(span("node", { "gen_ai.span.kind": kind })).kind).join(" ")).toBe(
      "chain chain llm retrieval tool agent retrieval embedding",
    );
    const retrieval = span("knowledge", {
      "gen_ai.span.kind": "RETRIEVER",
      "gen_ai.user.id": "ann",
      "retrieval.query": "return policy",
      "retrieval.document": json([{ document: { content: "30 days", score: 0.8 } }]),
    });
    expect(seen(retrieval)).toMatchObject({
      user: "ann",
      input: "return policy",
      output: '[{"document":{"content":"30 days","score":0.8}}]',
    });
  });

  test("n8n's nodes", () => {
    const kindOf = (type: string) => seen(span("node.execute", { "n8n.node.type": type })).kind;
    const nodes = [
      "agent",
      "lmChatOpenAi",
      "toolHttpRequest",
      "embeddingsOpenAi",
      "vectorStoreQdrant",
      "memoryBufferWindow",
    ];
    expect(nodes.map((node) => kindOf(`@n8n/n8n-nodes-langchain.${node}`)).join(" ")).toBe(
      "agent llm tool embedding retrieval db",
    );
    expect(kindOf("n8n-nodes-base.httpRequest")).toBe("chain");
    const tool = { "n8n.node.type": "@n8n/n8n-nodes-langchain.toolCode", "n8n.node.name": "Find a river" };
    expect(seen(span("node.execute", tool))).toMatchObject({ tool: "Find a river" });
  });

  test("Genkit's parts", () => {
    const call = span("googleai/gemini-2.5-flash", {
      "genkit:metadata:subtype": "model",
      "genkit:name": "googleai/gemini-2.5-flash",
      "genkit:sessionId": "g-1",
      "genkit:input": json({
        messages: [{ role: "user", content: [{ text: "What is this?" }, { media: { url: "data:" } }] }],
      }),
      "genkit:output": json({
        message: { role: "model", content: [{ text: "A cat" }] },
        usage: { inputTokens: 9, outputTokens: 2 },
      }),
    });
    expect(seen(call)).toMatchObject({
      kind: "llm",
      session: "g-1",
      tokens: "9 2",
      prompt: "What is this?",
      input: ["user: What is this? | <media>"],
      output: ["assistant: A cat"],
    });
  });

  test("Mastra's answers", () => {
    const run = span("invoke_agent weather", {
      "gen_ai.operation.name": "invoke_agent",
      "mastra.agent_run.input": json([{ role: "user", content: "Weather?" }]),
      "mastra.agent_run.output": json({ text: "Sunny.", files: [] }),
      "mastra.metadata.threadId": "t-1",
    });
    expect(seen(run)).toMatchObject({ session: "t-1", input: ["user: Weather?"], output: ["assistant: Sunny."] });
  });

  test("arguments of any function, one key each", () => {
    const call = span("find_river", {
      "code.function.name": "find_river",
      "code.function.parameters.country": "Spain",
      "code.function.parameters.limit": 3,
      "code.function.return.value": "Ebro",
    });
    expect(seen(call)).toEqual({ kind: "internal", input: '{"country":"Spain","limit":3}', output: "Ebro" });
  });

  test("Vertex and Bedrock's own instrumentations tell parts in the content of an event", () => {
    const call = span("generate_content gemini", { "gen_ai.operation.name": "generate_content" }, [
      event("gen_ai.user.message", { content: { role: "user", parts: [{ text: "Name a river" }] } }),
      event("gen_ai.choice", {
        index: 0,
        content: { role: "model", parts: [{ text: "The Ebro" }] },
        finish_reason: "STOP",
      }),
    ]);
    expect(seen(call)).toMatchObject({
      prompt: "Name a river",
      input: ["user: Name a river"],
      output: ["assistant: The Ebro"],
    });
    const converse = span("chat nova", { "gen_ai.operation.name": "chat" }, [
      event("gen_ai.user.message", { content: [{ text: "Name a river" }] }),
      event("gen_ai.choice", {
        message: { role: "assistant", content: [{ text: "The Ebro" }] },
        finish_reason: "end_turn",
      }),
    ]);
    expect(seen(converse)).toMatchObject({ prompt: "Name a river", output: ["assistant: The Ebro"] });
  });

  test("an earlier convention has prompt and answer whole in events", () => {
    const asked = (prompt: string, completion: string) =>
      seen(
        span("chat gpt-4o", { "gen_ai.operation.name": "chat" }, [
          event("gen_ai.content.prompt", { "gen_ai.prompt": prompt }),
          event("gen_ai.content.completion", { "gen_ai.completion": completion }),
        ]),
      );
    const river = { prompt: "Name a river", input: ["user: Name a river"], output: ["assistant: The Ebro"] };
    expect(
      asked(json([{ role: "user", content: "Name a river" }]), json([{ role: "assistant", content: "The Ebro" }])),
    ).toMatchObject(river);
    expect(asked("Name a river", "The Ebro")).toMatchObject(river);
  });

  test("Sentry's agents, model calls and tools", () => {
    const call = span("chat gpt-4o", {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.messages": json([{ role: "user", content: "Name a river" }]),
      "gen_ai.response.text": json(["The Ebro"]),
      "gen_ai.response.tool_calls": json([{ name: "rivers", arguments: "{}" }]),
    });
    expect(seen(call)).toMatchObject({
      prompt: "Name a river",
      input: ["user: Name a river"],
      output: ["assistant: The Ebro | rivers({})"],
    });
    const tool = span("execute_tool rivers", {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "rivers",
      "gen_ai.tool.input": json({ country: "ES" }),
      "gen_ai.tool.output": "The Ebro",
    });
    expect(seen(tool)).toMatchObject({ tool: "rivers", input: '{"country":"ES"}', output: "The Ebro" });
  });

  test("Semantic Kernel's agents, AgentOps' tools, LangWatch's values", () => {
    const agent = span("invoke_agent Guide", {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.invocation_input": json([{ role: "user", content: "Name a river" }]),
      "gen_ai.agent.invocation_output": json([{ role: "assistant", content: "The Ebro" }]),
    });
    expect(seen(agent)).toMatchObject({ prompt: "Name a river", output: ["assistant: The Ebro"] });
    const tool = span("rivers.tool", {
      "agentops.span.kind": "tool",
      "agentops.entity.name": "rivers",
      "agentops.entity.input": json({ args: ["ES"], kwargs: {} }),
      "agentops.entity.output": json("The Ebro"),
    });
    expect(seen(tool)).toMatchObject({ tool: "rivers", input: "ES", output: "The Ebro" });
    const call = span("chat", {
      "langwatch.span.type": "llm",
      "langwatch.input": json({ type: "chat_messages", value: [{ role: "user", content: "Name a river" }] }),
      "langwatch.output": json({ type: "text", value: "The Ebro" }),
    });
    expect(seen(call)).toMatchObject({
      kind: "llm",
      prompt: "Name a river",
      input: ["user: Name a river"],
      output: "The Ebro",
    });
  });

  test("a picture before the words is no prompt", () => {
    const parts = [
      { type: "blob", modality: "image", mime_type: "image/png", content: "iVBORw0KGgo=" },
      { type: "text", content: "What is in it?" },
    ];
    const call = span("chat gpt-4o", {
      "gen_ai.operation.name": "chat",
      "gen_ai.input.messages": json([{ role: "user", parts }]),
    });
    expect(seen(call)).toMatchObject({ prompt: "What is in it?" });
  });

  test("LiteLLM's calls in an answer stand over keys", () => {
    const call = span("litellm_request", {
      "llm.request.type": "completion",
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.prompt.0.role": "user",
      "gen_ai.prompt.0.content": "Name a river",
      "gen_ai.completion.0.role": "assistant",
      "gen_ai.completion.0.function_call.name": "rivers",
      "gen_ai.completion.0.function_call.arguments": "{}",
      "llm.user": "ann",
    });
    expect(seen(call)).toMatchObject({ user: "ann", input: ["user: Name a river"], output: ["assistant: rivers({})"] });
  });
});
