/**
 * Every route of the API: its parameters, bodies and answers. openapi.json is made of these, and tests check answers
 * against them; the Worker itself does not load this file.
 */
import * as v from "valibot";
import { adminOperations } from "./admin-operations.ts";
import { ALERT_COMPONENTS } from "./alert-schema.ts";
import { GRPC_PATHS } from "../lib/grpc-paths.ts";
import { ExportParameters } from "./export-parameters.ts";
import { ListParameters } from "./list-query.ts";
import { StreamParameters } from "./negotiate.ts";
import type { Operation, Operations, Answer } from "./operation.ts";
import { described, json, problem, REFUSALS } from "./operation.ts";
import {
  AnyValueSchema,
  LogsExportedSchema,
  MetricsExportedSchema,
  OTLP_COMPONENTS,
  OtlpDocumentSchema,
  StatusSchema,
  TracesExportedSchema,
} from "./otlp-schema.ts";
import { ImportedSchema, PROBLEM_COMPONENTS } from "./problem-schema.ts";
import { REBUILT_COMPONENTS } from "./rebuilt-schema.ts";
import { NumbersParameters } from "./numbers-parameters.ts";
import { NUMBERS_COMPONENTS, NumbersSchema } from "./numbers-schema.ts";
import { OVERVIEW_COMPONENTS, OverviewSchema } from "./overview-schema.ts";
import { pushOperations } from "./push-operations.ts";
import { QueryParameters } from "./query-parameters.ts";
import { ReplayFlag, ReplayParameters } from "./replay-query.ts";
import { QueryAnswerSchema, RERUN_COMPONENTS } from "./rerun-schema.ts";
import { SPAN_COMPONENTS, SpanDetailSchema } from "./span-schema.ts";
import { SpanParameters } from "./span-parameters.ts";
import { SearchParameters } from "./search-parameters.ts";
import { SearchAnswerSchema } from "./search-schema.ts";
import { KIND_WORDS, TranscriptParameters } from "./transcript-query.ts";
import { SESSION_COMPONENTS, SessionListSchema, SessionSchema } from "./session-schema.ts";
import { UPSTREAM_COMPONENTS } from "./upstream-schema.ts";
import { ListStreamEventSchema, SessionStreamEventSchema, STREAM_COMPONENTS } from "./stream-schema.ts";

const ID = { id: "The session's id, percent-encoded." };
const SESSION_STREAM = { "text/event-stream": SessionStreamEventSchema };
const MARKDOWN = { "text/markdown": "text" } as const;
const LIST_STREAM = { "text/event-stream": ListStreamEventSchema };

