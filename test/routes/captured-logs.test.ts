import { beforeEach, describe, expect, test } from "vitest";
import { traceIdForSession } from "../../src/otlp/logs/group-records.ts";
import { RECORD_FACTS_VERSION } from "../../src/logs/record-facts-codec.ts";
import { FACTS_VERSION } from "../../src/facts/codec/layout.ts";
import { recordsOf } from "../durable/log-records.ts";
import * as world from "../durable/world.ts";
import claudeCode from "../fixtures/logs/claude-code-json-002.json";
import codex from "../fixtures/logs/codex-json-003.json";
import deno from "../fixtures/logs/deno-json-002.json";
import mastra from "../fixtures/logs/mastra-json-002.json";
import metrics from "../fixtures/metrics/claude-code-json-003.json";
import tracedAndLogged from "../fixtures/traced-and-logged/claude-code.json";

const CLAUDE_SESSION = "76d20104-d2eb-40ea-976f-39957bf5ca1f";
const CLAUDE_TRACE = "9c2de0b2cec5f7687b1842fafce05254";
const CODEX_SESSION = "01a1fe03-2018-7cc1-b102-7e9c24851818";
const CODEX_TRACES = ["4035a8fd6ccbb7f0501d5089f41357f3", "8c3eacef92cfb16beadc5a6b4e72e9f6"];
const DENO_TRACE = "06547e3bf9fee38faf06d8478c9c5c58";

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

async function post(path: string, body: unknown): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const response = await world.request(path, { method: "POST", headers, body: JSON.stringify(body) });
  return await response.json();
}

/** The same export from an agent without tracing. */
function untraced(body: unknown): unknown {
  return JSON.parse(
    JSON.stringify(body, (key, value: unknown) => (key === "traceId" || key === "spanId" ? undefined : value)),
  );
}

const REST = [
  CLAUDE_SESSION,
  CLAUDE_TRACE,
  traceIdForSession(CLAUDE_SESSION),
  CODEX_SESSION,
  traceIdForSession(CODEX_SESSION),
  ...CODEX_TRACES,
];

describe("captured exports to /v1/logs", () => {
  test("Claude Code: records with a trace id create the session that they name", async () => {
    expect(await post("/v1/logs", claudeCode)).toEqual({});
    await world.rest(REST);
    const { session, resourceLogs = [] } = (await world.readSession(CLAUDE_SESSION)) ?? {};
    expect(session).toMatchObject({
      kind: "session",
      title: "What is the weather? Use Bash.",
      logRecords: 7,
      traces: 1,
      queries: 1,
      models: [{ name: "claude-sonnet-4-5", calls: 2, errors: 0 }],
      tools: [{ name: "Bash", calls: 1, errors: 0 }],
      cost: 0.0006243,
      services: ["claude-code"],
    });
    expect(recordsOf(resourceLogs)).toHaveLength(7);
    expect(await world.readSession(CLAUDE_TRACE)).toBeUndefined();
  });

  test("Codex: records of two traces and records without a trace are one session", async () => {
    expect(await post("/v1/logs", codex)).toEqual({});
    await world.rest(REST);
    const { session } = (await world.readSession(CODEX_SESSION)) ?? {};
    expect(session).toMatchObject({
      kind: "session",
      logRecords: 33,
      traces: 3,
      queries: 1,
      models: [{ name: "gpt-5-codex", calls: 2, errors: 0 }],
      tools: [{ name: "exec_command", calls: 1, errors: 0 }],
    });
  });

  test("Deno: a program's output is attached to its span", async () => {
    expect(await post("/v1/logs", deno)).toEqual({});
    const { resourceLogs = [] } = (await world.readSession(DENO_TRACE)) ?? {};
    expect(recordsOf(resourceLogs).map(({ record }) => record.body?.stringValue)).toEqual(["ok /chat\n", "ok /two\n"]);
  });

  test("Mastra: records without a trace and a session are rejected, and the reason names the missing fields", async () => {
    expect(await post("/v1/logs", mastra)).toEqual({
      partialSuccess: {
        rejectedLogRecords: "3",
        errorMessage:
          "resourceLogs[0].scopeLogs[0].logRecords[0]: neither a traceId nor a session's name, such as session.id, on the record or its resource (and 2 more)",
      },
    });
    expect(await world.listed("all")).toEqual([]);
  });

  test("metrics: rejected with the right path at /v1/logs, accepted but not stored at /v1/metrics", async () => {
    expect(await post("/v1/logs", metrics)).toMatchObject({
      partialSuccess: { errorMessage: "these look like metrics; post them to /v1/metrics" },
    });
    expect(await post("/v1/metrics", metrics)).toEqual({
      partialSuccess: { rejectedDataPoints: "0", errorMessage: "metrics are accepted but not stored" },
    });
  });
});

