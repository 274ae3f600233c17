import type { Tokens } from "./facts.ts";

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
  /** A root or a query ended in error. */
  readonly failed: boolean;
};

/** `calls` counts spans, `errors` those that count as errors. Lists are sorted by calls, then by name. */
export type Tally = { readonly name: string; readonly calls: number; readonly errors: number };

export type QueryPhase = "running" | "done" | "error";

/** The unit under a session: an Ark query, else a root of a trace. */
export type QuerySummary = {
  /** Unique in the session: `<traceId>:<spanId>`. */
  readonly key: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly namespace?: string;
  readonly asked?: string;
  readonly phase: QueryPhase;
  readonly start: string;
  readonly end?: string;
  readonly spans: number;
  readonly errors: number;
  readonly tokens: Tokens;
};

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
  readonly errors: number;
  readonly queries: number;
  readonly agents: readonly Tally[];
  readonly models: readonly Tally[];
  readonly tools: readonly Tally[];
  readonly services: readonly string[];
  readonly namespaces: readonly string[];
  readonly tokens: Tokens;
  /** US dollars, as spans say; absent where none says. */
  readonly cost?: number;
  /** Other session names its traces carry. */
  readonly also: readonly string[];
  /** The session whose ceiling kept this trace out. */
  readonly belongsTo?: string;
  /** Open streams. */
  readonly watchers: number;
};
