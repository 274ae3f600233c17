import { describe, expect, test } from "vitest";
import { json, seen, span } from "./seen.ts";

describe("OpenInference", () => {
  test("spreads the documents of a retriever over keys", () => {
    const retriever = span("VectorStoreRetriever", {
      "openinference.span.kind": "RETRIEVER",
      "input.value": "return policy",
      "output.value": json({ documents: [{ page_content: "30 days" }] }),
      "retrieval.documents.0.document.content": "30 days",
      "retrieval.documents.0.document.id": "d1",
      "retrieval.documents.0.document.score": 0.8,
      "retrieval.documents.1.document.content": "No returns of food",
    });
    expect(seen(retriever)).toEqual({
      kind: "retrieval",
      input: "return policy",
      output: '[{"content":"30 days","id":"d1","score":0.8},{"content":"No returns of food"}]',
    });
  });

  test("tells what a reranker got and how it ordered that", () => {
    const reranker = span("CohereRerank", {
      "openinference.span.kind": "RERANKER",
      "reranker.query": "return policy",
      "reranker.model_name": "rerank-v3",
      "reranker.input_documents.0.document.content": "Opening hours",
      "reranker.input_documents.1.document.content": "30 days",
      "reranker.output_documents.0.document.content": "30 days",
      "reranker.output_documents.0.document.score": 0.9,
    });
    expect(seen(reranker)).toEqual({
      kind: "retrieval",
      input: '{"query":"return policy","documents":[{"content":"Opening hours"},{"content":"30 days"}]}',
      output: '[{"content":"30 days","score":0.9}]',
    });
  });

  test("spreads embedded texts over keys, and their vectors", () => {
    const embedding = (texts: readonly string[]) =>
      span("CreateEmbeddings", {
        "openinference.span.kind": "EMBEDDING",
        "embedding.model_name": "text-embedding-3-small",
        ...Object.fromEntries(texts.map((text, at) => [`embedding.embeddings.${at}.embedding.text`, text])),
        "embedding.embeddings.0.embedding.vector": [0.1, 0.2],
      });
    expect(seen(embedding(["return policy"]))).toEqual({
      kind: "embedding",
      model: "text-embedding-3-small",
      input: "return policy",
    });
    expect(seen(embedding(["red", "blue"]))).toMatchObject({ input: '["red","blue"]' });
  });

  test("keeps the order of texts, pictures, thoughts and calls", () => {
    const part = (of: string, at: number) => `llm.${of}.message.contents.${at}.message_content`;
    const call = span("ChatCompletion", {
      "openinference.span.kind": "LLM",
      "llm.input_messages.0.message.role": "user",
      [`${part("input_messages.0", 0)}.type`]: "text",
      [`${part("input_messages.0", 0)}.text`]: "What is this?",
      [`${part("input_messages.0", 1)}.type`]: "image",
      [`${part("input_messages.0", 1)}.image.image.url`]: "https://example.com/cat.png",
      [`${part("input_messages.0", 2)}.type`]: "audio",
      [`${part("input_messages.0", 2)}.audio.audio.url`]: "https://example.com/cat.mp3",
      "llm.output_messages.0.message.role": "assistant",
      [`${part("output_messages.0", 0)}.type`]: "reasoning",
      [`${part("output_messages.0", 0)}.text`]: "Look it up.",
      [`${part("output_messages.0", 1)}.type`]: "tool_use",
      "llm.output_messages.0.message.contents.1.tool_call.id": "c1",
      "llm.output_messages.0.message.contents.1.tool_call.function.name": "find",
      "llm.output_messages.0.message.contents.1.tool_call.function.arguments": json({ q: "cat" }),
    });
    expect(seen(call)).toMatchObject({
      prompt: "What is this?",
      input: ["user: What is this? | <image> | <audio>"],
      output: ['assistant: ~Look it up. | find({"q":"cat"})'],
    });
  });

  test("has a tool's arguments in those of the method by which smolagents calls it", () => {
    const called = (given: object) =>
      seen(span("SimpleTool", { "openinference.span.kind": "TOOL", "tool.name": "search", "input.value": json(given) }))
        .input;
    expect(called({ args: [], sanitize_inputs_outputs: true, kwargs: { query: "rivers" } })).toBe('{"query":"rivers"}');
    expect(called({ args: ["rivers"], sanitize_inputs_outputs: false, kwargs: {} })).toBe("rivers");
    expect(called({ args: ["-l"], kwargs: {} })).toBe('{"args":["-l"],"kwargs":{}}');
  });

  test("has pictures beside a prompt", () => {
    const call = span("images.edit", {
      "openinference.span.kind": "LLM",
      "input.value": "Make the sky red",
      "input.images": json(["https://example.com/sky.png"]),
    });
    expect(seen(call)).toMatchObject({ prompt: "Make the sky red", input: ["user: Make the sky red | <images>"] });
  });
});