describe("an agent that logs without trace ids and traces", () => {
  const { resourceSpans, resourceLogs } = tracedAndLogged;
  const TRACES = resourceSpans.flatMap((group) =>
    group.scopeSpans.flatMap(({ spans }) => spans.map((span) => span.traceId)),
  );
  const SESSION = "5f0a9f7e-4a51-4a38-9a7c-2f6ec1a7f201";
  const exports = { spans: ["/v1/traces", { resourceSpans }], records: ["/v1/logs", { resourceLogs }] } as const;

  test.each([
    ["spans", "records"],
    ["records", "spans"],
  ] as const)("is counted once if the %s arrive before the %s", async (first, second) => {
    for (const [path, body] of [exports[first], exports[second]]) {
      expect(await post(path, body)).toEqual({});
      await world.rest([SESSION, traceIdForSession(SESSION), ...new Set(TRACES)]);
    }
    const { session, queries } = (await world.readSession(SESSION)) ?? {};
    expect(session).toMatchObject({
      title: "How many tests fail?",
      spans: 13,
      logRecords: 11,
      traces: 2,
      queries: 2,
      tokens: { input: 82_480, output: 217 },
      cost: 0.0405,
      agents: [{ name: "claude-code", calls: 2, errors: 0 }],
      models: [
        { name: "claude-sonnet-4-5", calls: 4, errors: 0 },
        { name: "claude-haiku-4-5", calls: 1, errors: 0 },
      ],
      tools: [
        { name: "Bash", calls: 1, errors: 0 },
        { name: "Read", calls: 1, errors: 1 },
      ],
    });
    expect(queries?.map(({ prompt, cost }) => [prompt, cost])).toEqual([
      ["How many tests fail?", 0.0255],
      ["Show the first one", 0.015],
    ]);
  });
});

describe("an agent that only logs", () => {
  beforeEach(async () => {
    await post("/v1/logs", untraced(claudeCode));
    await world.rest(REST);
  });

  test("has a session with the queries, models, tools, tokens and cost of its records", async () => {
    const { session, queries, resourceSpans, resourceLogs } = (await world.readSession(CLAUDE_SESSION)) ?? {};
    expect(session).toMatchObject({
      kind: "session",
      title: "What is the weather? Use Bash.",
      spans: 4,
      logRecords: 7,
      queries: 1,
      errors: 0,
      models: [{ name: "claude-sonnet-4-5", calls: 2, errors: 0 }],
      tools: [{ name: "Bash", calls: 1, errors: 0 }],
      services: ["claude-code"],
      liveness: { running: 0, awaitedParents: 0, failed: false },
    });
    expect(queries).toMatchObject([{ prompt: "What is the weather? Use Bash.", phase: "done", spans: 4 }]);
    expect(resourceSpans).toEqual([]);
    expect(recordsOf(resourceLogs ?? [])).toHaveLength(7);
    expect((await world.listed("session")).map(({ id }) => id)).toEqual([CLAUDE_SESSION]);
  });

  test("has the data to run a query again", async () => {
    const [query] = (await world.readSession(CLAUDE_SESSION))?.queries ?? [];
    const path = `/sessions/${CLAUDE_SESSION}/queries/${encodeURIComponent(query?.key ?? "")}`;
    expect(await world.readPath<unknown>(path)).toMatchObject({ session: CLAUDE_SESSION });
    expect(JSON.stringify(await world.readPath<unknown>(path))).toContain("What is the weather? Use Bash.");
    expect(await world.readPath<unknown>(`${path}?for=resume`)).toBeDefined();
  });

  test("is the same after its object wakes, and with facts of an older version", async () => {
    const before = await world.readSession(CLAUDE_SESSION);
    await world.evict(CLAUDE_SESSION);
    expect(await world.readSession(CLAUDE_SESSION)).toEqual(before);
    for (const [from, to] of [
      [`["logs",${RECORD_FACTS_VERSION},`, `["logs",0,`],
      [`[${FACTS_VERSION},`, `[0,`],
    ]) {
      await world.change(CLAUDE_SESSION, "UPDATE chunk SET facts = replace(facts, ?, ?)", from ?? "", to ?? "");
      expect(await world.readSession(CLAUDE_SESSION)).toEqual(before);
      const [row] = await world.rowsOf<{ facts: string }>(CLAUDE_SESSION, "chunk");
      expect(row?.facts.startsWith(`["logs",${RECORD_FACTS_VERSION},`)).toBe(true);
    }
  });
});
