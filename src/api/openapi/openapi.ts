import { arkPaths, arkSchemas, traceParameters } from "./openapi-ark.ts";
import {
  json,
  listing,
  path,
  problem,
  query,
  refusals,
  replaying,
  watching,
  count,
  imported,
  listCounts,
  queryRequest,
  retention,
  strings,
  summary,
} from "./openapi-schemas.ts";

const ingest = (ending: string, answer: string, rejected: string) => ({
  post: {
    summary: `An OTLP/HTTP export. Any path that ends in ${ending} is the same.`,
    requestBody: {
      required: true,
      content: {
        "application/x-protobuf": { schema: { type: "string", format: "binary" } },
        "application/json": { schema: { type: "object" } },
      },
    },
    responses: {
      200: json(`${answer} in the request's encoding; \`partialSuccess\` ${rejected}.`),
      400: json("Malformed; google.rpc.Status in the request's encoding.", "Status"),
      401: json("No token, or an unknown one.", "Status"),
      403: json("The token may not write, or the request is not addressed to this machine.", "Status"),
      408: json("The body arrived too slowly.", "Status"),
      413: json("Over a limit.", "Status"),
      415: json("Content type or encoding not taken.", "Status"),
      503: json("Passing fault, `Retry-After` in seconds; send the same again.", "Status"),
    },
  },
});

const health = (text: string) => ({
  get: { summary: "Whether the Worker answers.", security: [], responses: { 200: { description: text } } },
});

const importing = {
  post: {
    summary: "A file: OTLP/JSON, one document or one a line, or Jaeger's JSON; plain or gzip, of any size.",
    requestBody: {
      required: true,
      content: {
        "application/json": { schema: { type: "object" } },
        "application/x-ndjson": { schema: { type: "string" } },
        "application/gzip": { schema: { type: "string", format: "binary" } },
      },
    },
    responses: {
      200: json("What was imported, and the sessions that show it.", "Imported"),
      400: problem("The file is broken: `line`, `position`, and `imported`, what stood before it and is kept."),
      408: problem("The file arrived too slowly; `imported` is kept."),
      413: problem("More than one import takes; `imported` is kept."),
      415: problem("Content encoding not taken."),
      ...refusals,
    },
  },
};

/** What `GET /openapi.json` answers: the public contract in OpenAPI's words. docs/api.md says the same in prose. */
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
          counts: listCounts,
          recentExports: { type: "object" },
          retention: { $ref: "#/components/schemas/Retention" },
        },
      },
      Retention: retention,
      Imported: imported,
      ...arkSchemas,
      QueryRequest: queryRequest,
      Session: {
        type: "object",
        properties: {
          resourceVersion: { type: "string" },
          session: { $ref: "#/components/schemas/SessionSummary" },
          queries: { type: "array", items: { type: "object" } },
          retention: { $ref: "#/components/schemas/Retention" },
          resourceSpans: {
            type: "array",
            items: { type: "object" },
            description: "OTLP/JSON; a value over 8 KiB is a preview with `offloaded: {hash, bytes}`.",
          },
          resourceLogs: { type: "array", items: { type: "object" }, description: "OTLP/JSON, as `resourceSpans`." },
        },
      },
    },
  },
  security: [{ bearer: [] }],
  paths: {
    "/v1/traces": ingest("/v1/traces", "ExportTraceServiceResponse", "when spans were rejected"),
    "/v1/logs": ingest("/v1/logs", "ExportLogsServiceResponse", "when log records were rejected"),
    "/v1/metrics": ingest("/v1/metrics", "ExportMetricsServiceResponse", "says that metrics are not kept"),
    "/sessions": {
      get: {
        summary: "Sessions, filtered and sorted; the page for `Accept: text/html`.",
        parameters: [...listing, ...watching],
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
        parameters: [...watching, ...replaying],
        responses: {
          200: json("The session, its stream, or its replay.", "Session"),
          307: { description: "It lives on under another name." },
          400: problem("A parameter of a stream or a replay is wrong; the detail says which."),
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
        responses: {
          200: json("`{resourceSpans, resourceLogs}`, values in their place."),
          404: problem("Not here."),
          ...refusals,
        },
      },
    },
    "/import": importing,
    "/sessions/{id}/values/{hash}": {
      parameters: [path("id", "The session's id, percent-encoded."), path("hash", "From a preview's `offloaded`.")],
      get: {
        summary: "A large value, whole.",
        responses: { 200: json("An OTLP AnyValue."), 404: problem("Not here."), ...refusals },
      },
    },
    "/sessions/{id}/queries/{query}": {
      parameters: [
        path("id", "The session's id, percent-encoded."),
        path("query", "The query's key, percent-encoded, or its name where one query only has it."),
      ],
      get: {
        summary: "What it takes to run a query again, or to go on where it stopped.",
        parameters: [
          query("for", "`resume` adds messages, results and unanswered calls.", {
            enum: ["restart", "resume"],
            default: "restart",
          }),
          query("name", "Of the manifest's object, where another than the query's."),
        ],
        responses: {
          200: {
            description: "The query; as YAML, Ark's `Query` manifest.",
            content: {
              "application/json": { schema: { $ref: "#/components/schemas/QueryRequest" } },
              "application/yaml": { schema: { type: "object" } },
            },
          },
          307: { description: "Its session lives on under another name." },
          400: problem("A parameter is wrong, or several queries have the name; the detail says which."),
          404: problem("Not here."),
          406: problem("There is no manifest of it; the detail says why."),
          ...refusals,
        },
      },
    },
    ...arkPaths,
    "/traces/{traceId}": {
      parameters: [path("traceId", "32 hex digits.")],
      get: {
        summary: "One trace, wherever it is bound.",
        parameters: traceParameters,
        responses: {
          200: json(
            "`{traceId, spans, resourceSpans, resourceLogs, session, resourceVersion}`: Ark's shape and ours; or a stream: with `watch=true` of bare spans, with `Accept: text/event-stream` alone as a session's.",
          ),
          400: problem("A parameter of a stream is wrong; the detail says which."),
          404: problem("Not here."),
          ...refusals,
        },
      },
    },
    "/healthz": health("ok"),
    "/health": health("OK"),
    "/readyz": health("OK"),
  },
};