describe("Traceloop", () => {
  test("states the type of a request to a model", () => {
    const request = (type: string) =>
      seen(span("openai", { "llm.request.type": type, "gen_ai.request.model": "m" })).kind;
    expect(["chat", "completion", "embedding", "rerank"].map(request)).toEqual([
      "llm",
      "llm",
      "embedding",
      "retrieval",
    ]);
  });

  test("writes the parts of a message as JSON text, and calls over keys", () => {
    const call = span("openai.chat", {
      "llm.request.type": "chat",
      "gen_ai.prompt.0.role": "user",
      "gen_ai.prompt.0.content": json([
        { type: "text", text: "What is this?" },
        { type: "image_url", image_url: { url: "https://example.com/cat.png" } },
      ]),
      "gen_ai.completion.0.role": "assistant",
      "gen_ai.completion.0.tool_calls.0.id": "c1",
      "gen_ai.completion.0.tool_calls.0.name": "find",
      "gen_ai.completion.0.tool_calls.0.arguments": json({ q: "cat" }),
      "gen_ai.usage.prompt_tokens": 9,
      "gen_ai.usage.completion_tokens": 2,
    });
    expect(seen(call)).toMatchObject({
      prompt: "What is this?",
      tokens: "9 2",
      input: ["user: What is this? | <image_url>"],
      output: ['assistant: find({"q":"cat"})'],
    });
  });

  test("names CrewAI's agents by their roles, and tells the task and its result", () => {
    const agent = span("Senior Researcher.agent", {
      "traceloop.span.kind": "agent",
      "crewai.agent.role": "Senior Researcher",
      "crewai.agent.result": "Four papers.",
    });
    expect(seen(agent)).toEqual({ kind: "agent", agent: "Senior Researcher", output: "Four papers." });
    const task = span("Find papers.task", {
      "traceloop.span.kind": "task",
      "crewai.task.description": "Find papers on tides",
      "crewai.task.result": "Four papers.",
    });
    expect(seen(task)).toEqual({ kind: "chain", input: "Find papers on tides", output: "Four papers." });
  });

  test("may write the role in place of the content, and Bedrock's blocks as JSON text", () => {
    const completion = span("vertexai.generate_content", {
      "llm.request.type": "completion",
      "gen_ai.prompt.0.system": "Answer briefly",
      "gen_ai.prompt.0.user": "Name a river",
      "gen_ai.completion.0.role": "assistant",
      "gen_ai.completion.0.content": "The Ebro",
    });
    expect(seen(completion)).toMatchObject({
      prompt: "Name a river",
      input: ["system: Answer briefly", "user: Name a river"],
      output: ["assistant: The Ebro"],
    });
    const converse = span("bedrock.converse", {
      "llm.request.type": "chat",
      "gen_ai.prompt.0.role": "user",
      "gen_ai.prompt.0.content": json([{ text: "Name a river" }]),
      "gen_ai.completion.0.role": "assistant",
      "gen_ai.completion.0.content": json([{ toolUse: { toolUseId: "t1", name: "rivers", input: { country: "ES" } } }]),
    });
    expect(seen(converse)).toMatchObject({
      prompt: "Name a river",
      input: ["user: Name a river"],
      output: ['assistant: rivers({"country":"ES"})'],
    });
  });

  test("tells a tool's arguments and result as its callback or function got them", () => {
    const called = (given: object, returned: object | string) =>
      seen(
        span("get_weather.tool", {
          "traceloop.span.kind": "tool",
          "traceloop.entity.name": "get_weather",
          "traceloop.entity.input": json(given),
          "traceloop.entity.output": json(returned),
        }),
      );
    const message = { id: ["langchain", "schema", "messages", "ToolMessage"], kwargs: { content: "18°C" } };
    expect(
      called(
        { input_str: "{'city': 'Porto'}", tags: [], metadata: {}, inputs: { city: "Porto" }, kwargs: {} },
        { output: { lc: 1, type: "constructor", ...message }, kwargs: { name: "get_weather" } },
      ),
    ).toMatchObject({ tool: "get_weather", input: '{"city":"Porto"}', output: "18°C" });
    expect(called({ args: ["Porto"], kwargs: {} }, "18°C")).toMatchObject({ input: "Porto", output: "18°C" });
    expect(called({ args: [], kwargs: { city: "Porto" } }, "18°C").input).toBe('{"city":"Porto"}');
    expect(called({ args: ["Porto"], kwargs: { days: 2 } }, "18°C").input).toBe(
      '{"args":["Porto"],"kwargs":{"days":2}}',
    );
  });

  test("tells the argument and the response of a tool of the Model Context Protocol", () => {
    const tool = span("find.tool", {
      "traceloop.span.kind": "tool",
      "traceloop.entity.name": "find",
      "mcp.request.argument": json({ q: "cat" }),
      "mcp.response.value": json({ content: [{ type: "text", text: "A cat." }], isError: false, meta: null }),
    });
    expect(seen(tool)).toMatchObject({ tool: "find", input: '{"q":"cat"}', output: "A cat." });
  });
});

