import type { SpanKind, Tokens } from "../facts/facts.ts";

/** Input of liveness, apart from the present; never a status. Times in Unix nanoseconds, decimal. */
export type LivenessFacts = {
  /** When the last delivery was received. */
  readonly lastArrival: string;
  /** It came by an import: what it says is no news. */
  readonly isImported?: true;
  /** Running spans. */
  readonly running: number;
  /** The running span that started first. `span`: `<traceId>:<spanId>`; absent in reports of an older version. */
  readonly oldestRunning?: { readonly name: string; readonly start: string; readonly span?: string };
  /** Parents that were named and not received, in traces without an ended query. */
  readonly awaitedParents: number;
  /** Parents that were named and not received, in traces with an ended query. */
  readonly missingParents: number;
  /** A root or a query ended in error, and was not canceled. */
  readonly failed: boolean;
  /** The oldest input request without a known answer. */
  readonly waiting?: OpenInputRequest;
};

export type OpenInputRequest = {
  /** First line, at most 160 UTF-16 units; without a text, the name of the requesting operation. */
  readonly question: string;
  /** Name of the query that the request belongs to. */
  readonly query?: string;
  /** Tool whose call waits for the answer. */
  readonly tool?: string;
  /** Requesting span, `<traceId>:<spanId>`; absent in reports of an older version. */
  readonly span?: string;
  /** Unix nanoseconds, decimal. */
  readonly since: string;
};

/** `calls` counts spans, `errors` those that failed. Lists are sorted by calls, then by name. */
export type Tally = { readonly name: string; readonly calls: number; readonly errors: number };

/** `pending`: an Ark query that was dispatched and has not started. */
export type QueryPhase = "pending" | "running" | "done" | "error" | "canceled";

/** Target of a query: Ark's types are agent, team, model and tool. */
export type QueryTarget = { readonly type?: string; readonly name: string };

/** The unit under a session: an Ark query, else a root of a trace. */
export type QuerySummary = {
  /** Unique in the session: `<traceId>:<spanId>`. */
  readonly key: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly namespace?: string;
  /** First line of its input. */
  readonly prompt?: string;
  readonly target?: QueryTarget;
  readonly phase: QueryPhase;
  /** First line of the reason of a failure or cancellation. */
  readonly failure?: string;
  readonly start: string;
  readonly end?: string;
  readonly spans: number;
  /** As in a session's summary. */
  readonly errors: number;
  readonly failedSpans: number;
  readonly tokens: Tokens;
  /** As in a session's summary. */
  readonly cost?: number;
};

/** What a session does, or did last: `engineer ▸ run_sql`. */
export type NowLine = {
  /** The agent or team that takes the step; absent if none is known. */
  readonly agent?: string;
  readonly kind: SpanKind;
  /** The model, the tool, the agent; else the span's name. */
  readonly step: string;
  readonly state: "running" | "ended";
  /** When a running step started, or an ended one ended: Unix nanoseconds, decimal. */
  readonly since: string;
};

/** Failures of one step for one reason. */
export type Cause = {
  /** The tool, the model, the agent; else the span's name. */
  readonly name: string;
  /** First line; absent without. */
  readonly reason?: string;
  readonly count: number;
};

/** The lists of names in a summary. */
export type NameList = "agents" | "teams" | "models" | "tools" | "services" | "namespaces" | "users";

export type SessionSummary = {
  readonly id: string;
  /** `trace`: neither a session name nor any query, agent, model or tool span. */
  readonly kind: "session" | "trace";
  readonly title: string;
  /** Earliest start and latest end (or start) of its spans, Unix nanoseconds, decimal. */
  readonly start: string;
  readonly end: string;
  readonly liveness: LivenessFacts;
  readonly traces: number;
  readonly spans: number;
  /** Absent without any. */
  readonly logRecords?: number;
  /** Causes of failures: spans that failed, without those that repeat the failure of a span below. */
  readonly errors: number;
  /** All spans that failed. */
  readonly failedSpans: number;
  readonly queries: number;
  readonly agents: readonly Tally[];
  readonly teams: readonly Tally[];
  readonly models: readonly Tally[];
  readonly tools: readonly Tally[];
  readonly services: readonly string[];
  readonly namespaces: readonly string[];
  readonly users: readonly string[];
  /** Numbers of names that lists omit; absent if none does. */
  readonly omitted?: Readonly<Partial<Record<NameList, number>>>;
  readonly tokens: Tokens;
  /** US dollars: costs from spans, and estimates from the price table for other tokens; absent without either. */
  readonly cost?: number;
  /** The part of `cost` that comes from the price table. */
  readonly estimated?: number;
  /** Models with tokens of unknown cost: `cost` excludes them. */
  readonly unpriced?: readonly string[];
  /** Other session names in its traces. */
  readonly also: readonly string[];
  /** The session that this trace names, if that session's limits refused the trace. */
  readonly belongsTo?: string;
  /** Its storage was damaged: only this summary is left. */
  readonly damaged?: true;
  /** Open streams. */
  readonly watchers: number;
  /** What it does now, or did last; absent without spans. */
  readonly nowLine?: NowLine;
  /** Its steps by start, as `stepStrip` writes them; absent without spans. */
  readonly steps?: string;
  /** The most frequent causes of its failures; absent without any. */
  readonly causes?: readonly Cause[];
  /** The agent or framework that made it, a `Producer` of this version or of a later one; absent if unknown. */
  readonly producer?: string;
};
