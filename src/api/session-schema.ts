/** The answers about sessions. */
import * as v from "valibot";
import type { SpanKind } from "../facts/kind.ts";
import type { ListCounts } from "../session/contract/directory.ts";
import type { Retention } from "../session/contract/retention.ts";
import type { RecentExport, RecentExports, RefusedExport } from "../session/contract/stream-events.ts";
import { STATUSES } from "../session/list/list-filter.ts";
import type { ListPageAnswer } from "../session/list/list-page.ts";
import type { ListSums } from "../session/list/list-sums.ts";
import type { SummaryWithStatus } from "../session/liveness.ts";
import type { Cause, LivenessFacts, NowLine, QuerySummary, Tally } from "../session/summary.ts";
import { count, nanoseconds, OtlpDocumentSchema, text } from "./otlp-schema.ts";

const strings = v.array(text);
const dollars = v.number();

const TallySchema = v.object({ name: text, calls: count, errors: count }) satisfies v.GenericSchema<Tally>;
const tallies = v.array(TallySchema);

const errors = v.pipe(
  count,
  v.description("Causes: failed spans, without those that repeat the failure of a span below."),
);
const failedSpans = v.pipe(count, v.description("All spans that failed."));

export const TokensSchema = v.object({
  input: v.pipe(count, v.description("Cached and written tokens included.")),
  output: count,
  cached: v.pipe(count, v.description("Read from the prompt cache.")),
  written: v.pipe(count, v.description("Written to the prompt cache.")),
  written1h: v.pipe(count, v.description("The part of `written` for one hour.")),
  reasoning: v.pipe(count, v.description("Part of `output`.")),
});

const LivenessSchema = v.pipe(
  v.object({
    lastArrival: v.pipe(nanoseconds, v.description("When the last delivery was received.")),
    isImported: v.exactOptional(
      v.pipe(v.literal(true), v.description("The last delivery came by an import: it sends no alert.")),
    ),
    running: v.pipe(count, v.description("Running spans.")),
    oldestRunning: v.exactOptional(
      v.object({
        name: text,
        start: nanoseconds,
        span: v.exactOptional(v.pipe(v.string(), v.description("`<traceId>:<spanId>`"))),
      }),
    ),
    awaitedParents: v.pipe(count, v.description("Parents not received, in traces without an ended query.")),
    missingParents: v.pipe(count, v.description("Parents not received, in traces with an ended query.")),
    failed: v.boolean(),
    waiting: v.exactOptional(
      v.pipe(
        v.object({
          question: text,
          query: v.exactOptional(text),
          tool: v.exactOptional(text),
          span: v.exactOptional(v.pipe(v.string(), v.description("`<traceId>:<spanId>`"))),
          since: nanoseconds,
        }),
        v.description("The oldest input request without a known answer."),
      ),
    ),
  }),
  v.description("The facts that `status` is computed from, together with the time."),
) satisfies v.GenericSchema<LivenessFacts>;

/** The compiler asks for each kind. */
const KINDS: Readonly<Record<SpanKind, true>> = {
  query: true,
  agent: true,
  team: true,
  turn: true,
  llm: true,
  tool: true,
  retrieval: true,
  embedding: true,
  http: true,
  db: true,
  messaging: true,
  chain: true,
  internal: true,
};

export const SpanKindSchema = v.picklist(Object.keys(KINDS) as SpanKind[]);

const NowLineSchema = v.pipe(
  v.object({
    agent: v.exactOptional(v.pipe(text, v.description("The agent or team that takes the step."))),
    kind: SpanKindSchema,
    step: v.pipe(text, v.description("The model, the tool, the agent; else the span's name.")),
    state: v.picklist(["running", "ended"]),
    since: v.pipe(nanoseconds, v.description("When a running step started, or an ended one ended.")),
  }),
  v.description(
    "The step that waits for an answer, else the innermost running one that started last, else the one that ended last.",
  ),
) satisfies v.GenericSchema<NowLine>;

const CauseSchema = v.object({
  name: v.pipe(text, v.description("The tool, the model, the agent; else the span's name.")),
  reason: v.exactOptional(text),
  count,
}) satisfies v.GenericSchema<Cause>;

