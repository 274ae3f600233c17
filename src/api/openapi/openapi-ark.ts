/** The routes that Ark expects of its broker. docs/ark.md describes them in prose. */
import { json, path, problem, query, refusals, count } from "./openapi-schemas.ts";

const integer = { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const text = { type: "string" };
const items = (of: string) => ({
  type: "object",
  required: ["items", "total", "hasMore"],
  properties: {
    items: { type: "array", items: { $ref: `#/components/schemas/${of}` } },
    total: count,
    hasMore: { type: "boolean" },
    nextCursor: integer,
  },
});

export const arkSchemas = {
  ArkSpan: {
    type: "object",
    description: "A span without scope, events and links, with whole values.",
    properties: {
      traceId: text,
      spanId: text,
      parentSpanId: text,
      name: text,
      kind: { type: "integer" },
      startTimeUnixNano: text,
      endTimeUnixNano: { type: "string", description: "`0` while the span runs." },
      attributes: { type: "array", items: { type: "object" } },
      status: { type: "object", properties: { code: { type: "integer" }, message: text } },
      resource: { type: "object", additionalProperties: true },
    },
  },
  ArkTrace: {
    type: "object",
    properties: { traceId: text, spans: { type: "array", items: { $ref: "#/components/schemas/ArkSpan" } } },
  },
  ArkEvent: {
    type: "object",
    required: ["timestamp", "eventType", "reason", "message", "data"],
    properties: {
      timestamp: { type: "string", format: "date-time" },
      eventType: { enum: ["Normal", "Warning"] },
      reason: text,
      message: text,
      data: {
        type: "object",
        required: ["queryId", "queryName", "queryNamespace", "sessionId"],
        additionalProperties: text,
      },
    },
  },
  ArkTraces: items("ArkTrace"),
  ArkEvents: items("ArkEvent"),
  ArkSessions: {
    type: "object",
    properties: {
      resourceVersion: integer,
      sessions: {
        type: "array",
        items: {
          type: "object",
          properties: { id: text, createdAt: text, updatedAt: text, queryCount: count, activeQueries: count },
        },
      },
      cursor: integer,
    },
  },
};

const cursor = query("cursor", "Return items after this cursor. On a stream, `Last-Event-ID` is equivalent.", integer);
const limit = query("limit", "Items per page.", { type: "integer", minimum: 1, maximum: 1000, default: 100 });
const watch = query("watch", "`true`: an event stream; `data:` is a bare item, `id:` its cursor.", { type: "boolean" });
const fromBeginning = query("from-beginning", "Stream: existing items first.", { type: "boolean" });
const session = query("session_id", "Items of one session only.");
const version = query("resourceVersion", "Same as `cursor`.", integer);
const bad = { 400: problem("Invalid parameter. `error` has code and message in the form of Ark's broker.") };
const done = { 200: json('`{status: "success", message}`.'), ...refusals };

/** Parameters of `GET /traces/{traceId}` for Ark's clients. */
export const traceParameters = [watch, cursor, fromBeginning];

export const arkPaths = {
  "/traces": {
    get: {
      summary: "Traces, newest first, with bare spans; or a stream of the spans of all sessions.",
      parameters: [limit, cursor, session, watch, fromBeginning],
      responses: { 200: json("A page, or the stream.", "ArkTraces"), ...bad, ...refusals },
    },
    delete: {
      summary: "Delete all sessions.",
      responses: { 202: json("Some sessions remain: repeat the request."), ...done },
    },
  },
  "/events": {
    post: {
      summary: "An event of an Ark query.",
      requestBody: {
        required: true,
        content: { "application/json": { schema: { $ref: "#/components/schemas/ArkEvent" } } },
      },
      responses: {
        201: json('`{status: "success"}`: it is on disk.'),
        400: problem("Invalid event. The message names the fields."),
        408: problem("The body arrived too slowly."),
        413: problem("A limit is exceeded."),
        ...refusals,
      },
    },
    get: {
      summary: "Events of all queries, posted or derived from spans, in order of arrival; or their stream.",
      parameters: [limit, cursor, session, watch, fromBeginning],
      responses: { 200: json("A page, or the stream.", "ArkEvents"), ...bad, ...refusals },
    },
    delete: { summary: "Hide all events.", responses: done },
  },
  "/events/{query}": {
    parameters: [path("query", "UID, `<namespace>/<name>`, name, key or trace id of the query.")],
    get: {
      summary: "Events of one query, by time within a page; or their stream.",
      parameters: [limit, cursor, watch, fromBeginning],
      responses: { 200: json("A page, or the stream.", "ArkEvents"), ...bad, ...refusals },
    },
    delete: {
      summary: "Hide the events of one query. With the ingest token by UID only.",
      responses: { ...done, 404: problem("Query not found.") },
    },
  },
  "/broker/sessions": {
    get: {
      summary: "Sessions, last changed first; or the stream of their spans.",
      parameters: [
        limit,
        query("before", "`cursor` of the previous page.", integer),
        query("active", "`true`: only sessions with open spans or queries.", { type: "boolean" }),
        watch,
        version,
      ],
      responses: { 200: json("A page, or the stream.", "ArkSessions"), ...bad, ...refusals },
    },
  },
  "/broker/sessions/{id}": {
    parameters: [path("id", "The session's id, percent-encoded.")],
    get: {
      summary: "One session: its queries by name, each with its spans.",
      parameters: [watch, version],
      responses: {
        200: json("`{resourceVersion, id, createdAt, updatedAt, queries: {<name>: {traceId, spans}}}`, or its stream."),
        404: problem("Not found."),
        ...bad,
        ...refusals,
      },
    },
  },
};
