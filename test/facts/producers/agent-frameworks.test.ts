import { describe, expect, test } from "vitest";
import { event, json, seen, span } from "./seen.ts";

describe("Strands Agents", () => {
  test("tells a model call in span events of Bedrock's blocks", () => {
    const call = span("chat", { "gen_ai.operation.name": "chat", "gen_ai.request.model": "us.amazon.nova-pro-v1:0" }, [
      event("gen_ai.system.message", { content: json([{ text: "Be brief." }]) }),
      event("gen_ai.user.message", { content: json([{ text: "Is it windy in Sines?" }]) }),
      event("gen_ai.assistant.message", {
        content: json([
          { reasoningContent: { reasoningText: { text: "I need the tool.", signature: "s" } } },
          { toolUse: { toolUseId: "t1", name: "wind", input: { city: "Sines" } } },
        ]),
      }),
      event("gen_ai.tool.message", {
        content: json([{ toolResult: { toolUseId: "t1", status: "success", content: [{ text: "20 knots" }] } }]),
      }),
      event("gen_ai.choice", { finish_reason: "end_turn", message: json([{ text: "Yes, 20 knots." }]) }),
    ]);
    expect(seen(call)).toMatchObject({
      kind: "llm",
      prompt: "Is it windy in Sines?",
      input: [
        "system: Be brief.",
        "user: Is it windy in Sines?",
        'assistant: ~I need the tool. | wind({"city":"Sines"})',
        "tool: => 20 knots",
      ],
      output: ["assistant: Yes, 20 knots."],
    });
  });

  test("tells it in three details events under the latest convention", () => {
    const details = "gen_ai.client.inference.operation.details";
    const call = span("chat", { "gen_ai.operation.name": "chat" }, [
      event(details, { "gen_ai.system_instructions": json([{ type: "text", content: "Be brief." }]) }),
      event(details, {
        "gen_ai.input.messages": json([{ role: "user", parts: [{ type: "text", content: "Is it windy?" }] }]),
      }),
      event(details, {
        "gen_ai.output.messages": json([
          {
            role: "assistant",
            parts: [
              { type: "reasoningContent", content: { reasoningText: { text: "Look it up." } } },
              { type: "tool_call", name: "wind", id: "t1", arguments: { city: "Sines" } },
            ],
          },
        ]),
      }),
    ]);
    expect(seen(call)).toMatchObject({
      prompt: "Is it windy?",
      input: ["system: Be brief.", "user: Is it windy?"],
      output: ['assistant: ~Look it up. | wind({"city":"Sines"})'],
    });
  });

  test("puts a tool's call and result on the span for Langfuse", () => {
    const tool = span("execute_tool wind", {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "wind",
      "gen_ai.tool.call.id": "t1",
      "gen_ai.input.messages": json([
        { role: "tool", parts: [{ type: "tool_call", name: "wind", id: "t1", arguments: { city: "Sines" } }] },
      ]),
      "gen_ai.output.messages": json([
        { role: "tool", parts: [{ type: "tool_call_response", id: "t1", response: [{ text: "20 knots" }] }] },
      ]),
    });
    expect(seen(tool)).toMatchObject({ tool: "wind", input: '{"city":"Sines"}', output: "20 knots" });
  });

  test.each(["swarm", "graph"])("runs a %s as a team", (word) => {
    const run = span(`invoke_${word}`, { "gen_ai.operation.name": `invoke_${word}`, "gen_ai.agent.name": word }, [
      event("gen_ai.user.message", { content: "Plan a trip" }),
      event("gen_ai.choice", { message: "Go by train." }),
    ]);
    expect(seen(run)).toEqual({
      kind: "team",
      team: word,
      prompt: "Plan a trip",
      input: ["user: Plan a trip"],
      output: ["assistant: Go by train."],
    });
  });
});

describe("Google ADK", () => {
  test("tells a model call as Gemini's request and response", () => {
    const call = span("call_llm", {
      "gen_ai.operation.name": "generate_content",
      "gen_ai.request.model": "gemini-2.5-flash",
      "gcp.vertex.agent.session_id": "adk-1",
      "gcp.vertex.agent.llm_request": json({
        model: "gemini-2.5-flash",
        config: { system_instruction: "You are a concierge.", tools: [] },
        contents: [
          { role: "user", parts: [{ text: "A table for two?" }] },
          { role: "model", parts: [{ function_call: { name: "find_table", args: { seats: 2 } } }] },
          { role: "user", parts: [{ function_response: { name: "find_table", response: { free: true } } }] },
        ],
      }),
      "gcp.vertex.agent.llm_response": json({ content: { role: "model", parts: [{ text: "Yes, at eight." }] } }),
    });
    expect(seen(call)).toMatchObject({
      session: "adk-1",
      prompt: "A table for two?",
      input: [
        "system: You are a concierge.",
        "user: A table for two?",
        'assistant: find_table({"seats":2})',
        'user: => {"free":true}',
      ],
      output: ["assistant: Yes, at eight."],
    });
  });

  test("tells it in Go's names of fields under kagent", () => {
    const call = span("generate_content gemini-2.5-flash", {
      "gen_ai.operation.name": "generate_content",
      "kagent.user_id": "ann",
      "gcp.vertex.agent.llm_request": json({
        Model: "gemini-2.5-flash",
        Contents: [{ role: "user", parts: [{ text: "List the pods" }] }],
        Config: { systemInstruction: { parts: [{ text: "You know Kubernetes." }] } },
      }),
      "gcp.vertex.agent.llm_response": json({
        Content: { role: "model", parts: [{ functionCall: { name: "get_pods", args: { ns: "web" } } }] },
        TurnComplete: true,
      }),
    });
    expect(seen(call)).toMatchObject({
      user: "ann",
      prompt: "List the pods",
      input: ["system: You know Kubernetes.", "user: List the pods"],
      output: ['assistant: get_pods({"ns":"web"})'],
    });
  });

  test("tells a tool's arguments and response, and runs workflows and nodes", () => {
    const tool = span("execute_tool get_pods", {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "get_pods",
      "gcp.vertex.agent.llm_request": "{}",
      "gcp.vertex.agent.llm_response": "{}",
      "gcp.vertex.agent.tool_call_args": json({ ns: "web" }),
      "gcp.vertex.agent.tool_response": json({ content: [{ type: "text", text: "web-1 Running" }], isError: false }),
    });
    expect(seen(tool)).toMatchObject({ tool: "get_pods", input: '{"ns":"web"}', output: "web-1 Running" });
    const workflow = span("invoke_workflow triage", {
      "gen_ai.operation.name": "invoke_workflow",
      "gen_ai.workflow.name": "triage",
    });
    expect(seen(workflow)).toEqual({ kind: "team", team: "triage" });
    expect(seen(span("invoke_node route", { "gen_ai.operation.name": "invoke_node" }))).toEqual({ kind: "chain" });
  });
});

