/** The attribute keys that show a span. Its facts do without them: a page loads them with what shows the span. */
import { SPAN_MESSAGE_KEY } from "./content.ts";

/** Messages spread over many keys, `<prefix><number>.<field>`. */
export const OUTPUT_MESSAGE_PREFIXES = ["llm.output_messages.", "gen_ai.completion.", "llm.choices."] as const;

/** Documents over many keys, `<prefix><number>.document.<field>`. */
export const DOCUMENT_PREFIXES = ["retrieval.documents.", "reranker.output_documents."] as const;

/** A tool's arguments are wrapped in those of the function that calls it. */
export const WRAPPED_INPUT_KEYS: ReadonlySet<string> = new Set(["traceloop.entity.input", "agentops.entity.input"]);

/** An answer that the AI SDK spreads over keys of one span. */
export const AI_SDK_ANSWER = {
  text: ["ai.response.text", "ai.result.text", "gen_ai.response.text"],
  reasoning: ["ai.response.reasoning"],
  toolCalls: ["ai.response.toolCalls", "ai.result.toolCalls", "gen_ai.response.tool_calls"],
} as const;

export const TOOL_INPUT_KEYS = [
  "gen_ai.tool.call.arguments",
  "tool.input",
  "ai.toolCall.args",
  "tool_arguments",
  "input.value",
  "tool.parameters",
  "traceloop.entity.input",
  "langfuse.observation.input",
  "lmnr.span.input",
  "genkit:input",
  "mastra.tool_call.input",
  "gcp.vertex.agent.tool_call_args",
  "spring.ai.tool.call.arguments",
  "lk.function_tool.arguments",
  "lk.pii.function_tool.arguments",
  "mlflow.spanInputs",
  "haystack.component.input",
  "haystack.agent.step.tool.input",
  "mcp.request.argument",
  "gen_ai.tool.input",
  "agentops.entity.input",
  "full_command",
  "flue.tool.arguments",
] as const;

/** After all other outputs: these show no outcome of their span. */
export const LAST_OUTPUT_KEYS = [
  "gen_ai.agent.actual_output",
  "flue.turn.output",
  "flue.task.result",
  "flue.tool.result",
  "flue.operation.result",
  "flue.workflow.result",
  "lk.response.text",
  "lk.pii.response.text",
  "lk.response.function_calls",
  "lk.pii.response.function_calls",
  "ai.result.object",
  "gen_ai.retrieval.documents",
  "retrieval.document",
  "db.vector.query.response.documents",
  "crewai.task.result",
  "crewai.agent.result",
  "crewai.crew.result",
  "gen_ai.content.completion",
  "mastra.model_chunk.output",
] as const;

/** Claude Code reports a tool's output as an event of the span. */
export const TOOL_OUTPUT_EVENT = { name: "tool.output", keys: ["output"] } as const;

export const PROVIDER_KEYS = [
  "gen_ai.provider.name",
  "gen_ai.system",
  "llm.provider",
  "llm.system",
  "ai.model.provider",
  "llm.model.provider",
] as const;

export const FINISH_REASON_KEYS = [
  "gen_ai.response.finish_reasons",
  "ai.response.finishReason",
  "llm.finish_reason",
  "gen_ai.response.finish_reason",
  "llm.response.finish_reason",
  "stop_reason",
  "anthropic.message.stop_reason",
  "cloudflare.agents.response.finish_reason",
] as const;

/** Keys, each with its unit in milliseconds. */
export const FIRST_TOKEN_KEYS = [
  ["gen_ai.response.time_to_first_chunk", 1_000],
  ["ai.response.msToFirstChunk", 1],
  ["ttft_ms", 1],
  ["lk.response.ttft", 1_000],
  ["gen_ai.client.operation.time_to_first_chunk", 1_000],
  ["gen_ai.user.time_to_first_token", 1e-6],
  ["copilot_chat.time_to_first_token", 1],
  ["ai.stream.msToFirstChunk", 1],
  ["gen_ai.latency.time_to_first_token", 1_000],
  ["metrics.ttfb", 1_000],
] as const;

/** Seconds, as the convention has it and OpenLIT writes, or milliseconds, as Strands writes. */
export const SERVER_FIRST_TOKEN_KEYS = ["gen_ai.server.time_to_first_token"] as const;

/** The moment of the first token, as a date in JSON text. */
export const FIRST_TOKEN_TIME_KEYS = ["langfuse.observation.completion_start_time"] as const;

export const USER_EVENT = "gen_ai.user.message";

/** The text of such an event. */
export const EVENT_CONTENT_KEY = "content";

/** What a span is called by where many have one name: Logfire's message, a component, a node. */
export const LABEL_KEYS = [SPAN_MESSAGE_KEY, "haystack.component.name", "n8n.node.name", "n8n.workflow.name"] as const;

export const RESPONSE_STATUS_KEYS = ["http.response.status_code", "http.status_code"] as const;

/** The subject of a request, a statement or a log line, for spans with neither input nor output. */
export const SUBJECT_KEYS = [
  "url.full",
  "http.url",
  "url.path",
  "http.target",
  "http.route",
  "db.query.text",
  "db.statement",
  "messaging.destination.name",
  "mcp.method.name",
  SPAN_MESSAGE_KEY,
] as const;
