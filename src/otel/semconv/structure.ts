import * as ark from "./ark.ts";
import * as keys from "./attributes.ts";
import * as usageKeys from "./usage.ts";
import * as content from "./content.ts";
import * as shown from "./shown.ts";
import * as logs from "./logs.ts";
import * as request from "./request.ts";
import * as running from "./running.ts";

/**
 * The part of an attribute's value that is structure; everything else of it is contents.
 * - `name`: a number, a flag, a text of one short line, or a list of these;
 * - `word`: as `name`, without blanks: a type or an event's name, where some producers write prose;
 * - `number`: a number or a flag;
 * - `path`: a list of names, also as JSON text;
 * - `numbers`: the numbers in an object and in the objects in it, as JSON text;
 * - `labels`: the words `type` and `model` in an object, as JSON text;
 * - `usage`: the numbers under `usage` in an answer, or in its first reply with the name of the model, as JSON text;
 * - `message`: an error's text, of which only the words that decide between error, cancellation and control flow count;
 * - `signal`: contents, of which only the course of the span counts: whether it failed, asks a person or goes on.
 */
export type StructuralPart =
  | "name"
  | "word"
  | "number"
  | "path"
  | "numbers"
  | "labels"
  | "usage"
  | "message"
  | "signal";

const agent = logs.AGENT_RECORD;

