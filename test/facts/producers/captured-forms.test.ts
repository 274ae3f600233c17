import { readContent } from "../../../src/facts/span-content.ts";
import { describe, expect, test } from "vitest";
import { factsOfSpan } from "../span-of.ts";
import { event, json, seen, span } from "./seen.ts";

describe("prompts", () => {
  test("LangChain writes a message as a pair of role and text", () => {
    const run = span("weather", {
      "openinference.span.kind": "CHAIN",
      "input.value": json({ messages: [["user", "Is it windy?"]] }),
    });
    expect(seen(run)).toMatchObject({ prompt: "Is it windy?", input: ["user: Is it windy?"] });
    const human = span("weather", {
      "openinference.span.kind": "CHAIN",
      "input.value": json([["human", "Is it windy?"]]),
    });
    expect(seen(human)).toMatchObject({ prompt: "Is it windy?" });
  });

  test("a list of two texts is no message unless the first is a role", () => {
    const run = span("pick", {
      "openinference.span.kind": "CHAIN",
      "input.value": json({ messages: [["red", "blue"]] }),
    });
    expect(seen(run).prompt).toBeUndefined();
  });

  test("the only text among switches is the prompt", () => {
    const run = span("weather.run", {
      "openinference.span.kind": "AGENT",
      "input.value": json({ task: "Is it windy?", stream: false, reset: true, images: null }),
    });
    expect(seen(run)).toMatchObject({ prompt: "Is it windy?", agent: "weather" });
  });

  test("messages may be a list of JSON texts", () => {
    const call = span("chat", {
      "gen_ai.operation.name": "chat",
      "gen_ai.input.messages": [json({ role: "user", parts: [{ type: "text", content: "What is dew?" }] })],
    });
    expect(seen(call)).toMatchObject({ prompt: "What is dew?", input: ["user: What is dew?"] });
  });

  test.each([
    ["LangChain", "System: Be brief\nHuman: What is dew?\nAI: Water\nHuman: And rime?\nOn trees, I mean", "And rime?"],
    ["OpenLIT", "system: Be brief\nuser: What is dew?", "What is dew?"],
    ["a user", "User: what is that?", "what is that?"],
  ])("%s writes a conversation as one text", (_, text, prompt) => {
    const call = span("chat", { "gen_ai.operation.name": "chat" }, [
      event("gen_ai.content.prompt", { "gen_ai.prompt": text }),
    ]);
    expect(seen(call)).toMatchObject({ prompt });
    expect(
      seen(span("LLM", { "openinference.span.kind": "LLM", "input.value": json({ prompts: [text] }) })),
    ).toMatchObject({ prompt });
  });

  test("instructions alone are no prompt", () => {
    const call = span("llm_call", {
      "gen_ai.operation.name": "chat",
      "gen_ai.system_instructions": json([{ type: "text", content: "You are a weather desk." }]),
    });
    expect(seen(call).prompt).toBeUndefined();
  });

  test("messages in numbered keys are better than the arguments of a method", () => {
    const call = span("OpenAI.astream_chat", {
      "openinference.span.kind": "LLM",
      "input.value": json({ chat_history: ["ChatMessage(role=user)"], kwargs: { n: 1 } }),
      "llm.input_messages.0.message.role": "user",
      "llm.input_messages.0.message.content": "Is it windy?",
    });
    expect(seen(call)).toMatchObject({ prompt: "Is it windy?" });
  });
});

describe("answers", () => {
  test("OpenAI's Responses have calls of its own tools among messages", () => {
    const output = [
      { type: "reasoning", summary: [{ type: "summary_text", text: "Look it up" }] },
      { type: "web_search_call", id: "w1", status: "completed", action: { type: "search", query: "rime" } },
      { type: "mcp_call", id: "m1", name: "lookup", arguments: '{"word":"rime"}', output: "frost" },
      { type: "custom_tool_call", call_id: "c1", name: "note", input: "rime" },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "Frost" }] },
    ];
    const call = span("Response", { "openinference.span.kind": "LLM", "output.value": json({ output }) });
    expect(seen(call).output).toEqual([
      "assistant: ~Look it up",
      'assistant: web_search({"type":"search","query":"rime"})',
      'assistant: lookup({"word":"rime"})',
      "assistant: note(rime)",
      "assistant: Frost",
    ]);
  });

  test("a refusal stands beside an empty content", () => {
    const message = { role: "assistant", content: null, refusal: "I can't help with that" };
    const call = span("ChatCompletion", {
      "openinference.span.kind": "LLM",
      "output.value": json({ choices: [{ message, finish_reason: "stop" }] }),
    });
    expect(seen(call).output).toEqual(["assistant: I can't help with that"]);
  });

  test("Azure's agents put a text into an object", () => {
    const run = span("process_thread_run", { "gen_ai.response.model": "gpt-4o" }, [
      event("gen_ai.assistant.message", {
        "gen_ai.event.content": json({ content: { text: { value: "Hello" } }, role: "assistant" }),
      }),
    ]);
    expect(seen(run).input).toEqual(["assistant: Hello"]);
  });
});