const NAME_LISTS = ["agents", "teams", "models", "tools", "services", "namespaces", "users"] as const;

export const SessionSummarySchema = v.object({
  id: text,
  kind: v.picklist(["session", "trace"]),
  title: text,
  status: v.picklist(STATUSES),
  start: nanoseconds,
  end: nanoseconds,
  liveness: LivenessSchema,
  traces: count,
  spans: count,
  logRecords: v.exactOptional(v.pipe(count, v.description("Absent when there are none."))),
  errors,
  failedSpans,
  queries: count,
  agents: tallies,
  teams: tallies,
  models: tallies,
  tools: tallies,
  services: strings,
  namespaces: strings,
  users: strings,
  omitted: v.exactOptional(
    v.pipe(
      v.object(v.entriesFromList(NAME_LISTS, v.exactOptional(count))),
      v.description("Number of names omitted from each list: a list has 50 at most."),
    ),
  ),
  tokens: TokensSchema,
  cost: v.exactOptional(v.pipe(dollars, v.description("US dollars: costs of spans, else from the price table."))),
  estimated: v.exactOptional(v.pipe(dollars, v.description("The part of `cost` from the price table."))),
  unpriced: v.exactOptional(
    v.pipe(strings, v.description("Models with token usage but no price. `cost` excludes them.")),
  ),
  also: v.pipe(strings, v.description("Other session names in its traces.")),
  belongsTo: v.exactOptional(
    v.pipe(text, v.description("The session that this trace names, if that session's limits refused the trace.")),
  ),
  damaged: v.exactOptional(
    v.pipe(
      v.literal(true),
      v.description("Its storage was damaged: only this summary is left, and it can be deleted."),
    ),
  ),
  watchers: v.pipe(count, v.description("Open streams.")),
  nowLine: v.exactOptional(NowLineSchema),
  steps: v.exactOptional(
    v.pipe(
      text,
      v.description(
        "The last 120 steps by start: a letter for the kind, `!` after a failed step, `~` after a running one. `q` query, `a` agent, `g` team, `u` turn, `m` model call, `t` tool call, `r` retrieval, `e` embedding; in a session without any: `h` HTTP, `d` database, `s` messaging, `c` chain, `i` internal.",
      ),
    ),
  ),
  causes: v.exactOptional(
    v.pipe(v.array(CauseSchema), v.description("The three most frequent causes of its failures.")),
  ),
  producer: v.exactOptional(
    v.pipe(text, v.description("The agent or framework that made it, such as `claude-code`; absent if unknown.")),
  ),
}) satisfies v.GenericSchema<SummaryWithStatus>;

export const QUERY_PHASES = ["pending", "running", "done", "error", "canceled"] as const;

export const QueryTargetSchema = v.object({ type: v.exactOptional(text), name: text });

const QuerySummarySchema = v.object({
  key: v.pipe(text, v.description("Unique in the session: `<traceId>:<spanId>`.")),
  traceId: text,
  spanId: text,
  name: text,
  namespace: v.exactOptional(text),
  prompt: v.exactOptional(v.pipe(text, v.description("First line of its input."))),
  target: v.exactOptional(QueryTargetSchema),
  phase: v.picklist(QUERY_PHASES),
  failure: v.exactOptional(text),
  start: nanoseconds,
  end: v.exactOptional(nanoseconds),
  spans: count,
  errors,
  failedSpans,
  tokens: TokensSchema,
  cost: v.exactOptional(dollars),
}) satisfies v.GenericSchema<QuerySummary>;

