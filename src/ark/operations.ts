/** The routes that Ark expects of its broker. docs/ark.md describes them in prose. */
import * as v from "valibot";
import type { Answer, Operations, Route } from "../api/operation.ts";
import { described, json, problem, REFUSALS } from "../api/operation.ts";
import { ArkParameters, BrokerListParameters } from "./query-parameters.ts";
import {
  ArkEventItemSchema,
  ArkEventsSchema,
  ArkSessionSchema,
  ArkSessionsSchema,
  ArkSpanItemSchema,
  ArkTraceSchema,
  ArkTracesSchema,
  BrokerStreamEventSchema,
  DoneSchema,
  PostedArkEventSchema,
} from "./schemas.ts";

const SPAN_STREAM = { "text/event-stream": ArkSpanItemSchema };
const EVENT_STREAM = { "text/event-stream": ArkEventItemSchema };
const SESSION_STREAM = { "text/event-stream": BrokerStreamEventSchema };
const { limit, cursor, resourceVersion, session_id, watch, "from-beginning": fromBeginning } = ArkParameters.entries;
const LIMIT = described(v.object({ limit }), { limit: "Items per page." });
const CURSOR = described(v.object({ cursor }), {
  cursor: "Return items after this cursor. On a stream, `Last-Event-ID` is equivalent.",
});
const SESSION = described(v.object({ session_id }), { session_id: "Items of one session only." });
const WATCH = described(v.object({ watch }), {
  watch: "`true`: an event stream; `data:` is a bare item, `id:` its cursor.",
});
const BEGINNING = described(v.object({ "from-beginning": fromBeginning }), {
  "from-beginning": "Stream: existing items first.",
});
const VERSION = described(v.object({ resourceVersion }), { resourceVersion: "Same as `cursor`." });
const LIST = described(BrokerListParameters, {
  before: "`cursor` of the previous page.",
  active: "`true`: only sessions with open spans or queries.",
});

const BAD: Readonly<Record<number, Answer>> = {
  400: problem("Invalid parameter. `error` has code and message in the form of Ark's broker."),
};
const DONE: Readonly<Record<number, Answer>> = { 200: json("Done.", DoneSchema), ...REFUSALS };

const HEALTH: Route = {
  get: { summary: "Health of the Worker.", isPublic: true, answers: { 200: { description: "OK" } } },
};

export const arkOperations: Operations = {
  "/ark/traces": {
    get: {
      summary: "Traces, newest first, with bare spans; or a stream of the spans of all sessions.",
      parameters: [LIMIT, CURSOR, SESSION, WATCH, BEGINNING],
      answers: { 200: json("A page, or the stream.", ArkTracesSchema, SPAN_STREAM), ...BAD, ...REFUSALS },
    },
    delete: {
      summary: "Delete all sessions.",
      answers: { 202: json("Some sessions remain: repeat the request.", DoneSchema), ...DONE },
    },
  },
  "/ark/events": {
    post: {
      summary: "An event of an Ark query.",
      body: { "application/json": PostedArkEventSchema },
      answers: {
        201: json("It is on disk.", DoneSchema),
        400: problem("Invalid event. The message names the fields."),
        408: problem("The body arrived too slowly."),
        413: problem("A limit is exceeded."),
        ...REFUSALS,
      },
    },
    get: {
      summary: "Events of all queries, posted or derived from spans, in order of arrival; or their stream.",
      parameters: [LIMIT, CURSOR, SESSION, WATCH, BEGINNING],
      answers: { 200: json("A page, or the stream.", ArkEventsSchema, EVENT_STREAM), ...BAD, ...REFUSALS },
    },
    delete: { summary: "Hide all events.", answers: DONE },
  },
  "/ark/events/{query}": {
    path: { query: "UID, `<namespace>/<name>`, name, key or trace id of the query." },
    get: {
      summary: "Events of one query, by time within a page; or their stream.",
      parameters: [LIMIT, CURSOR, WATCH, BEGINNING],
      answers: { 200: json("A page, or the stream.", ArkEventsSchema, EVENT_STREAM), ...BAD, ...REFUSALS },
    },
    delete: {
      summary: "Hide the events of one query. With the ingest token by UID only.",
      answers: { ...DONE, 404: problem("Query not found.") },
    },
  },
  "/ark/broker/sessions": {
    get: {
      summary: "Sessions, last changed first; or the stream of their spans.",
      parameters: [LIMIT, LIST, WATCH, VERSION],
      answers: { 200: json("A page, or the stream.", ArkSessionsSchema, SESSION_STREAM), ...BAD, ...REFUSALS },
    },
  },
  "/ark/broker/sessions/{id}": {
    path: { id: "The session's id, percent-encoded." },
    get: {
      summary: "One session: its queries by name, each with its spans.",
      parameters: [WATCH, VERSION],
      answers: {
        200: json("The session, or its stream.", ArkSessionSchema, SESSION_STREAM),
        404: problem("Not found."),
        ...BAD,
        ...REFUSALS,
      },
    },
  },
  "/ark/traces/{traceId}": {
    path: { traceId: "32 hex digits." },
    get: {
      summary: "One trace, whatever session it belongs to; or the stream of its spans.",
      parameters: [WATCH, CURSOR, BEGINNING],
      answers: {
        200: json("The trace, or its stream.", ArkTraceSchema, SPAN_STREAM),
        404: problem("Not found."),
        ...BAD,
        ...REFUSALS,
      },
    },
  },
  "/ark/health": HEALTH,
  "/ark/readyz": HEALTH,
};
