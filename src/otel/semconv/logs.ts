/** Names and attribute keys of log records from which spans are derived. They are the coding agents' own, not a convention's. */

/** The record's event name, besides OTLP's own field. */
export const EVENT_NAME_KEYS = ["event.name"] as const;

/** Placeholders that an agent writes for a prompt if its settings hide prompts. */
export const REDACTED: ReadonlySet<string> = new Set(["<REDACTED>", "[REDACTED]"]);

/** Claude Code's events. The body has the prefix, `event.name` does not. */
export const CLAUDE_CODE = {
  agent: "claude-code",
  prefix: "claude_code.",
  prompt: "user_prompt",
  request: "api_request",
  requestFailed: "api_error",
  answer: "assistant_response",
  toolResult: "tool_result",
  toolDecision: "tool_decision",
} as const;

export const CODEX = {
  agent: "codex",
  prefix: "codex.",
  prompt: "user_prompt",
  request: "api_request",
  stream: "sse_event",
  streamKind: "event.kind",
  completed: "response.completed",
  toolResult: "tool_result",
  toolDecision: "tool_decision",
} as const;

export const GEMINI_CLI = { agent: "gemini-cli", prefix: "gemini_cli." } as const;

/** A fork of Gemini CLI, with the same events. */
export const QWEN_CODE = { agent: "qwen-code", prefix: "qwen-code." } as const;

export const GEMINI_EVENTS = {
  prompt: "user_prompt",
  request: "api_request",
  response: "api_response",
  requestFailed: "api_error",
  toolCall: "tool_call",
} as const;

/** Keys of all agents; most are used by more than one. */
export const AGENT_RECORD = {
  promptId: ["prompt.id", "prompt_id"],
  requestId: ["request_id", "response_id"],
  toolCallId: ["tool_use_id", "call_id", "tool_call_id"],
  prompt: ["prompt"],
  model: ["model", "model_name"],
  durationMillis: ["duration_ms"],
  /** Unix milliseconds. Gemini CLI reports all calls of a batch when the last one has ended. */
  endMillis: ["end_time"],
  firstTokenMillis: ["ttft_ms"],
  input: ["input_tokens", "input_token_count"],
  output: ["output_tokens", "output_token_count"],
  cached: ["cache_read_tokens", "cached_token_count", "cached_content_token_count"],
  written: ["cache_creation_tokens", "cache_write_token_count"],
  reasoning: ["reasoning_token_count", "thoughts_token_count"],
  toolTokens: ["tool_token_count"],
  total: ["total_token_count"],
  cost: ["cost_usd"],
  tool: ["tool_name", "function_name"],
  toolInput: ["tool_input", "arguments", "function_args", "tool_parameters"],
  toolOutput: ["tool_output", "output"],
  success: ["success"],
  status: ["status"],
  decision: ["decision"],
  error: ["error", "error.message", "error_message"],
  errorType: ["error_type", "error.type"],
  statusCode: ["status_code", "http.response.status_code"],
  requestText: ["request_text"],
  answer: ["response", "response_text"],
  finishReasons: ["finish_reasons", "stop_reason"],
  endpoint: ["endpoint"],
} as const;

/** Fields of a body with what a span got and gave, each with the convention's key of its messages. */
export const EXCHANGE_FIELDS = [
  ["input", "gen_ai.input.messages"],
  ["output", "gen_ai.output.messages"],
] as const;
export const EXCHANGED_MESSAGES = "messages";

/** Keys whose values are equal on every record of a session, or useless in one line. */
export const NEVER_IN_A_LINE =
  /^(event\.(?!kind)|session\.|user\.|conversation\.|terminal\.|app\.|auth\.|prompt[._](id|length)$|originator$|slug$|response_length$)/;
/** Keys that are most useful in one line. */
export const FIRST_IN_A_LINE = /(^|[._])(kind|prompt|response|error|message|tool_name|function_name|decision|model)$/;

/** The status of a call that the user no longer wanted. */
export const CANCELED_STATUS = "cancelled";

/** Decisions that refused a call. */
export const REFUSED_DECISIONS: ReadonlySet<string> = new Set([
  "reject",
  "rejected",
  "denied",
  "deny",
  "abort",
  "cancel",
  "timedout",
  "timed_out",
]);

/** The attribute keys of derived spans: the GenAI convention's, else those that facts read first. */
export const OPERATION = "gen_ai.operation.name";
export const AGENT = "gen_ai.agent.name";
export const MODEL = "gen_ai.request.model";
export const MODEL_CALL_ID = "gen_ai.response.id";
export const PROMPT_ID = "prompt.id";
export const INPUT = "input.value";
export const OUTPUT = "output.value";
export const INPUT_TOKENS = "gen_ai.usage.input_tokens";
export const OUTPUT_TOKENS = "gen_ai.usage.output_tokens";
export const CACHED_TOKENS = "gen_ai.usage.cache_read.input_tokens";
export const WRITTEN_TOKENS = "gen_ai.usage.cache_creation.input_tokens";
export const REASONING_TOKENS = "gen_ai.usage.reasoning.output_tokens";
export const COST = "gen_ai.usage.cost";
export const FIRST_TOKEN = "gen_ai.response.time_to_first_chunk";
export const FINISH_REASONS = "gen_ai.response.finish_reasons";
export const TOOL = "gen_ai.tool.name";
export const TOOL_CALL_ID = "gen_ai.tool.call.id";
export const TOOL_INPUT = "gen_ai.tool.call.arguments";
export const TOOL_OUTPUT = "gen_ai.tool.call.result";
export const ERROR_TYPE = "error.type";
export const HTTP_METHOD = "http.request.method";
export const HTTP_STATUS = "http.response.status_code";
export const URL_PATH = "url.path";
