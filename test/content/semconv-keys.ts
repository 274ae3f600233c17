import * as ark from "../../src/otel/semconv/ark.ts";
import * as attributes from "../../src/otel/semconv/attributes.ts";
import * as content from "../../src/otel/semconv/content.ts";
import * as logs from "../../src/otel/semconv/logs.ts";
import * as request from "../../src/otel/semconv/request.ts";
import * as running from "../../src/otel/semconv/running.ts";
import * as shown from "../../src/otel/semconv/shown.ts";
import * as usage from "../../src/otel/semconv/usage.ts";

/** Exports of semconv without keys: names of spans and events, and values. A new export counts as keys. */
const NO_KEYS: ReadonlySet<string> = new Set([
  "ARK_EVENT_PREFIX",
  "ARK_EVENT_SCOPE",
  "ARK_OPERATIONS",
  "ARK_PHASES",
  "TARGET_FIELDS",
  "NAME_PREFIXES",
  "NAMES",
  "TEMPLATES",
  "CALL_PARTS",
  "NAMED_AGENTS",
  "STREAM_END_PREFIX",
  "USAGE_SUM_NAME",
  "DISPATCH_SUFFIX",
  "EXCEPTION_EVENT",
  "CANCELED_TYPES",
  "CANCELED_MESSAGES",
  "CONTROL_FLOW_MARKERS",
  "PAUSE_TYPES",
  "CONTROL_FLOW_TYPES",
  "HANDOFF_MESSAGE",
  "INTERRUPT_VALUE",
  "APPROVAL_MESSAGE",
  "TOOL_FAILED_STATUS",
  "TOOL_FAILED_TYPE",
  "LONG_RUNNING_TOOL",
  "SUSPENDED",
  "INTERRUPTED",
  "AWAIT_HUMAN_INPUT",
  "INPUT_EVENTS",
  "NO_PARAMETERS",
  "USER_EVENT",
  "OUTPUT_EVENT",
  "DETAILS_EVENT",
  "REDACTED",
  "CLAUDE_CODE",
  "CODEX",
  "GEMINI_CLI",
  "QWEN_CODE",
  "GEMINI_EVENTS",
  "CANCELED_STATUS",
  "NEVER_IN_A_LINE",
  "FIRST_IN_A_LINE",
  "REFUSED_DECISIONS",
  "PENDING_COPY",
  "PARTIAL_HEARTBEAT",
  "PARTIAL_STOP",
  "INPUT_REQUIRED_STATES",
  "REQUESTED_APPROVALS",
  "UNKNOWN_STATES",
  "STATE_PREFIX",
  "ELICITATION",
  "A2A_SENDING",
  "MCP_TOOL_CALL",
  "TOOL_NAME_PREFIXES",
  "BARE_MCP_CALL",
  "TOOL_NAMESPACES",
  "BLOCKED_ON_USER",
  "INPUT_REQUEST_EVENTS",
]);

/** Every attribute key that semconv names; of a prefix of indexed keys, one key below it. */
export function semconvKeys(): readonly string[] {
  const keys = new Set<string>();
  for (const module of [ark, attributes, content, logs, request, running, shown, usage])
    for (const [name, value] of Object.entries(module)) if (!NO_KEYS.has(name)) collect(value, keys);
  return [...keys].sort();
}

function collect(value: unknown, keys: Set<string>): void {
  if (typeof value === "string") keys.add(keyOf(value));
  // A pair of a key and its kind or unit.
  else if (Array.isArray(value) && value.some(Array.isArray)) for (const [key] of value) collect(key, keys);
  else if (Array.isArray(value)) for (const key of value) collect(key, keys);
  // Of the mime types both sides are keys; of Ark's fields the values are.
  else if (value instanceof Map) for (const key of value.values()) collect(key, keys);
  else if (typeof value === "object" && value !== null)
    for (const [name, inner] of Object.entries(value)) if (name !== "name") collect(inner, keys);
}

function keyOf(text: string): string {
  if (text.endsWith(".")) return `${text}0.message.content`;
  return text.startsWith(".") ? `vendor${text}` : text;
}
