/** The names and attribute keys of Ark events as log records. */

/** A record's event name is this prefix and the event's reason. */
export const ARK_EVENT_PREFIX = "ark.";
export const ARK_EVENT_SCOPE = "ark.events";

export const SESSION_ID = "ark.session.id";
export const CONVERSATION_ID = "gen_ai.conversation.id";
/** The query's UID. */
export const QUERY_ID = "ark.query.id";
export const QUERY_NAME = "query.name";
export const QUERY_NAMESPACE = "query.namespace";
export const DURATION_MILLIS = "ark.event.duration_ms";
export const ERROR = "error.message";
export const TARGET_TYPE = "target.type";
export const TARGET_NAME = "target.name";
export const QUERY_INPUT = "input.value";
/** The prompt of a query, on its own span and on its target's. */
export const QUERY_INPUT_KEYS = [QUERY_INPUT, "query.input"] as const;
export const AGENT = "gen_ai.agent.name";
export const TEAM = "team.name";
export const TEAM_STRATEGY = "team.strategy";
export const TEAM_MEMBERS = "team.member_count";
export const TURN = "turn.number";
export const MEMBER_NAME = "turn.member.name";
export const MEMBER_TYPE = "turn.member.type";
export const MODEL = "gen_ai.request.model";
export const MODEL_TYPE = "llm.model.type";
export const TOOL = "gen_ai.tool.name";
export const TOOL_TYPE = "tool.type";
export const TOOL_CALL_ID = "gen_ai.tool.call.id";
export const TOOL_INPUT = "gen_ai.tool.call.arguments";
export const INPUT_TOKENS = "gen_ai.usage.input_tokens";
export const OUTPUT_TOKENS = "gen_ai.usage.output_tokens";
export const SPAN_KIND = "openinference.span.kind";
export const ERROR_TYPE = "error.type";
/** Marks a report of a running span; see `PENDING_SUFFIX`. */
export const PENDING = "ark.span.pending";

/** Attribute keys by field of an event's data. Any other field is in the record's body only. */
export const FIELD_KEYS: ReadonlyMap<string, string> = new Map([
  ["sessionId", SESSION_ID],
  ["conversationId", CONVERSATION_ID],
  ["queryId", QUERY_ID],
  ["queryName", QUERY_NAME],
  ["queryNamespace", QUERY_NAMESPACE],
  ["durationMs", DURATION_MILLIS],
  ["error", ERROR],
  ["targetType", TARGET_TYPE],
  ["input", QUERY_INPUT],
  ["agent", AGENT],
  ["teamName", TEAM],
  ["team", TEAM],
  ["strategy", TEAM_STRATEGY],
  ["turn", TURN],
  ["memberName", MEMBER_NAME],
  ["memberType", MEMBER_TYPE],
  ["model", MODEL],
  ["toolName", TOOL],
  ["tool", TOOL],
  ["toolType", TOOL_TYPE],
  ["toolId", TOOL_CALL_ID],
  ["parameters", TOOL_INPUT],
  ["promptTokens", INPUT_TOKENS],
  ["completionTokens", OUTPUT_TOKENS],
]);

/** Fields of an event's data that name the target of a query; `targetType` says which one. */
export const TARGET_FIELDS = ["agent", "team", "model", "tool"] as const;

/** The operations in event reasons that become spans, with the prefix and the key of the span's name. */
export const ARK_OPERATIONS = {
  QueryExecution: { prefix: "query.", name: QUERY_NAME },
  TeamExecution: { prefix: "team.", name: TEAM },
  TeamTurn: { prefix: "turn.", name: TURN },
  TeamMember: { prefix: "member.", name: MEMBER_NAME },
  AgentExecution: { prefix: "agent.", name: AGENT },
  LLMCall: { prefix: "llm.", name: MODEL },
  ToolCall: { prefix: "tool.", name: TOOL },
} as const;

export const ARK_PHASES = ["Start", "Complete", "Error", "Canceled"] as const;
