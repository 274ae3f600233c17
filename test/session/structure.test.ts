import { expect, test } from "vitest";
import { structureOfEvent, structureOfQuery } from "../../src/session/structure.ts";
import type { SessionStreamEvent } from "../../src/session/contract/stream-events.ts";
import type { Cause, NowLine, OpenInputRequest, QuerySummary, SessionSummary } from "../../src/session/summary.ts";
import { wholeView } from "./whole-view.ts";
import { dialect } from "../facts/dialect.ts";
import { spansEvent } from "./wire-of.ts";

const CANARY = "CANARY";

// Every field is required here: a new field has to be decided.
const WAITING: Required<OpenInputRequest> = {
  question: CANARY,
  query: "query-1",
  tool: "pay",
  span: "ab:cd",
  since: "7",
};

const QUERY: Required<QuerySummary> = {
  key: "ab:cd",
  traceId: "ab",
  spanId: "cd",
  name: "query-1",
  namespace: "default",
  prompt: CANARY,
  target: { type: "agent", name: "Ada" },
  phase: "error",
  failure: CANARY,
  start: "1",
  end: "9",
  spans: 4,
  errors: 1,
  failedSpans: 0,
  tokens: { input: 1, output: 2, cached: 0, written: 0, written1h: 0, reasoning: 0 },
  cost: 0.5,
};

const SUMMARY: Required<SessionSummary> = {
  id: "chat-7",
  kind: "session",
  title: CANARY,
  start: "1",
  end: "9",
  liveness: {
    lastArrival: "9",
    isImported: true,
    running: 1,
    oldestRunning: { name: "tool.pay", start: "5" },
    awaitedParents: 0,
    missingParents: 0,
    failed: false,
    waiting: WAITING,
  } satisfies Required<SessionSummary["liveness"]>,
  traces: 1,
  spans: 4,
  logRecords: 2,
  errors: 1,
  failedSpans: 0,
  queries: 1,
  agents: [{ name: "Ada", calls: 1, errors: 0 }],
  teams: [],
  models: [{ name: "gpt-5", calls: 1, errors: 0 }],
  tools: [{ name: "pay", calls: 1, errors: 1 }],
  services: ["shop"],
  namespaces: ["default"],
  users: ["u-1"],
  omitted: { tools: 3 },
  tokens: { input: 1, output: 2, cached: 0, written: 0, written1h: 0, reasoning: 0 },
  cost: 0.5,
  estimated: 0.1,
  unpriced: ["gpt-5"],
  also: ["chat-8"],
  belongsTo: "chat-9",
  damaged: true,
  watchers: 1,
  nowLine: { agent: "Ada", kind: "tool", step: "pay", state: "running", since: "5" } satisfies Required<NowLine>,
  steps: "amt~",
  causes: [{ name: "pay", reason: CANARY, count: 2 } satisfies Required<Cause>],
  producer: "ark",
};

test("a session's summary without contents has neither title nor question nor reasons of failures, and everything else", () => {
  const event = structureOfEvent({ type: "session", summary: SUMMARY });
  expect(event).toEqual({
    type: "session",
    summary: {
      ...SUMMARY,
      title: "chat-7",
      liveness: { ...SUMMARY.liveness, waiting: { ...WAITING, question: "" } },
      causes: [{ name: "pay", count: 2 }],
    },
  });
});

test("a query's summary without contents has neither prompt nor failure, and everything else", () => {
  const { prompt: _, failure: __, ...structure } = QUERY;
  expect(structureOfQuery(QUERY)).toEqual(structure);
});

test("a delivery without contents has the number of rejected spans, not the reason", () => {
  const rejected = { spans: 2, reason: CANARY };
  const receipt = { encoding: "json", spans: 4, service: "shop", rejected } as const;
  const events: SessionStreamEvent[] = [
    { type: "spans", received: "1", receipt, resourceSpans: [] },
    { type: "logs", received: "1", receipt, traceId: "ab", resourceLogs: [] },
  ];
  expect(events.map(structureOfEvent)).toMatchObject(
    events.map(() => ({ receipt: { service: "shop", rejected: { spans: 2, reason: "" } } })),
  );
});

test("a viewer of the structure sees the same queries, names, times, tokens and statuses", () => {
  const [whole, structure] = [wholeView("s-1"), wholeView("s-1")];
  dialect("traceroot").forEach((resourceSpans, second) => {
    const event = spansEvent(second, resourceSpans);
    whole.apply(event);
    structure.apply(structureOfEvent(event));
  });
  expect(structure.summary()).toEqual({ ...whole.summary(), title: "agent" });
  expect(structure.queries()).toEqual(whole.queries().map(structureOfQuery));
});