describe("calls", () => {
  test("LlamaIndex's preparation of a request asks no model", () => {
    const attributes = { "openinference.span.kind": "LLM", "llm.model_name": "gpt-4.1" };
    expect(seen(span("OpenAI._prepare_chat_with_tools", attributes)).kind).toBe("chain");
    expect(seen(span("OpenAI.astream_chat", attributes)).kind).toBe("llm");
  });

  test("LiteLLM states calls in numbered keys beside an answer without parts", () => {
    const call = span("litellm_request", {
      "gen_ai.operation.name": "chat",
      "gen_ai.output.messages": json([{ role: "assistant", parts: [], finish_reason: "tool_calls" }]),
      "gen_ai.completion.0.function_call.name": "wind",
      "gen_ai.completion.0.function_call.arguments": json({ city: "Sines" }),
    });
    expect(seen(call).output).toEqual(['assistant: wind({"city":"Sines"})']);
  });

  test("LangSmith's details of usage stand beside its counts", () => {
    const call = span("ChatOpenAI", {
      "langsmith.span.kind": "llm",
      "gen_ai.usage.input_tokens": 120,
      "gen_ai.usage.output_tokens": 18,
      "langsmith.metadata.usage_metadata": json({
        input_tokens: 120,
        input_token_details: { cache_read: 64, cache_creation: 8 },
        output_token_details: { reasoning: 6 },
      }),
    });
    expect(factsOfSpan(call).tokens).toMatchObject({ input: 120, cached: 64, written: 8, output: 18, reasoning: 6 });
  });

  test("Langfuse passes OpenAI's usage on with its parts in objects", () => {
    const usage = {
      prompt_tokens: 120,
      completion_tokens: 18,
      total_tokens: 138,
      prompt_tokens_details: { cached_tokens: 64 },
      completion_tokens_details: { reasoning_tokens: 6 },
    };
    const call = span("OpenAI-generation", {
      "langfuse.observation.type": "generation",
      "langfuse.observation.usage_details": json(usage),
    });
    expect(factsOfSpan(call).tokens).toMatchObject({ input: 120, cached: 64, output: 18, reasoning: 6 });
  });

  test("Haystack's replies state their model and usage", () => {
    const usage = {
      prompt_tokens: 120,
      completion_tokens: 18,
      prompt_tokens_details: { cached_tokens: 64 },
      completion_tokens_details: { reasoning_tokens: 6 },
    };
    const reply = { role: "assistant", meta: { model: "gpt-5.2", usage }, content: [{ text: "Yes." }] };
    const call = span("haystack.agent.step.llm", { "haystack.agent.step.llm.output": json({ replies: [reply] }) });
    expect(seen(call)).toMatchObject({ kind: "llm", model: "gpt-5.2", output: ["assistant: Yes."] });
    expect(factsOfSpan(call).tokens).toMatchObject({ input: 120, cached: 64, output: 18, reasoning: 6 });
  });
});

describe("names and errors", () => {
  test("Claude Code's model may have the colours of a terminal, and keeps the size of its context", () => {
    const call = span("claude_code.llm_request", {
      "span.type": "llm_request",
      model: "\u001b[32mclaude-opus-4-5[1m]\u001b[0m",
    });
    expect(seen(call).model).toBe("claude-opus-4-5[1m]");
  });

  test("a run is named by its agent, not by the method", () => {
    const agent = { "openinference.span.kind": "AGENT" };
    expect(seen(span("weather._execute_core", agent)).agent).toBe("weather");
    expect(seen(span("FunctionAgent.run", agent)).agent).toBe("FunctionAgent");
    expect(seen(span("run", agent)).agent).toBeUndefined();
  });

  test("Logfire tells why a tool failed in its message only", () => {
    const attributes = { "logfire.msg": "Function: wind failed: no city", "logfire.level_num": 17 };
    expect(factsOfSpan(span("Function: {name}", attributes, [], { status: { code: 2 } })).failure).toBe(
      "Function: wind failed: no city",
    );
    expect(factsOfSpan(span("Function: {name}", attributes)).failure).toBeUndefined();
  });

  test("LangChain's result of a tool may be a dictionary of its message", () => {
    const message = { type: "tool", data: { content: "20 knots", type: "tool", tool_call_id: "t1" } };
    const tool = span("wind", {
      "openinference.span.kind": "TOOL",
      "tool.name": "wind",
      "output.value": json(message),
    });
    expect(seen(tool).output).toBe("20 knots");
  });

  test("an unknown user is none", () => {
    expect(seen(span("chat", { "user.id": "unknown" })).user).toBeUndefined();
    expect(seen(span("chat", { "user.id": "ada" })).user).toBe("ada");
  });

  test("an error is told without its traceback, wherever that stands", () => {
    const failure = (message: string) => factsOfSpan(span("tool", {}, [], { status: { code: 2, message } })).failure;
    const trace = 'Traceback (most recent call last):\n\n\n  File "a.py", line 1, in x\n';
    expect(failure(`LookupError('no city')${trace}\nLookupError: no city`)).toBe("LookupError('no city')");
    expect(failure(`${trace}LookupError: no city\n`)).toBe("LookupError: no city");
    // The whole error has both.
    const message = `LookupError('no city')${trace}\nLookupError: no city`;
    expect(readContent(span("tool", {}, [], { status: { code: 2, message } }), "failed").exception).toEqual({
      message: "LookupError('no city')",
      stacktrace: `${trace}\nLookupError: no city`,
    });
  });
});