const NAME = "An exact name. Repeated: all of them.";
const LIST = described(ListParameters, {
  kind: "`session`, `trace` for other traces, `all`.",
  status: "Repeated, or separated by commas: any of them.",
  q: "Words, each a prefix of a word in the title, the prompts, the names or the errors.",
  agent: NAME,
  model: NAME,
  tool: NAME,
  namespace: NAME,
  service: NAME,
  since:
    "Sessions with spans at or after this time: a time, Unix nanoseconds, or a duration back from now (15m, 2h, 7d).",
  until: "Sessions with spans at or before this time, in the form of `since`.",
  sort: "Sort key. Default: that of `cursor`, else `activity`.",
  order: "Sort direction. Default: that of `cursor`, else `desc`.",
  limit: "Rows per page.",
  cursor: "`nextCursor` of the previous page, with the same filters.",
});
const STREAM = described(StreamParameters, {
  watch: "`true`: the response is a `text/event-stream` (as with `Accept: text/event-stream`).",
  resourceVersion: "Where a stream resumes; `Last-Event-ID` is equivalent. Default: the beginning.",
});
const QUERY = described(QueryParameters, {
  for: "`resume` adds messages, results and unanswered calls.",
  name: "Name of the object in the manifest. Default: the query's name.",
});
const REPLAY = [
  described(ReplayFlag, {
    replay: "`true`: a replay of the log in its own time, as a stream that ends with a bookmark.",
  }),
  described(ReplayParameters, {
    by: "Replay: spans by end time, or deliveries by arrival.",
    speed: "Replay: speed factor.",
    idle: "Replay: longest wait between two events, such as 500ms or 2s; at most an hour.",
    from: "Replay: earlier items go out at once. A time, Unix nanoseconds, or a duration into the session.",
  }),
];
const TRANSCRIPT = described(TranscriptParameters, {
  format: "`markdown`: the transcript, whatever `Accept` says.",
  turn: "Transcript: one turn, by its key (of a query) or by its number from 1.",
  kinds: `Transcript: only these kinds of steps, separated by commas: ${KIND_WORDS.join(", ")}.`,
  since: "Transcript: a resourceVersion; only what came after it.",
  max: "Transcript: most bytes of the answer. The longest texts are cut in their middle.",
});
const SPAN = described(SpanParameters, {
  otlpKind: "OTLP's number of the kind, where one id stands for several spans. Default: the earliest span.",
  max: "Bytes of the input, and of the output: `cut` says that something is missing. Default: both whole.",
});
const SEARCH = described(SearchParameters, {
  q: "The text. Case does not count.",
  limit: "Spans and log records in the answer; `omitted` counts the others. Default: 100.",
});
const NUMBERS = described(NumbersParameters, {
  by: "What `groups` has the numbers of: routes of servers, names of spans, models, tools.",
});
const EXPORT = described(ExportParameters, {
  from: "Goes on after a line of an earlier answer: its `cursor`, or the `next` of the last one.",
  since: "Only traces that had deliveries since then, whole: the `since` of a complete export.",
});
const status = (description: string): Answer => json(description, StatusSchema);

function ingest(ending: string, name: string, answer: v.GenericSchema, rejected: string): { post: Operation } {
  return {
    post: {
      summary: `An OTLP/HTTP export. Any path that ends in ${ending} is equivalent.`,
      body: { "application/x-protobuf": "binary", "application/json": v.looseObject({}) },
      answers: {
        200: json(`${name} in the request's encoding; \`partialSuccess\` ${rejected}.`, answer),
        400: status("Malformed; google.rpc.Status in the request's encoding."),
        401: status("Missing or unknown token."),
        403: status("The token may not write, or the request is not addressed to this machine."),
        404: status("The path ends in another way, or names no signal."),
        405: status("Only POST is accepted."),
        408: status("The body arrived too slowly."),
        413: status("A limit is exceeded."),
        415: status("Unsupported content type or encoding."),
        500: status("A fault of this program: the same export would fail again."),
        503: status("Temporary error, `Retry-After` in seconds: send the same export again."),
      },
    },
  };
}

function call(path: string): { post: Operation } {
  const method = path.slice(path.lastIndexOf(".") + 1);
  const type = "application/grpc-web+proto";
  return {
    post: {
      summary: `A unary call of gRPC-Web: ${method}, with the limits of an export over HTTP.`,
      body: { [type]: "binary" },
      answers: {
        200: {
          description:
            "The response's message, and the trailers with `grpc-status`; of a call that failed, its trailers.",
          content: { [type]: "binary" },
        },
        401: status("No call of gRPC-Web, and no token."),
        403: status("No call of gRPC-Web, and a token that may not write."),
        415: status("No call of gRPC-Web."),
      },
    },
  };
}

const health = (text: string): { get: Operation } => ({
  get: { summary: "Health of the Worker.", isPublic: true, answers: { 200: { description: text } } },
});

const TraceSchema = v.object({
  ...OtlpDocumentSchema.entries,
  session: v.string(),
  resourceVersion: v.string(),
  traceId: v.string(),
});

const OVERVIEW: { get: Operation } = {
  get: {
    summary: "What goes on, numbers, and the latest trace; as a page for `Accept: text/html`.",
    answers: { 200: json("All of it.", OverviewSchema), ...REFUSALS },
  },
};

const MOVED: Answer = { description: "The session moved." };