const BY_PART: Readonly<Record<StructuralPart, readonly string[]>> = {
  name: [
    ...Object.values(keys.SESSION_KEYS).flat(),
    ...keys.SERVICE_KEYS,
    ...keys.KIND_KEYS,
    ...keys.COMPONENT_KEYS,
    ...keys.NODE_KEYS,
    ...keys.STEP_KEYS,
    ...keys.OPERATION_KEYS,
    ...keys.AI_SDK_OPERATION_KEYS,
    ...keys.PRESENCE_KEYS.map(([key]) => key),
    ...keys.PRODUCER_KEYS.map(([key]) => key),
    ...keys.QUERY_NAME_KEYS,
    ...keys.QUERY_NAMESPACE_KEYS,
    ...keys.TEAM_KEYS,
    ...keys.TARGET_NAME_KEYS,
    ...keys.TARGET_TYPE_KEYS,
    ...keys.USER_KEYS,
    ...keys.AGENT_SPAN_KEYS,
    ...keys.TOOL_KEYS,
    ...keys.MODEL_SPAN_KEYS,
    ...keys.MODEL_CALL_ID_KEYS,
    ...keys.PROMPT_ID_KEYS,
    ...keys.LEVEL_KEYS,
    ...keys.TOOL_STATUS_KEYS,
    ...keys.WORKFLOW_STATUS_KEYS,
    ...keys.TOOL_TYPE_KEYS,
    ...keys.EARLY_OK_KEYS,
    ...keys.DEFERRAL_KEYS,
    keys.JAEGER_SPAN_KIND,
    keys.JAEGER_STATUS_CODE,
    ...keys.JAEGER_SCOPE_NAMES,
    ...keys.JAEGER_SCOPE_VERSIONS,
    keys.OPENTRACING_REFERENCE,
    ...shown.LABEL_KEYS.filter((key) => key !== content.SPAN_MESSAGE_KEY),
    ...content.TOOL_CALL_ID_KEYS,
    ...shown.PROVIDER_KEYS,
    ...shown.FINISH_REASON_KEYS,
    ...content.ANSWER_REASON_KEYS,
    ...content.MIME_TYPE_KEYS.values(),
    ...shown.FIRST_TOKEN_TIME_KEYS,
    ...running.SPAN_TYPE_KEYS,
    ...running.PENDING_PARENT_KEYS,
    ...running.PARTIAL_EVENT_KEYS,
    ...running.WAS_LONG_RUNNING_KEYS,
    ...running.TASK_ID_KEYS,
    ...running.TASK_STATE_KEYS,
    ...running.APPROVAL_STATE_KEYS,
    ...running.MCP_METHOD_KEYS,
    ...running.A2A_METHOD_KEYS,
    ...running.STEP_TYPE_KEYS,
    ark.SESSION_ID,
    ark.CONVERSATION_ID,
    ark.QUERY_ID,
    ark.QUERY_NAME,
    ark.QUERY_NAMESPACE,
    ark.TARGET_TYPE,
    ark.TARGET_NAME,
    ark.AGENT,
    ark.TEAM,
    ark.TEAM_STRATEGY,
    ark.TURN,
    ark.MEMBER_NAME,
    ark.MEMBER_TYPE,
    ark.MODEL,
    ark.MODEL_TYPE,
    ark.TOOL,
    ark.TOOL_TYPE,
    ark.TOOL_CALL_ID,
    ark.SPAN_KIND,
    ...keys.DERIVATION_KEYS,
    ...agent.promptId,
    ...agent.requestId,
    ...agent.toolCallId,
    ...agent.model,
    ...agent.tool,
    ...agent.success,
    ...agent.status,
    ...agent.decision,
    ...agent.finishReasons,
    logs.CODEX.streamKind,
    // Keys of conventions that no reader here uses.
    "executor.id",
    "gen_ai.agent.id",
    "gen_ai.tool.type",
    "gen_ai.output.type",
    "ai.response.id",
    "mcp.session.id",
    "mcp.protocol.version",
    "http.route",
    "db.name",
    "db.namespace",
    "db.operation",
    "db.operation.name",
    "db.collection.name",
    "messaging.destination.name",
    "messaging.operation.name",
    "messaging.operation.type",
    "rpc.system",
    "rpc.service",
    "rpc.method",
    "process.runtime.name",
    "process.runtime.version",
    "process.executable.name",
    "container.id",
    "container.name",
    "container.image.name",
    "faas.name",
    "faas.version",
    "faas.trigger",
    ...keys.INVOCATION_OUTCOME_KEYS,
    ...keys.WITHOUT_STATUS_KEYS,
    "faas.invocation_id",
    "faas.invoked_region",
    "faas.coldstart",
    "faas.cold_start",
    "faas.cron",
    "cloudflare.colo",
    "cloudflare.script_name",
    "cloudflare.script_version.id",
    "cloudflare.script_tags",
    "cloudflare.ray_id",
    "cloudflare.handler_type",
    "cloudflare.entrypoint",
    "cloudflare.execution_model",
    "cloudflare.durable_object.id",
    "cloudflare.binding.type",
    "cloudflare.binding.name",
    "cloudflare.jsrpc.method",
    "cloudflare.ai_gateway.log.id",
    "cloudflare.agents.session.name",
    "cloudflare.agents.agent.id",
    "cloudflare.agents.agent.name",
    "cloudflare.agents.canceled",
    "cloudflare.agents.span.truncated",
    "cloudflare.agents.turn.admission",
    "cloudflare.agents.turn.channel",
    "cloudflare.agents.turn.continuation",
    "cloudflare.agents.turn.request_id",
    "cloudflare.agents.turn.trigger",
    "anthropic.organization.id",
    "anthropic.workspace.id",
    "anthropic.request.id",
    "anthropic.session.thread.id",
    "anthropic.session.environment.id",
    "anthropic.environment.id",
    "anthropic.environment.work.id",
    "anthropic.toolset.name",
    "anthropic.thinking.type",
    "anthropic.content.truncated",
    "code.function.name",
    "code.function",
    "code.namespace",
    "code.file.path",
    "code.filepath",
    "event.timestamp",
    "app.version",
    "codex.request.reasoning_effort",
    "terminal.type",
    "log.level",
  ],
  // The key is too general for texts with blanks.
  word: [...keys.TEMPLATE_NAME_KEYS, ...keys.EXCEPTION_KEYS.type, ...agent.errorType, ...logs.EVENT_NAME_KEYS],
  number: [
    ...usageKeys.INPUT_TOKEN_KEYS,
    ...usageKeys.UNCACHED_INPUT_TOKEN_KEYS,
    ...usageKeys.OUTPUT_TOKEN_KEYS,
    ...usageKeys.TOTAL_TOKEN_KEYS,
    ...usageKeys.WRITTEN_TOKEN_KEYS,
    ...usageKeys.WRITTEN_1H_TOKEN_KEYS,
    ...usageKeys.CACHED_TOKEN_KEYS,
    ...usageKeys.REASONING_TOKEN_KEYS,
    ...usageKeys.COST_KEYS,
    ...shown.FIRST_TOKEN_KEYS.map(([key]) => key),
    ...shown.SERVER_FIRST_TOKEN_KEYS,
    ...usageKeys.INPUT_COST_KEYS,
    ...usageKeys.OUTPUT_COST_KEYS,
    ...request.NUMERIC_PARAMETER_KEYS.map(([key]) => key),
    ...running.PARTIAL_VERSION_KEYS,
    ark.DURATION_MILLIS,
    ark.TEAM_MEMBERS,
    ark.PENDING,
    ...agent.durationMillis,
    ...agent.endMillis,
    ...agent.firstTokenMillis,
    ...agent.input,
    ...agent.output,
    ...agent.cached,
    ...agent.written,
    ...agent.reasoning,
    ...agent.toolTokens,
    ...agent.total,
    ...agent.cost,
    ...agent.statusCode,
    logs.WRITTEN_TOKENS,
    "http.status_code",
    "http.request.body.size",
    "http.response.body.size",
    "http.request.resend_count",
    "rpc.grpc.status_code",
    "cpu_time_ms",
    "wall_time_ms",
    "cloudflare.cpu_time",
    "cloudflare.wall_time",
    "cloudflare.cold_start_ms",
    "cloudflare.invocation.sequence.number",
    "cloudflare.queue.batch_size",
    "cloudflare.agents.tool.count",
    "cloudflare.agents.turn.generation",
    "process.pid",
    "code.line.number",
    "code.lineno",
    "event.sequence",
    "prompt_length",
    "response_length",
    "attempt",
  ],
  path: [...running.IDS_PATH_KEYS, ...running.NAMES_PATH_KEYS, ...running.STARTS_PATH_KEYS, keys.SESSION_CLAIMS_KEY],
  numbers: [
    ...usageKeys.USAGE_KEYS,
    ...usageKeys.USAGE_DETAILS_KEYS,
    ...usageKeys.CHAT_USAGE_KEYS,
    ...usageKeys.COST_DETAILS_KEYS,
  ],
  labels: ["braintrust.span_attributes", "braintrust.metadata"],
  usage: [...usageKeys.ANSWER_WITH_USAGE_KEYS, ...usageKeys.REPLIES_WITH_USAGE_KEYS],
  message: [...keys.EXCEPTION_KEYS.message, ...keys.STATUS_MESSAGE_KEYS, ...agent.error],
  signal: [...content.OUTCOME_KEYS, ...content.RESUME_KEYS],
};

