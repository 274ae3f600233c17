/** The keys that packages/producer writes. For each meaning: the key that readers look for first, or Ark's own. */
import { QUERY_NAME_KEYS, QUERY_NAMESPACE_KEYS, TEAM_KEYS } from "./attributes.ts";
import { INPUT_MESSAGE_KEYS, OUTPUT_MESSAGE_KEYS, SYSTEM_KEYS } from "./content.ts";
import { PROVIDER_KEYS } from "./shown.ts";

export {
  CONVERSATION_ID,
  MEMBER_NAME,
  MEMBER_TYPE,
  SESSION_ID,
  TARGET_NAME,
  TARGET_TYPE,
  TEAM_MEMBERS,
  TEAM_STRATEGY,
  TOOL_TYPE,
  TURN,
} from "./ark.ts";
export {
  AGENT,
  CACHED_TOKENS,
  COST,
  FINISH_REASONS,
  FIRST_TOKEN,
  INPUT,
  INPUT_TOKENS,
  MODEL,
  MODEL_CALL_ID,
  OPERATION,
  OUTPUT,
  OUTPUT_TOKENS,
  REASONING_TOKENS,
  TOOL,
  TOOL_CALL_ID,
  TOOL_INPUT,
  TOOL_OUTPUT,
  WRITTEN_TOKENS,
} from "./logs.ts";

export const QUERY_NAME = QUERY_NAME_KEYS[0];
export const QUERY_NAMESPACE = QUERY_NAMESPACE_KEYS[0];
export const TEAM = TEAM_KEYS[0];
export const TEAM_MAX_TURNS = "team.max_turns";
export const TURN_OUTPUT = "turn.output";
export const PROVIDER = PROVIDER_KEYS[0];
export const RESPONSE_MODEL = "gen_ai.response.model";
export const SYSTEM = SYSTEM_KEYS[0];
export const INPUT_MESSAGES = INPUT_MESSAGE_KEYS[0];
export const OUTPUT_MESSAGES = OUTPUT_MESSAGE_KEYS[0];

/** Values of `gen_ai.operation.name`. */
export const OPERATIONS = {
  team: "invoke_workflow",
  agent: "invoke_agent",
  llm: "chat",
  tool: "execute_tool",
} as const;

/** Entries of W3C baggage that Ark and this kit copy onto each span. */
export const SESSION_BAGGAGE = ["ark.session.id", "conversation.id", "query.name", "query.namespace"] as const;
