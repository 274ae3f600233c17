/** What `GET /openapi.json` answers: the public contract in OpenAPI's words. docs/api.md says the same in prose. */
const json = (description: string, ref?: string) => ({
  description,
  content: {
    "application/json": { schema: ref === undefined ? { type: "object" } : { $ref: `#/components/schemas/${ref}` } },
  },
});
const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});
const path = (name: string, description: string) => ({
  name,
  in: "path",
  required: true,
  description,
  schema: { type: "string" },
});
const query = (name: string, description: string, schema: object = { type: "string" }) => ({
  name,
  in: "query",
  description,
  schema,
});
const refusals = {
  401: problem("No token, or an unknown one."),
  403: problem("The token has not this right, or the request is not addressed to this machine."),
  503: problem("Not set up yet, or a passing fault: try again."),
};
const watching = [
  query("watch", "`true`: the answer is a `text/event-stream` (as with `Accept: text/event-stream`).", {
    type: "boolean",
  }),
  query("resourceVersion", "Where a stream resumes; `Last-Event-ID` means the same. Without it, from the beginning."),
];
const nanoseconds = { type: "string", pattern: "^\\d+$", description: "Unix nanoseconds, decimal." };
const count = { type: "integer", minimum: 0 };
const strings = { type: "array", items: { type: "string" } };
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

const summary = {
  type: "object",
  properties: {
    id: { type: "string" },
    kind: { enum: ["session", "trace"] },
    title: { type: "string" },
    status: { enum: ["waiting", "stalled", "running", "quiet", "failed", "finished"] },
    start: nanoseconds,
    end: nanoseconds,
    liveness: { type: "object" },
    traces: count,
    spans: count,
    errors: count,
    queries: count,
    agents: tallies,
    models: tallies,
    tools: tallies,
    services: strings,
    namespaces: strings,
    tokens,
    cost: { type: "number", description: "US dollars, as spans say." },
    also: strings,
    belongsTo: { type: "string" },
    watchers: count,
  },
};

const ingest = {
  post: {
    summary: "An OTLP/HTTP export. Any path that ends in /v1/traces is the same.",
    requestBody: {
      required: true,
      content: {
        "application/x-protobuf": { schema: { type: "string", format: "binary" } },
        "application/json": { schema: { type: "object" } },
      },
    },
    responses: {
      200: json("ExportTraceServiceResponse in the request's encoding; `partialSuccess` when spans were rejected."),
      400: json("Malformed; google.rpc.Status in the request's encoding.", "Status"),
      413: json("Over a limit.", "Status"),
      415: json("Content type or encoding not taken.", "Status"),
      503: json("Passing fault, `Retry-After` in seconds; send the same again.", "Status"),
    },
  },
};

export const openapi = {
  openapi: "3.1.0",
  info: { title: "Spanfold", version: "0.1.0", description: "Agent sessions, live: OTLP in, sessions out." },
  components: {
    securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
    schemas: {
      Problem: {
        type: "object",
        properties: {
          type: { type: "string" },
          status: count,
          title: { type: "string" },
          detail: { type: "string" },
          movedTo: strings,
        },
      },
      Status: {
        type: "object",
        properties: { code: { type: "integer" }, message: { type: "string" }, details: { type: "array" } },
      },
      SessionSummary: summary,
      SessionList: {
        type: "object",
        properties: {
          resourceVersion: { type: "string" },
          sessions: { type: "array", items: { $ref: "#/components/schemas/SessionSummary" } },
          nextCursor: { type: "string" },
          arrivals: { type: "object" },
        },
      },
      Session: {
        type: "object",
        properties: {
          resourceVersion: { type: "string" },
          session: { $ref: "#/components/schemas/SessionSummary" },
          queries: { type: "array", items: { type: "object" } },
          resourceSpans: {
            type: "array",
            items: { type: "object" },
            description: "OTLP/JSON; a value over 8 KiB is a preview with `spill: {hash, bytes}`.",
          },
        },
      },
    },
  },
  security: [{ bearer: [] }],
  paths: {
    "/v1/traces": ingest,
    "/sessions": {
      get: {
        summary: "Sessions, newest activity first; the page for `Accept: text/html`.",
        parameters: [
          query("kind", "`session` (default), `trace` for bare traces, `all`.", { enum: ["session", "trace", "all"] }),
          query("limit", "Rows a page.", { type: "integer", minimum: 1, maximum: 1000, default: 100 }),
          query("cursor", "`nextCursor` of the page before."),
          ...watching,
        ],
        responses: {
          200: json("A page of the list, or its stream.", "SessionList"),
          400: problem("A parameter is wrong; the detail says which."),
          ...refusals,
        },
      },
    },
    "/sessions/{id}": {
      parameters: [path("id", "The session's id, percent-encoded.")],
      get: {
        summary: "One session with its spans; its live stream; its page.",
        parameters: watching,
        responses: {
          200: json("The session, or its stream.", "Session"),
          307: { description: "It lives on under another name." },
          404: problem("Not here; `movedTo` if its traces went to several sessions."),
          ...refusals,
        },
      },
      delete: {
        summary: "Forget it: log, values, homes and row.",
        responses: {
          202: { description: "Not shown any more; the rest of it goes as soon as every trace's home is reached." },
          204: { description: "Forgotten." },
          404: problem("Not here."),
          ...refusals,
        },
      },
    },
    "/sessions/{id}/otlp": {
      parameters: [path("id", "The session's id, percent-encoded.")],
      get: {
        summary: "Export as OTLP/JSON that can be posted back.",
        responses: { 200: json("`{resourceSpans}`, values in their place."), 404: problem("Not here."), ...refusals },
      },
    },
    "/sessions/{id}/values/{hash}": {
      parameters: [path("id", "The session's id, percent-encoded."), path("hash", "From a preview's `spill`.")],
      get: {
        summary: "A large value, whole.",
        responses: { 200: json("An OTLP AnyValue."), 404: problem("Not here."), ...refusals },
      },
    },
    "/traces/{traceId}": {
      parameters: [path("traceId", "32 hex digits.")],
      get: {
        summary: "One trace, wherever it is bound.",
        parameters: watching,
        responses: {
          200: json("`{traceId, session, resourceVersion, resourceSpans}`, or its stream."),
          404: problem("Not here."),
          ...refusals,
        },
      },
    },
    "/healthz": {
      get: { summary: "Whether the Worker answers.", security: [], responses: { 200: { description: "ok" } } },
    },
  },
};
