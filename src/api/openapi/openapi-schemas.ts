import { LIST_SORTS } from "../../session/contract/directory.ts";
import { NAME_FIELDS } from "../../session/list/search-text.ts";

/** Shapes of the responses, as JSON Schema. The types are in `src/session`. */
const nanoseconds = { type: "string", pattern: "^\\d+$", description: "Unix nanoseconds, decimal." };
export const count = { type: "integer", minimum: 0 };
const statuses = ["waiting", "stalled", "running", "idle", "failed", "finished"];
export const strings = { type: "array", items: { type: "string" } };
const namedCounts = {
  type: "array",
  items: {
    type: "object",
    required: ["name", "calls", "errors"],
    properties: { name: { type: "string" }, calls: count, errors: count },
  },
};
const tokens = {
  type: "object",
  description: "Cached tokens are part of `input`.",
  properties: { input: count, output: count, cached: count, reasoning: count },
};

export const summary = {
  type: "object",
  properties: {
    id: { type: "string" },
    kind: { enum: ["session", "trace"] },
    title: { type: "string" },
    status: { enum: statuses },
    start: nanoseconds,
    end: nanoseconds,
    liveness: { type: "object" },
    traces: count,
    spans: count,
    logRecords: { ...count, description: "Absent when there are none." },
    errors: count,
    queries: count,
    agents: namedCounts,
    teams: namedCounts,
    models: namedCounts,
    tools: namedCounts,
    services: strings,
    namespaces: strings,
    users: strings,
    omitted: {
      type: "object",
      additionalProperties: count,
      description: "Number of names omitted from each list: a list has 50 at most.",
    },
    tokens,
    cost: { type: "number", description: "US dollars: costs of spans, else from the price table." },
    estimated: { type: "number", description: "The part of `cost` from the price table." },
    unpriced: { ...strings, description: "Models with token usage but no price. `cost` excludes them." },
    also: strings,
    belongsTo: { type: "string" },
    watchers: count,
  },
};

const objects = { type: "array", items: { type: "object" } };
export const queryRequest = {
  type: "object",
  required: ["session", "query", "traceId", "phase", "named", "name"],
  properties: {
    session: { type: "string" },
    query: { type: "string", description: "The key of the query." },
    traceId: { type: "string" },
    phase: { enum: ["pending", "running", "done", "error", "canceled"] },
    named: { type: "boolean", description: "True if spans name the query, as Ark's do." },
    name: { type: "string" },
    namespace: { type: "string" },
    target: { type: "object", properties: { type: { type: "string" }, name: { type: "string" } } },
    input: { type: "string", description: "The prompt, verbatim." },
    messages: objects,
    parameters: objects,
    sessionId: { type: "string" },
    conversationId: { type: "string" },
    results: { ...objects, description: "With `for=resume`: results of the calls of the last answer." },
    unanswered: { ...objects, description: "With `for=resume`: calls without a result." },
    incomplete: { ...strings, description: "Truncated fields." },
  },
};

export const imported = {
  type: "object",
  required: ["spans", "logRecords", "traces", "sessions"],
  properties: {
    spans: count,
    logRecords: count,
    traces: count,
    sessions: { ...strings, description: "Ids of the sessions of the first 1,000 traces." },
    rejected: { type: "object", properties: { spans: count, logRecords: count, reason: { type: "string" } } },
  },
};

export const retention = {
  type: "object",
  description: "Storage usage and its limits.",
  properties: {
    maxAge: {
      type: "number",
      description: "Maximum age of a trace in seconds since its last arrival. Absent without a maximum.",
    },
    oldest: {
      ...nanoseconds,
      description: "Last arrival of the trace that expires next, Unix nanoseconds, decimal.",
    },
    bytes: count,
    maxBytes: {
      ...count,
      description:
        "Maximum size of a session, or of all sessions. Beyond the latter, the least recently active sessions expire first.",
    },
    deleted: {
      type: "object",
      description: "Only in the list: number of sessions that expired for room, and the time of the last.",
      properties: { sessions: count, at: nanoseconds },
    },
  },
};

export const listCounts = {
  type: "object",
  description: "Number of sessions by status, with the same filters except `status`.",
  properties: Object.fromEntries(["all", ...statuses].map((word) => [word, count])),
};

/** Parts of OpenAPI that the document repeats. */

export const json = (description: string, ref?: string) => ({
  description,
  content: {
    "application/json": { schema: ref === undefined ? { type: "object" } : { $ref: `#/components/schemas/${ref}` } },
  },
});
export const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});
export const path = (name: string, description: string) => ({
  name,
  in: "path",
  required: true,
  description,
  schema: { type: "string" },
});
export const query = (name: string, description: string, schema: object = { type: "string" }) => ({
  name,
  in: "query",
  description,
  schema,
});
export const refusals = {
  401: problem("Missing or unknown token."),
  403: problem("The token lacks this right, or the request is not addressed to this machine."),
  503: problem("Not set up yet, or a temporary error: try again."),
};
export const watching = [
  query("watch", "`true`: the response is a `text/event-stream` (as with `Accept: text/event-stream`).", {
    type: "boolean",
  }),
  query("resourceVersion", "Where a stream resumes; `Last-Event-ID` is equivalent. Default: the beginning."),
];
/** Parameters of the list. Its stream ignores the last four. */
export const listing = [
  query("kind", "`session`, `trace` for other traces, `all`.", {
    enum: ["session", "trace", "all"],
    default: "session",
  }),
  query("status", "One or more of waiting, stalled, running, idle, failed, finished, separated by commas."),
  query("q", "Words, each a prefix of a word in the title, the prompts, the names or the errors.", {
    type: "string",
    maxLength: 256,
  }),
  ...NAME_FIELDS.map((field) => query(field, "An exact name. Repeated: all of them.")),
  query(
    "since",
    "Sessions with spans at or after this time: a time, Unix nanoseconds, or a duration back from now (15m, 2h, 7d).",
  ),
  query("until", "Sessions with spans at or before this time, in the form of `since`."),
  query("sort", "Sort key.", { enum: LIST_SORTS, default: "activity" }),
  query("order", "Sort direction.", { enum: ["desc", "asc"], default: "desc" }),
  query("limit", "Rows per page.", { type: "integer", minimum: 1, maximum: 1000, default: 100 }),
  query("cursor", "`nextCursor` of the previous page, with the same filters."),
];
export const replaying = [
  query("replay", "`true`: a replay of the log in its own time, as a stream that ends with a bookmark.", {
    type: "boolean",
  }),
  query("by", "Replay: spans by end time, or deliveries by arrival.", {
    enum: ["event", "arrival"],
    default: "event",
  }),
  query("speed", "Replay: speed factor.", {
    type: "number",
    minimum: 0.01,
    maximum: 10_000,
    default: 1,
  }),
  query("idle", "Replay: longest wait between two events, such as 500ms or 2s; at most an hour.", {
    type: "string",
    default: "2s",
  }),
  query("from", "Replay: earlier items go out at once. A time, Unix nanoseconds, or a duration into the session."),
];
