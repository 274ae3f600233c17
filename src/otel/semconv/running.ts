/** The attribute keys for running spans, ancestors and input requests. */

/** Logfire's copy of a running span: its parent id is the span's own id, and another key has the id of the span's parent. */
export const SPAN_TYPE_KEYS = ["logfire.span_type"] as const;
export const PENDING_COPY = "pending_span";
export const PENDING_PARENT_KEYS = ["logfire.pending_parent_id"] as const;

/** `<vendor>.span.pending`: vendors rename themselves, but the rest of the key is stable. */
export const PENDING_SUFFIX = ".span.pending";

/** Datadog numbers its reports of a long span. The last report has `_dd.was_long_running` instead of a number. */
export const PARTIAL_VERSION_KEYS = ["_dd.partial_version"] as const;
export const WAS_LONG_RUNNING_KEYS = ["_dd.was_long_running"] as const;

/** G-Research sends spans inside log records. The attribute of a report is copied to the span. */
export const PARTIAL_EVENT_KEYS = ["partial.event"] as const;
export const PARTIAL_HEARTBEAT = "heartbeat";
export const PARTIAL_STOP = "stop";

/** Ids and names of the ancestors, root first. Laminar's lists and TraceRoot's names include the span itself. */
export const IDS_PATH_KEYS = ["lmnr.span.ids_path", "traceroot.span.ids_path"] as const;
export const NAMES_PATH_KEYS = ["lmnr.span.path", "traceroot.span.path"] as const;
/** Starts of the ancestors, Unix nanoseconds, in the order of their ids. */
export const STARTS_PATH_KEYS = ["traceroot.span.starts_path"] as const;

/** An A2A task and its reported state. `query.phase` is the state of an Ark query, in A2A's words. */
export const TASK_ID_KEYS = ["a2a.task.id", "gen_ai.a2a.task.id", "a2a.task_id"] as const;
export const TASK_STATE_KEYS = [
  "a2a.task.state",
  "a2a.task.status.state",
  "gen_ai.a2a.task.state",
  "a2a.task_state",
  "query.phase",
] as const;

/** The state of a person's decision on a tool call. */
export const APPROVAL_STATE_KEYS = [
  "tool.approval.state",
  "tool.approval.status",
  "approval.state",
  "approval.status",
  "cloudflare.agents.tool.approval.state",
] as const;

/** States that wait for a person or another program, as words in lower case: A2A's, then those of approvals. */
export const INPUT_REQUIRED_STATES = [
  "input required",
  "auth required",
  "approval required",
  "awaiting approval",
  "waiting for approval",
  "pending approval",
] as const;
export const REQUESTED_APPROVALS = ["pending", "required", "requested", "awaiting", "waiting"] as const;
/** States without a meaning. */
export const UNKNOWN_STATES = ["unknown", "unspecified"] as const;
/** Prefix of A2A's states since version 1. */
export const STATE_PREFIX = "task state ";

export const MCP_METHOD_KEYS = ["mcp.method.name"] as const;
/** The method of a call by the Agent2Agent protocol, such as `SendMessage`, `message/stream`, `tasks/get`. */
export const A2A_METHOD_KEYS = ["a2a.method.name"] as const;
/** The methods that give an agent work; the others ask about it. */
export const A2A_SENDING = /^(?:message\/(?:send|stream)|tasks\/send(?:Subscribe)?|Send(?:Streaming)?Message)$/;
export const ELICITATION = "elicitation/create";

/** The part of a tool call in which Claude Code waits for the user's permission. */
export const STEP_TYPE_KEYS = ["span.type"] as const;
export const BLOCKED_ON_USER = "tool.blocked_on_user";
/** AG2's operation in which an agent waits for a person's words. */
export const AWAIT_HUMAN_INPUT = "await_human_input";

/** The last two words of an event's name: the subject, and the word that opens or closes the request. */
export const INPUT_REQUEST_EVENTS = {
  subjects: ["elicitation", "approval", "input", "auth", "confirmation", "permission", "feedback"],
  opened: ["create", "required", "requested", "request", "pending"],
  closed: [
    "result",
    "response",
    "complete",
    "completed",
    "granted",
    "approved",
    "denied",
    "rejected",
    "declined",
    "resolved",
    "received",
    "provided",
    "answered",
    "timeout",
    "expired",
    "cancelled",
    "canceled",
  ],
} as const;

/** The text of the question, on spans and events. */
export const QUESTION_KEYS = [
  "mcp.elicitation.message",
  "elicitation.message",
  "a2a.task.status.message",
  "a2a.status.message",
  "tool.approval.message",
  "approval.message",
  "approval.prompt",
  "ag2.human_input.prompt",
] as const;
/** Keys too general for a span: read on events about input requests only. */
export const EVENT_QUESTION_KEYS = [...QUESTION_KEYS, "question", "prompt", "message"] as const;
