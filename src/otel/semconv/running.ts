/** The attribute keys by which spans say that they have not ended, who stands above them, and that somebody was asked. */

/** Logfire's copy of a span that has begun: its parent is the span itself, whose parent another key names. */
export const SPAN_TYPE_KEYS = ["logfire.span_type"] as const;
export const PENDING_COPY = "pending_span";
export const PENDING_PARENT_KEYS = ["logfire.pending_parent_id"] as const;

/** `<vendor>.span.pending`: vendors rename themselves, the rest of the key stays. */
export const PENDING_SUFFIX = ".span.pending";

/** Datadog numbers its reports of a long span; the last one has no number but this mark. */
export const PARTIAL_VERSION_KEYS = ["_dd.partial_version"] as const;
export const WAS_LONG_RUNNING_KEYS = ["_dd.was_long_running"] as const;

/** G-Research's log records that hold a span; that of a report is kept on the span. */
export const PARTIAL_EVENT_KEYS = ["partial.event"] as const;
export const PARTIAL_HEARTBEAT = "heartbeat";
export const PARTIAL_STOP = "stop";

/** Ids and names of the spans above, root first; Laminar's lists and TraceRoot's names include the span itself. */
export const IDS_PATH_KEYS = ["lmnr.span.ids_path", "traceroot.span.ids_path"] as const;
export const NAMES_PATH_KEYS = ["lmnr.span.path", "traceroot.span.path"] as const;

/** An A2A task, and the state that somebody saw it in. `query.phase` is that of an Ark query, in A2A's words. */
export const TASK_ID_KEYS = ["a2a.task.id", "gen_ai.a2a.task.id", "a2a.task_id"] as const;
export const TASK_STATE_KEYS = [
  "a2a.task.state",
  "a2a.task.status.state",
  "gen_ai.a2a.task.state",
  "a2a.task_state",
  "query.phase",
] as const;

/** Where a decision of a person on a tool call stands. */
export const APPROVAL_STATE_KEYS = [
  "tool.approval.state",
  "tool.approval.status",
  "approval.state",
  "approval.status",
] as const;

/** States in which somebody else has to do something, as words in lower case; A2A's, then those of approvals. */
export const INPUT_REQUIRED_STATES = [
  "input required",
  "auth required",
  "approval required",
  "awaiting approval",
  "waiting for approval",
  "pending approval",
] as const;
export const REQUESTED_APPROVALS = ["pending", "required", "requested", "awaiting", "waiting"] as const;
/** States that say nothing. */
export const UNKNOWN_STATES = ["unknown", "unspecified"] as const;
/** What A2A writes before its states since version 1. */
export const STATE_PREFIX = "task state ";

export const MCP_METHOD_KEYS = ["mcp.method.name"] as const;
export const ELICITATION = "elicitation/create";

/** Claude Code's part of a tool call in which the person is asked for permission. */
export const STEP_TYPE_KEYS = ["span.type"] as const;
export const BLOCKED_ON_USER = "tool.blocked_on_user";

/** Names of events end in what it is about and in what happened to it. */
export const INPUT_REQUEST_EVENTS = {
  subjects: ["elicitation", "approval", "input", "auth", "confirmation", "permission"],
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

/** What is asked, on whatever asks. */
export const QUESTION_KEYS = [
  "mcp.elicitation.message",
  "elicitation.message",
  "a2a.task.status.message",
  "a2a.status.message",
  "tool.approval.message",
  "approval.message",
  "approval.prompt",
] as const;
/** On an event that is about a question only. */
export const EVENT_QUESTION_KEYS = [...QUESTION_KEYS, "question", "prompt", "message"] as const;