describe("the AI SDK", () => {
  test.each(["ai.result", "ai.response"])("answers in keys under %s", (prefix) => {
    const call = span("ai.generateText.doGenerate", {
      "ai.operationId": "ai.generateText.doGenerate",
      "ai.model.id": "gpt-4o",
      "ai.prompt.messages": json([{ role: "user", content: [{ type: "text", text: "Name a river" }] }]),
      [`${prefix}.text`]: "The Ebro",
      [`${prefix}.toolCalls`]: json([{ toolCallId: "c1", toolName: "length", args: { of: "Ebro" } }]),
      "ai.usage.promptTokens": 9,
      "ai.usage.completionTokens": 3,
    });
    expect(seen(call)).toEqual({
      kind: "llm",
      model: "gpt-4o",
      prompt: "Name a river",
      tokens: "9 3",
      input: ["user: Name a river"],
      output: ['assistant: The Ebro | length({"of":"Ebro"})'],
    });
  });

  test("writes a list of values as JSON texts", () => {
    const embedding = span("ai.embedMany", {
      "ai.operationId": "ai.embedMany",
      "ai.model.id": "text-embedding-3-small",
      "ai.values": [json("sunny day"), json("rainy day")],
    });
    expect(seen(embedding).input).toBe('["sunny day","rainy day"]');
  });

  test("answers with an object, and reranks", () => {
    const object = { "ai.operationId": "ai.generateObject.doGenerate", "ai.result.object": json({ river: "Ebro" }) };
    expect(seen(span("ai.generateObject.doGenerate", object))).toMatchObject({ output: '{"river":"Ebro"}' });
    expect(seen(span("ai.rerank.doRerank", { "ai.operationId": "ai.rerank.doRerank" })).kind).toBe("retrieval");
  });
});