const PARTS: ReadonlyMap<string, StructuralPart> = new Map(
  Object.entries(BY_PART).flatMap(([part, all]) => all.map((key) => [key, part as StructuralPart] as const)),
);

/** All keys under these prefixes are structure, also those of later versions of a convention. */
const PREFIXES: readonly (readonly [prefix: string, part: StructuralPart])[] = [
  ["service.", "name"],
  ["telemetry.", "name"],
  ["deployment.", "name"],
  ["cloud.", "name"],
  ["host.", "name"],
  ["os.", "name"],
  ["server.", "name"],
  ["network.", "name"],
  ["gen_ai.usage.", "number"],
  ["gen_ai.request.", "number"],
  ["llm.token_count.", "number"],
  ["llm.cost.", "number"],
  ["ai.usage.", "number"],
  ["anthropic.usage.", "number"],
];

const KUBERNETES_NAME = /^k8s\.[a-z_]+\.(name|uid)$/;

/** The part of the key's value that is structure; `undefined` if all of it is contents, as of every unknown key. */
export function structuralPart(key: string): StructuralPart | undefined {
  const known = PARTS.get(key);
  if (known !== undefined) return known;
  if (key.endsWith(running.PENDING_SUFFIX)) return "number";
  if (KUBERNETES_NAME.test(key)) return "name";
  return PREFIXES.find(([prefix]) => key.startsWith(prefix))?.[1];
}

/** Whether all of the key's value is contents, apart from a signal. */
export function isContentKey(key: string): boolean {
  const part = structuralPart(key);
  return part === undefined || part === "signal";
}

const AGENT_EVENT = new RegExp(
  `^(?:${[logs.CLAUDE_CODE, logs.CODEX, logs.GEMINI_CLI, logs.QWEN_CODE].map(({ prefix }) => prefix.replace(".", "\\.")).join("|")})\\w+$`,
);

/** Whether the text is the name of a coding agent's event, which older agents write as the record's body. */
export function isAgentEvent(text: string): boolean {
  return AGENT_EVENT.test(text);
}

/** The word of an error's text that readers of structure need: of control flow, a pause or a cancellation. */
export function structuralWord(message: string): string | undefined {
  const marker = keys.CONTROL_FLOW_MARKERS.find((word) => message.includes(word));
  if (marker !== undefined) return marker;
  if (keys.INTERRUPT_VALUE.test(message)) return "Interrupt(value=";
  if (keys.HANDOFF_MESSAGE.test(message)) return "Command(";
  if (keys.APPROVAL_MESSAGE.test(message)) return "approval required for 1 tool call";
  const first = /^\w+/.exec(message)?.[0];
  return (
    [...keys.PAUSE_TYPES, ...keys.CONTROL_FLOW_TYPES].find((type) => type === first) ??
    (keys.CANCELED_MESSAGES.test(message) ? "canceled" : undefined)
  );
}
