import type { LivenessFacts, SessionSummary } from "../../src/session/summary.ts";

/** Of a session of one span that is over: nothing runs, waits or failed. */
export const OVER: Omit<LivenessFacts, "lastArrival"> = {
  running: 0,
  awaitedParents: 0,
  missingParents: 0,
  failed: false,
};

/** A summary without what tells one session from another. */
export const BARE_SUMMARY: Omit<SessionSummary, "id" | "title" | "start" | "end" | "liveness"> = {
  kind: "session",
  traces: 1,
  spans: 1,
  errors: 0,
  failedSpans: 0,
  queries: 1,
  agents: [],
  teams: [],
  models: [],
  tools: [],
  services: [],
  namespaces: [],
  users: [],
  tokens: { input: 0, output: 0, cached: 0, written: 0, written1h: 0, reasoning: 0 },
  also: [],
  watchers: 0,
};
