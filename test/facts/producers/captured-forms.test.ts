import { readContent } from "../../../src/facts/span-content.ts";
import { describe, expect, test } from "vitest";
import { factsOfSpan } from "../span-of.ts";
import { json, seen, span } from "./seen.ts";

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