describe("MLflow", () => {
  test("writes words as JSON text, and tokens as one", () => {
    const call = span("Completions", {
      "mlflow.spanType": json("CHAT_MODEL"),
      "mlflow.llm.model": json("gpt-4o"),
      "mlflow.spanInputs": json({ model: "gpt-4o", messages: [{ role: "user", content: "Plan a walk" }] }),
      "mlflow.spanOutputs": json({ choices: [{ message: { role: "assistant", content: "Start early." } }] }),
      "mlflow.chat.tokenUsage": json({ input_tokens: 20, output_tokens: 8, total_tokens: 28 }),
    });
    expect(seen(call)).toEqual({
      kind: "llm",
      model: "gpt-4o",
      prompt: "Plan a walk",
      tokens: "20 8",
      input: ["user: Plan a walk"],
      output: ["assistant: Start early."],
    });
    const kinds = [
      "LLM",
      "AGENT",
      "TOOL",
      "RETRIEVER",
      "EMBEDDING",
      "RERANKER",
      "CHAIN",
      "PARSER",
      "MEMORY",
      "UNKNOWN",
    ];
    expect(kinds.map((type) => seen(span("x", { "mlflow.spanType": json(type) })).kind).join(" ")).toBe(
      "llm agent tool retrieval embedding retrieval chain chain db internal",
    );
  });
});

describe("LangSmith", () => {
  test("writes a run's inputs and outputs whole", () => {
    const message = (type: string, content: string) => ({
      lc: 1,
      type: "constructor",
      id: ["langchain", "schema", "messages", type],
      kwargs: { content, type: "x" },
    });
    const call = span("ChatOpenAI", {
      "langsmith.span.kind": "llm",
      "langsmith.metadata.thread_id": "t-1",
      "gen_ai.operation.name": "chat",
      "gen_ai.prompt": json({ messages: [[message("HumanMessage", "Name a river")]] }),
      "gen_ai.completion": json({ generations: [[{ text: "The Ebro", message: message("AIMessage", "The Ebro") }]] }),
    });
    expect(seen(call)).toEqual({
      kind: "llm",
      session: "t-1",
      prompt: "Name a river",
      input: ["user: Name a river"],
      output: ["assistant: The Ebro"],
    });
    const tool = span("length", {
      "langsmith.span.kind": "tool",
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.prompt": json({ input: "{'of': 'Ebro'}" }),
      "gen_ai.completion": json({
        output: { content: "930 km", type: "tool", name: "length", tool_call_id: "c1", status: "success" },
      }),
    });
    expect(seen(tool)).toMatchObject({ kind: "tool", tool: "length", output: "930 km" });
  });

  test("also completes texts", () => {
    const call = span("OpenAI", {
      "langsmith.span.kind": "llm",
      "gen_ai.prompt": json({ prompts: ["Name a river"] }),
      "gen_ai.completion": json({ generations: [[{ text: "The Ebro", generation_info: { finish_reason: "stop" } }]] }),
    });
    expect(seen(call)).toMatchObject({ prompt: "Name a river", output: ["assistant: The Ebro"] });
  });
});

describe("Quarkus LangChain4j", () => {
  test("writes prompt and completion as whole texts", () => {
    const call = span("completion gpt-4o", {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.prompt": "You are a poet.\nWrite a poem about dew",
      "gen_ai.completion": "Dew, you shine",
    });
    expect(seen(call)).toMatchObject({
      prompt: "You are a poet. Write a poem about dew",
      input: "You are a poet.\nWrite a poem about dew",
      output: "Dew, you shine",
    });
  });

  test("may write LangChain4j's messages as JSON", () => {
    const call = span("completion gpt-4o", {
      "gen_ai.operation.name": "chat",
      "gen_ai.prompt": json([
        { type: "SYSTEM", text: "You are a poet." },
        { type: "USER", contents: [{ type: "TEXT", text: "A poem about dew" }] },
        { type: "AI", toolExecutionRequests: [{ id: "c1", name: "rhyme", arguments: '{"with":"dew"}' }] },
        { type: "TOOL_EXECUTION_RESULT", id: "c1", toolName: "rhyme", text: "blue" },
      ]),
    });
    expect(seen(call)).toMatchObject({
      prompt: "A poem about dew",
      input: ["system: You are a poet.", "user: A poem about dew", 'assistant: rhyme({"with":"dew"})', "tool: => blue"],
    });
  });
});
