import { expect, test } from "vitest";
import type { Span } from "../../src/otel/span.ts";
import { run, startProgram, temporaryDirectory } from "./program.ts";
import { getJson, type SessionAnswer, spansOf, wholeExport } from "./read-back.ts";

/** Microseconds are exact in a double. */
const started = (span: Span) => Number(BigInt(span.startTimeUnixNano ?? 0) / 1000n);
const middle = (span: Span) => (started(span) + Number(BigInt(span.endTimeUnixNano ?? 0) / 1000n)) / 2;

/** By start; those that run at the same time by name: a busy machine begins the second of them some milliseconds late. */
function siblings(spans: readonly Span[]): Span[] {
  const byStart = spans.toSorted((a, b) => started(a) - started(b));
  const groups: Span[][] = [];
  for (const [at, span] of byStart.entries()) {
    const before = byStart[at - 1];
    if (before === undefined || started(span) >= middle(before)) groups.push([]);
    groups.at(-1)?.push(span);
  }
  return groups.flatMap((group) => group.toSorted((a, b) => (a.name ?? "").localeCompare(b.name ?? "")));
}

/** The tree of one trace as indented lines. */
function outline(spans: readonly Span[], parent: string | undefined, depth = 0): string[] {
  return siblings(spans.filter((span) => (span.parentSpanId ?? "") === (parent ?? ""))).flatMap((span) => [
    `${"  ".repeat(depth)}${span.name}${span.status?.code === 2 ? " ✗" : ""}`,
    ...outline(spans, span.spanId, depth + 1),
  ]);
}

test("the demo plays a team's session from two processes, as Ark would", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const { code, output } = await run("demo", ["--fast", "--endpoint", url]);
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining(`${url}/sessions/checkout-latency-`) });
  const path = new URL(output.trim()).pathname;

  const exported = await wholeExport(url, path, 2);
  const answer = await getJson<SessionAnswer>(url, path);
  expect(answer.session).toMatchObject({
    errors: 1,
    traces: 2,
    queries: 2,
    services: ["ark-completions", "ark-controller"],
  });
  expect(answer.session.agents.map((agent) => agent.name).toSorted()).toEqual([
    "engineer",
    "investigator",
    "log-analyst",
    "metrics-analyst",
    "reviewer",
    "scribe",
  ]);
  expect(answer.queries.map(({ name, namespace, phase }) => ({ name, namespace, phase }))).toEqual([
    { name: "find-the-cause", namespace: "sre", phase: "done" },
    { name: "status-note", namespace: "sre", phase: "done" },
  ]);

  const spans = spansOf(exported);
  const first = spans.find((span) => span.name === "query.find-the-cause.dispatch");
  const tree = outline(
    spans.filter((span) => span.traceId === first?.traceId),
    undefined,
  );
  expect(tree.slice(0, 20).join("\n")).toMatchInlineSnapshot(`
    "query.find-the-cause.dispatch
      a2a.send
        executor.completions
          query.find-the-cause
            target.incident-response
              team.sre/incident-response
                turn.0
                  agent.sre/investigator
                    llm.claude-sonnet-4-5
                    tool.log_analyst
                      agent.sre/log-analyst
                        llm.gemini-3-pro
                        tool.search_logs
                        llm.gemini-3-pro
                    tool.metrics_analyst
                      agent.sre/metrics-analyst
                        llm.gpt-5-mini
                        tool.query_metrics
                        llm.gpt-5-mini
                    llm.claude-sonnet-4-5"
  `);
  expect(tree.filter((line) => line.includes("✗"))).toHaveLength(1);
  expect(tree.filter((line) => line.includes("elicitation/create"))).toHaveLength(1);
  expect(answer.session.tokens.cached).toBeGreaterThan(10_000);
});

test("the demo says so when nothing listens", async () => {
  const { code, output } = await run("demo", ["--fast", "--endpoint", "http://127.0.0.1:9"]);
  expect({ code, output: output.trim() }).toEqual({
    code: 1,
    output: "Nothing listens at http://127.0.0.1:9. Start it first: npm start",
  });
});

test("the demo brings the token that exporters bring, and says so when it is refused", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory(), ADMIN_TOKEN: "admin" });
  const play = (token: string) =>
    run("demo", ["--fast", "--endpoint", url], { OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${token}` });
  const refused = await play("wrong");
  expect(refused.code).toBe(1);
  expect(refused.output).toContain(`Spans could not be sent to ${url}`);
  expect(refused.output).toContain("export OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20<INGEST_TOKEN>");
  // It did not begin to play.
  expect(refused.output).not.toContain("/sessions/");
  expect(await play("admin")).toMatchObject({ code: 0 });
});