describe("Pydantic AI", () => {
  const conversation = [
    { role: "system", parts: [{ type: "text", content: "Answer shortly." }] },
    { role: "user", parts: [{ type: "text", content: "Capital of Peru?" }] },
    { role: "assistant", parts: [{ type: "text", content: "Lima" }], finish_reason: "stop" },
  ];

  test("puts question and answer of an agent's run into one list", () => {
    const run = span("invoke_agent geo", {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": "geo",
      "pydantic_ai.all_messages": json(conversation),
      final_result: "Lima",
    });
    expect(seen(run)).toEqual({
      kind: "agent",
      agent: "geo",
      prompt: "Capital of Peru?",
      input: ["system: Answer shortly.", "user: Capital of Peru?"],
      output: "Lima",
    });
  });

  test("did so in events before", () => {
    const run = span("agent run", {
      agent_name: "geo",
      model_name: "gpt-4o",
      "logfire.msg": "geo run",
      all_messages_events: json([
        {
          content: "Answer shortly.",
          role: "system",
          "gen_ai.message.index": 0,
          "event.name": "gen_ai.system.message",
        },
        { content: "Capital of Peru?", role: "user", "gen_ai.message.index": 0, "event.name": "gen_ai.user.message" },
        { role: "assistant", content: "Lima", "gen_ai.message.index": 1, "event.name": "gen_ai.assistant.message" },
      ]),
    });
    expect(seen(run)).toEqual({
      kind: "agent",
      agent: "geo",
      prompt: "Capital of Peru?",
      input: ["system: Answer shortly.", "user: Capital of Peru?"],
      output: ["assistant: Lima"],
    });
  });

  test("tells a tool's call in keys of its own before version 3", () => {
    const tool = span("running tool", {
      "gen_ai.tool.name": "lookup",
      "gen_ai.tool.call.id": "c1",
      tool_arguments: json({ country: "Peru" }),
      tool_response: "Lima",
    });
    expect(seen(tool)).toMatchObject({ kind: "tool", tool: "lookup", input: '{"country":"Peru"}', output: "Lima" });
  });
});

describe("Logfire", () => {
  test("tells a chat completion as the data of its request and response", () => {
    const call = span("Chat Completion with {request_data[model]!r}", {
      "gen_ai.request.model": "gpt-4o",
      "logfire.msg": "Chat Completion with 'gpt-4o'",
      request_data: json({ model: "gpt-4o", messages: [{ role: "user", content: "Name a river" }] }),
      response_data: json({
        message: { role: "assistant", content: "The Ebro", tool_calls: null },
        usage: { prompt_tokens: 9, completion_tokens: 4 },
      }),
    });
    expect(seen(call)).toMatchObject({
      prompt: "Name a river",
      input: ["user: Name a river"],
      output: ["assistant: The Ebro"],
    });
  });

  test("tells a call of OpenAI Agents' in events, question and answer in one", () => {
    const call = span("Responses API with {gen_ai.request.model!r}", {
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.operation.name": "chat",
      events: json([
        { "event.name": "gen_ai.system.message", content: "Be exact", role: "system" },
        { "event.name": "gen_ai.user.message", content: "How long is the Ebro?", role: "user" },
        {
          "event.name": "gen_ai.assistant.message",
          role: "assistant",
          tool_calls: [{ id: "c1", type: "function", function: { name: "length", arguments: '{"of":"Ebro"}' } }],
        },
        { "event.name": "gen_ai.tool.message", role: "tool", id: "c1", content: "930 km", name: "length" },
        { "event.name": "gen_ai.choice", index: 0, message: { role: "assistant", content: "930 km." } },
      ]),
    });
    expect(seen(call)).toMatchObject({
      prompt: "How long is the Ebro?",
      input: ["system: Be exact", "user: How long is the Ebro?", 'assistant: length({"of":"Ebro"})', "tool: => 930 km"],
      output: ["assistant: 930 km."],
    });
  });

  test("names an agent and a function of OpenAI Agents' by their templates", () => {
    const run = span("Agent run: {name!r}", { name: "Geographer", "logfire.msg": "Agent run: 'Geographer'" });
    expect(seen(run)).toMatchObject({ kind: "agent", agent: "Geographer" });
    const tool = span("Function: {name}", {
      name: "length",
      "logfire.msg": "Function: length",
      input: json({ of: "Ebro" }),
      output: "930 km",
    });
    expect(seen(tool)).toMatchObject({ kind: "tool", tool: "length", input: '{"of":"Ebro"}', output: "930 km" });
    expect(seen(span("GET /people", { name: "Ann Other" }))).toEqual({ kind: "internal" });
  });
});