export const operations: Operations = {
  "/v1/traces": ingest("/v1/traces", "ExportTraceServiceResponse", TracesExportedSchema, "if spans were rejected"),
  "/v1/logs": ingest("/v1/logs", "ExportLogsServiceResponse", LogsExportedSchema, "if log records were rejected"),
  "/v1/metrics": ingest(
    "/v1/metrics",
    "ExportMetricsServiceResponse",
    MetricsExportedSchema,
    "says that metrics are dropped",
  ),
  [GRPC_PATHS.traces]: call(GRPC_PATHS.traces),
  [GRPC_PATHS.logs]: call(GRPC_PATHS.logs),
  [GRPC_PATHS.metrics]: call(GRPC_PATHS.metrics),
  "/": OVERVIEW,
  "/otel": OVERVIEW,
  "/sessions": {
    get: {
      summary: "Sessions, filtered and sorted; the page for `Accept: text/html`.",
      parameters: [LIST, STREAM],
      answers: {
        200: json("A page of the list, or its stream.", SessionListSchema, LIST_STREAM),
        400: problem("Invalid parameter; `detail` names it."),
        ...REFUSALS,
      },
    },
  },
  "/sessions/{id}": {
    path: ID,
    get: {
      summary: "One session with its spans; its live stream; its transcript; its page.",
      parameters: [STREAM, ...REPLAY, TRANSCRIPT],
      answers: {
        200: json("The session, its stream, its replay, or its transcript.", SessionSchema, {
          ...SESSION_STREAM,
          ...MARKDOWN,
        }),
        307: MOVED,
        400: problem("Invalid parameter of a stream, a replay or a transcript; `detail` names it."),
        404: problem("Not found. `movedTo` if its traces moved to several sessions."),
        ...REFUSALS,
      },
    },
    delete: {
      summary: "Delete the session: its log, values, owned traces and row.",
      answers: {
        202: {
          description: "No longer shown. The rest is deleted as soon as the owners of all its traces can be reached.",
        },
        204: { description: "Deleted." },
        404: problem("Not found."),
        ...REFUSALS,
      },
    },
  },
  "/traces/{traceId}": {
    path: { traceId: "32 hex digits." },
    get: {
      summary: "One trace, whatever session it belongs to; its live stream.",
      parameters: [STREAM],
      answers: {
        200: json("The trace, or its stream, as of a session.", TraceSchema, SESSION_STREAM),
        400: problem("Invalid parameter of a stream; `detail` names it."),
        404: problem("Not found."),
        ...REFUSALS,
      },
    },
  },
  "/sessions/{id}/otlp": {
    path: ID,
    get: {
      summary: "Export as OTLP/JSON, suitable for import.",
      answers: {
        200: json("`{resourceSpans, resourceLogs}` with whole values.", OtlpDocumentSchema),
        307: MOVED,
        404: problem("Not found."),
        ...REFUSALS,
      },
    },
  },
  "/export": {
    get: {
      summary: "Export of all sessions as lines of OTLP/JSON, suitable for import.",
      parameters: [EXPORT],
      answers: {
        200: {
          description:
            "A document a line. `spanfold.cursor`: where the export goes on after the line. The last line has `spanfold.complete`, or `spanfold.next` if the rest needs another request; without either the answer was cut off.",
          content: { "application/x-ndjson": "text" },
        },
        400: problem("Invalid parameter; `detail` names it."),
        410: problem("`from` is a place in an export of other data: begin anew."),
        ...REFUSALS,
      },
    },
  },
  "/import": {
    post: {
      summary:
        "Import of a file: OTLP/JSON, one document or one per line, or Jaeger's JSON; plain or gzip, of any size.",
      body: {
        "application/json": v.looseObject({}),
        "application/x-ndjson": "text",
        "application/gzip": "binary",
      },
      answers: {
        200: json("Number of imported spans and log records, and their sessions.", ImportedSchema),
        400: problem("The file is broken at `line` and `position`. The part before it stays imported: `imported`."),
        408: problem("The file arrived too slowly. `imported`: the part that stays imported."),
        413: problem("The file exceeds a limit. `imported`: the part that stays imported."),
        415: problem("Unsupported content encoding."),
        ...REFUSALS,
      },
    },
  },
  "/sessions/{id}/values/{hash}": {
    path: { ...ID, hash: "The `hash` in a preview's `offloaded`." },
    get: {
      summary: "A large value, whole.",
      answers: { 200: json("An OTLP AnyValue.", AnyValueSchema), 404: problem("Not found."), ...REFUSALS },
    },
  },
  "/sessions/{id}/spans/{traceId}/{spanId}": {
    path: { ...ID, traceId: "32 hex digits.", spanId: "16 hex digits." },
    get: {
      summary: "One span: its title, figures, input and output, and all that it says besides.",
      parameters: [SPAN],
      answers: {
        200: json("The span in its best version, with its log records.", SpanDetailSchema),
        307: MOVED,
        400: problem("Invalid parameter or id; `detail` names it."),
        404: problem("Not found, or a placeholder: `detail` gives the reason."),
        ...REFUSALS,
      },
    },
  },
  "/sessions/{id}/search": {
    path: { ...ID },
    get: {
      summary: "Spans and log records of a session with a text, large values included.",
      parameters: [SEARCH],
      answers: {
        200: json("What was found, by time.", SearchAnswerSchema),
        307: MOVED,
        400: problem("Invalid parameter; `detail` names it."),
        404: problem("Not found."),
        ...REFUSALS,
      },
    },
  },
  "/sessions/{id}/queries/{query}": {
    path: { ...ID, query: "The query's key, percent-encoded, or its name if it is unique." },
    get: {
      summary: "The data to run a query again, or to resume it.",
      parameters: [QUERY],
      answers: {
        200: json("The query; as YAML, the manifest that runs it again.", QueryAnswerSchema, {
          "application/yaml": undefined,
        }),
        307: MOVED,
        400: problem("Invalid parameter, or several queries with this name; `detail` names them."),
        404: problem("Not found."),
        406: problem("The query has no manifest; `detail` gives the reason."),
        ...REFUSALS,
      },
    },
  },
  "/metrics.json": {
    get: {
      summary: "Numbers of the spans that ended last: counts, errors, percentiles, tokens and costs.",
      parameters: [NUMBERS],
      answers: {
        200: json("All of them, and by one property.", NumbersSchema),
        400: problem("Invalid parameter; `detail` names it."),
        ...REFUSALS,
      },
    },
  },
  "/metrics": {
    get: {
      summary: "The same numbers for Prometheus.",
      answers: {
        200: { description: "Prometheus' text format, version 0.0.4.", content: { "text/plain": "text" } },
        ...REFUSALS,
      },
    },
  },
  ...adminOperations,
  ...pushOperations,
  "/healthz": {
    get: {
      summary: "Health of the Worker.",
      isPublic: true,
      answers: {
        200: { description: "ok, and for callers that may read a line for each upstream that is off." },
        503: { description: "Why nothing can be stored, and what to do." },
      },
    },
  },
  "/health": health("OK"),
  "/readyz": health("OK"),
  "/openapi.json": {
    get: {
      summary: "This description.",
      isPublic: true,
      answers: { 200: json("OpenAPI 3.1.", v.looseObject({ openapi: v.string() })) },
    },
  },
};

/** The schemas with a name in openapi.json. */
export const components: Readonly<Record<string, v.GenericSchema>> = {
  ...PROBLEM_COMPONENTS,
  ...OTLP_COMPONENTS,
  ...SESSION_COMPONENTS,
  ...RERUN_COMPONENTS,
  ...STREAM_COMPONENTS,
  ...SPAN_COMPONENTS,
  ...NUMBERS_COMPONENTS,
  ...UPSTREAM_COMPONENTS,
  ...ALERT_COMPONENTS,
  ...OVERVIEW_COMPONENTS,
  ...REBUILT_COMPONENTS,
};
