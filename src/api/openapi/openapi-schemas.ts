import { LIST_SORTS } from "../../session/contract/directory.ts";
import { NAME_FIELDS } from "../../session/list/search-text.ts";

/** Shapes of the answers, as JSON Schema. The types are in `src/trace`. */
const nanoseconds = { type: "string", pattern: "^\\d+$", description: "Unix nanoseconds, decimal." };
export const count = { type: "integer", minimum: 0 };
export const strings = { type: "array", items: { type: "string" } };
const tallies = {
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
    status: { enum: ["waiting", "stalled", "running", "idle", "failed", "finished"] },
    start: nanoseconds,
    end: nanoseconds,
    liveness: { type: "object" },
    traces: count,
    spans: count,
    logRecords: { ...count, description: "Absent without any." },
    errors: count,
    queries: count,
    agents: tallies,
    teams: tallies,
    models: tallies,
    tools: tallies,
    services: strings,
    namespaces: strings,
    users: strings,
    omitted: {
      type: "object",
      additionalProperties: count,
      description: "Names that a list leaves out: each shows 50.",
    },
    tokens,
    cost: { type: "number", description: "US dollars: as spans say, else by the price table." },
    estimated: { type: "number", description: "The part of `cost` that is by the price table." },
    unpriced: { ...strings, description: "Models that used tokens and have no price: `cost` is without them." },
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
    query: { type: "string", description: "Its key." },
    traceId: { type: "string" },
    phase: { enum: ["pending", "running", "done", "error", "canceled"] },
    named: { type: "boolean", description: "Spans name a query, as Ark's do." },
    name: { type: "string" },
    namespace: { type: "string" },
    target: { type: "object", properties: { type: { type: "string" }, name: { type: "string" } } },
    input: { type: "string", description: "As it came." },
    messages: objects,
    parameters: objects,
    sessionId: { type: "string" },
    conversationId: { type: "string" },
    results: { ...objects, description: "With `for=resume`: of the calls of the last answer." },
    unanswered: { ...objects, description: "With `for=resume`: calls without an answer." },
    incomplete: { ...strings, description: "Fields of which something was cut." },
  },
};

export const imported = {
  type: "object",
  required: ["spans", "logRecords", "traces", "sessions"],
  properties: {
    spans: count,
    logRecords: count,
    traces: count,
    sessions: { ...strings, description: "Ids of the sessions that show them, of the first 1,000 traces." },
    rejected: { type: "object", properties: { spans: count, logRecords: count, reason: { type: "string" } } },
  },
};

export const retention = {
  type: "object",
  description: "What is kept, and for how long.",
  properties: {
    maxAge: {
      type: "number",
      description: "Seconds after a trace's last arrival; absent where nothing is forgotten for its age.",
    },
    oldest: {
      ...nanoseconds,
      description: "Last arrival of the trace that is forgotten next, Unix nanoseconds, decimal.",
    },
    bytes: count,
    maxBytes: {
      ...count,
      description: "Where a session takes no more, and a list forgets the sessions that were silent for longest.",
    },
    deleted: {
      type: "object",
      description: "Of a list: sessions that were forgotten for want of room, and when the last of them was.",
      properties: { sessions: count, at: nanoseconds },
    },
  },
};

const statuses = ["waiting", "stalled", "running", "idle", "failed", "finished"];
export const listCounts = {
  type: "object",
  description: "Sessions by status, by the same filters without `status`.",
  properties: Object.fromEntries(["all", ...statuses].map((word) => [word, count])),
};

/** Words of OpenAPI that its document repeats. */

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
  401: problem("No token, or an unknown one."),
  403: problem("The token has not this right, or the request is not addressed to this machine."),
  503: problem("Not set up yet, or a passing fault: try again."),
};
export const watching = [
  query("watch", "`true`: the answer is a `text/event-stream` (as with `Accept: text/event-stream`).", {
    type: "boolean",
  }),
  query("resourceVersion", "Where a stream resumes; `Last-Event-ID` means the same. Without it, from the beginning."),
];
/** Of the list and its watch; of the watch without the last four. */
export const listing = [
  query("kind", "`session`, `trace` for bare traces, `all`.", {
    enum: ["session", "trace", "all"],
    default: "session",
  }),
  query("status", "One or more of waiting, stalled, running, idle, failed, finished, separated by commas."),
  query("q", "Words, each the beginning of a word in the title, the questions, the names or the errors.", {
    type: "string",
    maxLength: 256,
  }),
  ...NAME_FIELDS.map((field) => query(field, "A whole name; given twice, both.")),
  query(
    "since",
    "Sessions with spans then or later: a time, Unix nanoseconds, or a duration back from now (15m, 2h, 7d).",
  ),
  query("until", "Sessions with spans then or before; as `since`."),
  query("sort", "What a page is sorted by.", { enum: LIST_SORTS, default: "activity" }),
  query("order", "Largest or smallest first.", { enum: ["desc", "asc"], default: "desc" }),
  query("limit", "Rows a page.", { type: "integer", minimum: 1, maximum: 1000, default: 100 }),
  query("cursor", "`nextCursor` of the page before, with the same filters."),
];
export const replaying = [
  query("replay", "`true`: the log told again in its own time, as a stream that ends with a bookmark.", {
    type: "boolean",
  }),
  query("by", "Of a replay: spans as they ended, or deliveries as they arrived.", {
    enum: ["event", "arrival"],
    default: "event",
  }),
  query("speed", "Of a replay: how many times as fast.", {
    type: "number",
    minimum: 0.01,
    maximum: 10_000,
    default: 1,
  }),
  query("idle", "Of a replay: the longest wait, such as 500ms or 2s; at most an hour.", {
    type: "string",
    default: "2s",
  }),
  query(
    "from",
    "Of a replay: what was before goes out at once. A time, Unix nanoseconds, or a duration into the session.",
  ),
];
