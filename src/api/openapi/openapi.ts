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

const ingest = (ending: string, response: string, rejected: string) => ({
  post: {
    summary: `An OTLP/HTTP export. Any path that ends in ${ending} is equivalent.`,
    requestBody: {
      required: true,
      content: {
        "application/x-protobuf": { schema: { type: "string", format: "binary" } },
        "application/json": { schema: { type: "object" } },
      },
    },
    responses: {
      200: json(`${response} in the request's encoding; \`partialSuccess\` ${rejected}.`),
      400: json("Malformed; google.rpc.Status in the request's encoding.", "Status"),
      401: json("Missing or unknown token.", "Status"),
      403: json("The token may not write, or the request is not addressed to this machine.", "Status"),
      408: json("The body arrived too slowly.", "Status"),
      413: json("A limit is exceeded.", "Status"),
      415: json("Unsupported content type or encoding.", "Status"),
      503: json("Temporary error, `Retry-After` in seconds: send the same export again.", "Status"),
    },
  },
});

const health = (text: string) => ({
  get: { summary: "Health of the Worker.", security: [], responses: { 200: { description: text } } },
});

const importing = {
  post: {
    summary: "Import of a file: OTLP/JSON, one document or one per line, or Jaeger's JSON; plain or gzip, of any size.",
    requestBody: {
      required: true,
      content: {
        "application/json": { schema: { type: "object" } },
        "application/x-ndjson": { schema: { type: "string" } },
        "application/gzip": { schema: { type: "string", format: "binary" } },
      },
    },
    responses: {
      200: json("Number of imported spans and log records, and their sessions.", "Imported"),
      400: problem("The file is broken at `line` and `position`. The part before it stays imported: `imported`."),
      408: problem("The file arrived too slowly. `imported`: the part that stays imported."),
      413: problem("The file exceeds a limit. `imported`: the part that stays imported."),
      415: problem("Unsupported content encoding."),
      ...refusals,
    },
  },
};

/** The response of `GET /openapi.json`: the public API as OpenAPI. docs/api.md describes it in prose. */
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
    "/v1/traces": ingest("/v1/traces", "ExportTraceServiceResponse", "if spans were rejected"),
    "/v1/logs": ingest("/v1/logs", "ExportLogsServiceResponse", "if log records were rejected"),
    "/v1/metrics": ingest("/v1/metrics", "ExportMetricsServiceResponse", "says that metrics are dropped"),
    "/sessions": {
      get: {
        summary: "Sessions, filtered and sorted; the page for `Accept: text/html`.",
        parameters: [...listing, ...watching],
        responses: {
          200: json("A page of the list, or its stream.", "SessionList"),
          400: problem("Invalid parameter; `detail` names it."),
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
          307: { description: "The session moved." },
          400: problem("Invalid parameter of a stream or a replay; `detail` names it."),
          404: problem("Not found. `movedTo` if its traces moved to several sessions."),
          ...refusals,
        },
      },
      delete: {
        summary: "Delete the session: its log, values, owned traces and row.",
        responses: {
          202: {
            description: "No longer shown. The rest is deleted as soon as the owners of all its traces can be reached.",
          },
          204: { description: "Deleted." },
          404: problem("Not found."),
          ...refusals,
        },
      },
    },
    "/sessions/{id}/otlp": {
      parameters: [path("id", "The session's id, percent-encoded.")],
      get: {
        summary: "Export as OTLP/JSON, suitable for import.",
        responses: {
          200: json("`{resourceSpans, resourceLogs}` with whole values."),
          404: problem("Not found."),
          ...refusals,
        },
      },
    },
    "/import": importing,
    "/sessions/{id}/values/{hash}": {
      parameters: [
        path("id", "The session's id, percent-encoded."),
        path("hash", "The `hash` in a preview's `offloaded`."),
      ],
      get: {
        summary: "A large value, whole.",
        responses: { 200: json("An OTLP AnyValue."), 404: problem("Not found."), ...refusals },
      },
    },
    "/sessions/{id}/queries/{query}": {
      parameters: [
        path("id", "The session's id, percent-encoded."),
        path("query", "The query's key, percent-encoded, or its name if it is unique."),
      ],
      get: {
        summary: "The data to run a query again, or to resume it.",
        parameters: [
          query("for", "`resume` adds messages, results and unanswered calls.", {
            enum: ["restart", "resume"],
            default: "restart",
          }),
          query("name", "Name of the object in the manifest. Default: the query's name."),
        ],
        responses: {
          200: {
            description: "The query; as YAML, Ark's `Query` manifest.",
            content: {
              "application/json": { schema: { $ref: "#/components/schemas/QueryRequest" } },
              "application/yaml": { schema: { type: "object" } },
            },
          },
          307: { description: "The session moved." },
          400: problem("Invalid parameter, or several queries with this name; `detail` names them."),
          404: problem("Not found."),
          406: problem("The query has no manifest; `detail` gives the reason."),
          ...refusals,
        },
      },
    },
    ...arkPaths,
    "/traces/{traceId}": {
      parameters: [path("traceId", "32 hex digits.")],
      get: {
        summary: "One trace, whatever session it belongs to.",
        parameters: traceParameters,
        responses: {
          200: json(
            "`{traceId, spans, resourceSpans, resourceLogs, session, resourceVersion}`: the form of Ark and ours. Or a stream: with `watch=true` of bare spans, with only `Accept: text/event-stream` as of a session.",
          ),
          400: problem("Invalid parameter of a stream; `detail` names it."),
          404: problem("Not found."),
          ...refusals,
        },
      },
    },
    "/healthz": health("ok"),
    "/health": health("OK"),
    "/readyz": health("OK"),
  },
};
