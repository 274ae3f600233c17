/** The routes that an Ark installation expects of its broker. docs/ark.md says the same in prose. */
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
    description: "A span without scope, events and links; values whole.",
    properties: {
      traceId: text,
      spanId: text,
      parentSpanId: text,
      name: text,
      kind: { type: "integer" },
      startTimeUnixNano: text,
      endTimeUnixNano: { type: "string", description: "`0` while it runs." },
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

const cursor = query("cursor", "What it says was told; `Last-Event-ID` of a stream means the same.", integer);
const limit = query("limit", "Items a page.", { type: "integer", minimum: 1, maximum: 1000, default: 100 });
const watch = query("watch", "`true`: an event stream; `data:` is a bare item, `id:` its cursor.", { type: "boolean" });
const fromBeginning = query("from-beginning", "Of a stream: what there is already, first.", { type: "boolean" });
const session = query("session_id", "Of one session only.");
const version = query("resourceVersion", "As `cursor`.", integer);
const bad = { 400: problem("A parameter is wrong: `error` has code and message as Ark's broker says them.") };
const done = { 200: json('`{status: "success", message}`.'), ...refusals };

/** Of `GET /traces/{traceId}` besides our own. */
export const traceParameters = [watch, cursor, fromBeginning];

export const arkPaths = {
  "/traces": {
    get: {
      summary: "Traces, newest first, with bare spans; or a stream of the spans of all sessions.",
      parameters: [limit, cursor, session, watch, fromBeginning],
      responses: { 200: json("A page, or the stream.", "ArkTraces"), ...bad, ...refusals },
    },
    delete: { summary: "Forget every session.", responses: { 202: json("Not all of them yet: ask again."), ...done } },
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
        400: problem("Not an event; the message names the fields."),
        408: problem("The body arrived too slowly."),
        413: problem("Over a limit."),
        ...refusals,
      },
    },
    get: {
      summary: "Events of all queries, as they came: posted, or made of spans; or their stream.",
      parameters: [limit, cursor, session, watch, fromBeginning],
      responses: { 200: json("A page, or the stream.", "ArkEvents"), ...bad, ...refusals },
    },
    delete: { summary: "Tell the events that there are no more.", responses: done },
  },
  "/events/{query}": {
    parameters: [path("query", "The query's UID, `<namespace>/<name>`, its name, its key, or its trace id.")],
    get: {
      summary: "One query's events, by time within a page; or their stream.",
      parameters: [limit, cursor, watch, fromBeginning],
      responses: { 200: json("A page, or the stream.", "ArkEvents"), ...bad, ...refusals },
    },
    delete: {
      summary: "Hide this query's events. With the ingest token by the query's UID only.",
      responses: { ...done, 404: problem("No such query.") },
    },
  },
  "/broker/sessions": {
    get: {
      summary: "Sessions, the last changed first; or the stream of their spans.",
      parameters: [
        limit,
        query("before", "`cursor` of the page before.", integer),
        query("active", "`true`: only those with something open.", { type: "boolean" }),
        watch,
        version,
      ],
      responses: { 200: json("A page, or the stream.", "ArkSessions"), ...bad, ...refusals },
    },
  },
  "/broker/sessions/{id}": {
    parameters: [path("id", "The session's id, percent-encoded.")],
    get: {
      summary: "One session: its queries by name, with the spans of each.",
      parameters: [watch, version],
      responses: {
        200: json("`{resourceVersion, id, createdAt, updatedAt, queries: {<name>: {traceId, spans}}}`, or its stream."),
        404: problem("Not here."),
        ...bad,
        ...refusals,
      },
    },
  },
};