export const RetentionSchema = v.pipe(
  v.object({
    maxAge: v.exactOptional(
      v.pipe(
        v.number(),
        v.description("Maximum age of a trace in seconds since its last arrival. Absent without a maximum."),
      ),
    ),
    oldest: v.exactOptional(
      v.pipe(nanoseconds, v.description("Last arrival of the trace that expires next, Unix nanoseconds, decimal.")),
    ),
    bytes: count,
    maxBytes: v.exactOptional(
      v.pipe(
        count,
        v.description(
          "Maximum size of a session, or of all sessions. Beyond the latter, the least recently active sessions expire first.",
        ),
      ),
    ),
    problem: v.exactOptional(
      v.pipe(text, v.description("Only in the list: why nothing can be stored, and what to do.")),
    ),
    deleted: v.exactOptional(
      v.pipe(
        v.object({ sessions: count, at: nanoseconds }),
        v.description("Only in the list: number of sessions that expired for room, and the time of the last."),
      ),
    ),
  }),
  v.description("Storage usage and its limits."),
) satisfies v.GenericSchema<Retention>;

const RecentExportSchema = v.object({
  at: v.pipe(v.number(), v.description("Unix milliseconds.")),
  signal: v.picklist(["traces", "logs", "metrics"]),
  encoding: v.exactOptional(v.picklist(["json", "protobuf"])),
  service: v.exactOptional(text),
  accepted: count,
  rejected: count,
  reason: v.exactOptional(text),
}) satisfies v.GenericSchema<RecentExport>;

export const RecentExportsSchema = v.pipe(
  v.object({
    last: v.pipe(v.array(RecentExportSchema), v.description("Newest first, at most 20.")),
    refused: v.pipe(
      v.array(
        v.object({
          ...RecentExportSchema.entries,
          reason: text,
          status: v.pipe(v.number(), v.description("HTTP status of the answer: 200 if a part was accepted.")),
          firstAt: v.number(),
          count,
        }) satisfies v.GenericSchema<RefusedExport>,
      ),
      v.description("Refusals, whole or partial, newest first; equal ones are counted in one line."),
    ),
    dropped: v.pipe(
      v.object({ metrics: count }),
      v.description("Requests of signals that are accepted but not stored."),
    ),
  }),
  v.description("What reached the receiver lately: shows whether an exporter is connected."),
) satisfies v.GenericSchema<RecentExports>;

export const ListCountsSchema = v.pipe(
  v.object(v.entriesFromList(["all", ...STATUSES] as const, count)),
  v.description("Number of sessions by status, with the same filters except `status`."),
) satisfies v.GenericSchema<ListCounts>;

const ListSumsSchema = v.pipe(
  v.object({
    sessions: count,
    tokens: v.pipe(count, v.description("Input and output.")),
    cost: v.pipe(dollars, v.description("US dollars.")),
    estimated: v.pipe(dollars, v.description("The part of `cost` from the price table.")),
    unpriced: v.pipe(count, v.description("Sessions with tokens of unknown cost, which `cost` excludes.")),
  }),
  v.description("Sums over all sessions that match the filters, `status` included."),
) satisfies v.GenericSchema<ListSums>;

export const resourceVersion = v.pipe(text, v.description("Where a stream goes on from this answer."));

export const SessionListSchema = v.object({
  resourceVersion,
  sessions: v.array(SessionSummarySchema),
  nextCursor: v.exactOptional(v.pipe(text, v.description("`cursor` of the next page; absent on the last one."))),
  counts: ListCountsSchema,
  sums: ListSumsSchema,
  recentExports: RecentExportsSchema,
  retention: RetentionSchema,
}) satisfies v.GenericSchema<ListPageAnswer>;

export const SessionSchema = v.pipe(
  v.object({
    ...OtlpDocumentSchema.entries,
    queries: v.exactOptional(v.array(QuerySummarySchema)),
    session: v.exactOptional(SessionSummarySchema),
    retention: v.exactOptional(RetentionSchema),
    resourceVersion,
  }),
  v.description("A value over 8 KiB is a preview with `offloaded`."),
);

export const SESSION_COMPONENTS = {
  Tally: TallySchema,
  Tokens: TokensSchema,
  Liveness: LivenessSchema,
  SessionSummary: SessionSummarySchema,
  QueryTarget: QueryTargetSchema,
  QuerySummary: QuerySummarySchema,
  Retention: RetentionSchema,
  RecentExports: RecentExportsSchema,
  ListCounts: ListCountsSchema,
  ListSums: ListSumsSchema,
  SessionList: SessionListSchema,
  Session: SessionSchema,
};
