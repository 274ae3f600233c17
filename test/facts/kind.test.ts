import { describe, expect, test } from "vitest";

import { factsOfSpan, spanOf } from "./span-of.ts";
import type { Attributes } from "./span-of.ts";

function kind(name: string, attributes: Attributes = {}): string {
  return factsOfSpan(spanOf(name, attributes)).kind;
}

describe("the kind of a span", () => {
  const CASES: readonly (readonly [string, Attributes, string])[] = [
    // Explicit words of the producer.
    ["a", { "openinference.span.kind": "LLM" }, "llm"],
    ["a", { "openinference.span.kind": "RETRIEVER" }, "retrieval"],
    ["a", { "openinference.span.kind": "RERANKER" }, "retrieval"],
    ["a", { "openinference.span.kind": "EMBEDDING" }, "embedding"],
    ["a", { "openinference.span.kind": "GUARDRAIL" }, "chain"],
    ["a", { "langfuse.observation.type": "generation" }, "llm"],
    ["a", { "lmnr.span.type": "TOOL" }, "tool"],
    ["a", { "traceloop.span.kind": "agent" }, "agent"],
    ["a", { "langsmith.span.kind": "retriever" }, "retrieval"],
    ["a", { "agentops.span.kind": "tool" }, "tool"],
    ["a", { "openinference.span.kind": "TOOL", "gen_ai.operation.name": "chat" }, "tool"],
    // A word without a kind is ignored.
    ["a", { "lmnr.span.type": "DEFAULT", "gen_ai.operation.name": "chat" }, "llm"],
    ["a", { "langfuse.observation.type": "span" }, "internal"],
    // More exact evidence wins over a step.
    ["a", { "traceloop.span.kind": "task", "gen_ai.operation.name": "execute_tool" }, "tool"],
    ["a", { "traceloop.span.kind": "task" }, "chain"],
    ["a", { "gen_ai.operation.name": "agent_step" }, "chain"],
    // LiteLLM's asynchronous requests.
    ["a", { "llm.request.type": "aembedding", "gen_ai.request.model": "m" }, "embedding"],
    ["a", { "llm.request.type": "arerank", "gen_ai.request.model": "m" }, "retrieval"],
    ["a", { "llm.request.type": "acompletion", "gen_ai.request.model": "m" }, "llm"],
    // The GenAI convention.
    ["a", { "gen_ai.operation.name": "text_completion" }, "llm"],
    ["a", { "gen_ai.operation.name": "embeddings", "gen_ai.request.model": "m" }, "embedding"],
    ["a", { "gen_ai.operation.name": "create_agent" }, "agent"],
    ["a", { "gen_ai.operation.name": "invoke_workflow" }, "team"],
    ["a", { "gen_ai.operation.name": "no such thing", "gen_ai.request.model": "m" }, "llm"],
    // The Vercel AI SDK.
    // Gemini CLI, Codex and Qwen Code.
    ["user_prompt", { "gen_ai.operation.name": "user_prompt", "gen_ai.agent.name": "gemini-cli" }, "agent"],
    ["system_prompt", { "gen_ai.operation.name": "system_prompt", "gen_ai.agent.name": "gemini-cli" }, "chain"],
    ["llm_call", { "gen_ai.operation.name": "llm_call" }, "llm"],
    ["schedule_tool_calls", { "gen_ai.operation.name": "schedule_tool_calls" }, "chain"],
    ["tool_call", { "gen_ai.operation.name": "tool_call", "gen_ai.tool.call_id": "c" }, "tool"],
    ["session_task.turn", { model: "gpt-5-codex" }, "agent"],
    ["run_sampling_request", { model: "gpt-5-codex" }, "llm"],
    ["exec_command", { tool_name: "exec_command", call_id: "c" }, "tool"],
    ["handle_responses", { tool_name: "exec_command" }, "internal"],
    ["qwen-code.tool.execution", { "gen_ai.tool.name": "edit" }, "internal"],
    ["qwen-code.tool.blocked_on_user", { "tool.name": "edit" }, "internal"],
    ["qwen-code.hook", { "tool.name": "edit" }, "internal"],

    // Google ADK, Strands, agent frameworks of Microsoft, LangGraph: operations beside the convention's.
    ["plan", { "gen_ai.operation.name": "plan" }, "turn"],
    ["fetch_response", { "gen_ai.operation.name": "fetch_response", "gen_ai.request.model": "m" }, "llm"],
    ["search_memory", { "gen_ai.operation.name": "search_memory" }, "retrieval"],
    ["create_memory", { "gen_ai.operation.name": "create_memory" }, "db"],
    ["update_memory", { "gen_ai.operation.name": "update_memory" }, "db"],
    ["upsert_memory", { "gen_ai.operation.name": "upsert_memory" }, "db"],
    ["delete_memory", { "gen_ai.operation.name": "delete_memory" }, "db"],
    ["create_memory_store", { "gen_ai.operation.name": "create_memory_store" }, "db"],
    ["invoke_swarm", { "gen_ai.operation.name": "invoke_swarm" }, "team"],
    ["invoke_graph", { "gen_ai.operation.name": "invoke_graph" }, "team"],
    ["workflow.run", { "workflow.id": "w" }, "team"],
    ["executor.process", { "executor.id": "e" }, "chain"],

    ["ai.generateText", { "ai.operationId": "ai.generateText", "gen_ai.request.model": "m" }, "chain"],
    ["ai.streamText.doStream", { "ai.operationId": "ai.streamText.doStream" }, "llm"],
    ["ai.toolCall", { "ai.operationId": "ai.toolCall" }, "tool"],
    ["ai.embedMany.doEmbed", { "ai.operationId": "ai.embedMany.doEmbed" }, "embedding"],
    ["a", { "ai.operationId": "ai.toolCall", "gen_ai.operation.name": "chat" }, "llm"],
    // Presence of a key.
    ["a", { "mcp.method.name": "tools/call" }, "tool"],
    ["initialize", { "mcp.method.name": "initialize" }, "internal"],
    ["tools/list", { "mcp.method.name": "tools/list" }, "internal"],
    ["SendMessage", { "a2a.method.name": "SendMessage" }, "tool"],
    ["a", { "a2a.method.name": "message/stream", "gen_ai.agent.name": "travel" }, "tool"],
    ["GetTask", { "a2a.method.name": "GetTask", "gen_ai.agent.name": "travel" }, "internal"],
    ["a", { "a2a.method.name": "message/send", "gen_ai.operation.name": "invoke_agent" }, "agent"],
    ["a", { "gen_ai.tool.call.id": "c" }, "tool"],
    ["a", { "llm.request.type": "chat" }, "llm"],
    ["a", { "team.name": "t", "agent.name": "a" }, "team"],
    ["a", { "turn.number": 0 }, "turn"],
    ["a", { "agent.name": "a", "http.method": "GET" }, "agent"],
    ["a", { "db.system.name": "sqlite" }, "db"],
    ["a", { "messaging.system": "kafka" }, "messaging"],
    ["GET", { "http.request.method": "GET" }, "http"],
    // Ark marks queries and teams as OpenInference chains, and its `type` is unreliable.
    ["query.hello", { "openinference.span.kind": "CHAIN" }, "query"],
    ["team.default/writers", { "openinference.span.kind": "CHAIN" }, "team"],
    ["target.writers", { type: "tool" }, "chain"],
    ["turn.0", {}, "turn"],
    ["agent.default/poet", {}, "agent"],
    ["llm.gpt-4o", {}, "llm"],
    ["model.gpt-4o", {}, "llm"],
    ["tool.search", {}, "tool"],
    ["agent run", { "openinference.span.kind": "CHAIN" }, "chain"],
    // A model call with token counts only; a query that repeats the token counts of its calls.
    ["handle_responses", { "gen_ai.usage.input_tokens": 1, "gen_ai.usage.output_tokens": 2 }, "llm"],
    ["query.hello", { "gen_ai.usage.input_tokens": 1, "gen_ai.usage.output_tokens": 2 }, "query"],
    ["tool.fetch", { "http.request.method": "GET" }, "http"],
    // Names that only resemble a prefix, and keys that only resemble known keys.
    ["querying", {}, "internal"],
    ["", {}, "internal"],
    ["a", { ["__proto__"]: "x", constructor: "LLM", "openinference.span.kind": "__proto__" }, "internal"],
  ];
  test.each(CASES)("%s %o is %s", (name, attributes, expected) => {
    expect(kind(name, attributes)).toBe(expected);
  });
});
