import type { Tokens } from "../facts/facts.ts";

/** What liveness is computed from, together with the present; never a status itself. Times in Unix nanoseconds, decimal. */
export type LivenessFacts = {
  /** When the last delivery was received. */
  readonly lastArrival: string;
  /** Spans that say they run. */
  readonly running: number;
  /** The running span that started first. */
  readonly oldestRunning?: { readonly name: string; readonly start: string };
  /** Parents that were named and have not come, in traces whose query has not ended. */
  readonly awaitedParents: number;
  /** Parents that were named and have not come, in traces whose query has ended. */
  readonly missingParents: number;
  /** A root or a query ended in error, and not because nobody wanted the answer. */
  readonly failed: boolean;
  /** The question that has been open for longest: somebody was asked, and no answer is known. */
  readonly waiting?: OpenInputRequest;
};

export type OpenInputRequest = {
  /** First line, at most 160 UTF-16 units; the name of what asks where it does not tell. */
  readonly question: string;
  /** Name of the query that asks. */
  readonly query?: string;
  /** The tool whose call waits for the answer. */
  readonly tool?: string;
  /** What asks, `<traceId>:<spanId>`; absent in what an older version reported. */
  readonly span?: string;
  /** Unix nanoseconds, decimal. */
  readonly since: string;
};

/** `calls` counts spans, `errors` those that count as errors. Lists are sorted by calls, then by name. */
export type Tally = { readonly name: string; readonly calls: number; readonly errors: number };

/** `pending`: an Ark query that was handed over, and nobody works on it yet. */
export type QueryPhase = "pending" | "running" | "done" | "error" | "canceled";

/** Of whom a query is asked: Ark's types are agent, team, model and tool. */
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
  /** First line of why it failed or was canceled. */
  readonly failure?: string;
  readonly start: string;
  readonly end?: string;
  readonly spans: number;
  readonly errors: number;
  readonly tokens: Tokens;
  /** As in a session's summary. */
  readonly cost?: number;
};

/** The lists of names in a summary. */
export type NameList = "agents" | "teams" | "models" | "tools" | "services" | "namespaces" | "users";

export type SessionSummary = {
  readonly id: string;
  /** A bare trace has neither a session name nor any query, agent, model or tool span. */
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
  readonly errors: number;
  readonly queries: number;
  readonly agents: readonly Tally[];
  readonly teams: readonly Tally[];
  readonly models: readonly Tally[];
  readonly tools: readonly Tally[];
  readonly services: readonly string[];
  readonly namespaces: readonly string[];
  readonly users: readonly string[];
  /** How many names each list leaves out, where one does. */
  readonly omitted?: Readonly<Partial<Record<NameList, number>>>;
  readonly tokens: Tokens;
  /** US dollars: what spans say, and for tokens whose cost none says what the price table does; absent without either. */
  readonly cost?: number;
  /** The part of `cost` that comes from the price table. */
  readonly estimated?: number;
  /** Models that used tokens whose cost nobody knows: `cost` is without them. */
  readonly unpriced?: readonly string[];
  /** Other session names its traces carry. */
  readonly also: readonly string[];
  /** The session whose ceiling kept this trace out. */
  readonly belongsTo?: string;
  /** Open streams. */
  readonly watchers: number;
};
