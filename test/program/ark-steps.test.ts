import { expect, test } from "vitest";
import { run, start, startProgram, temporaryDirectory } from "./program.ts";
import type { Program } from "./program.ts";

const SESSION = "trip-chicago";
const UID = "3f6c0f5e-6b7e-4a55-9a0e-2f4b6d1c9e01";
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
/** Unix milliseconds. A session that ended long ago is finished. */
const BEGAN = Date.now() - 60_000;

/** One event of the query, as Ark's controller and engine post it. */
async function postEvent(
  program: Program,
  reason: string,
  second: number,
  data: Record<string, string>,
): Promise<void> {
  const event = {
    timestamp: new Date(BEGAN + second * 1_000).toISOString(),
    eventType: "Normal",
    reason,
    message: reason,
    data: { queryId: UID, queryName: "weather-query", queryNamespace: "default", sessionId: SESSION, ...data },
  };
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${program.url}/ark/events`, { method: "POST", headers, body: JSON.stringify(event) });
  expect([response.status, await response.json()]).toEqual([201, { status: "success" }]);
}

type Part = {
  readonly id: number;
  readonly parent?: number;
  readonly name: string;
  readonly seconds: readonly [number, number];
  readonly more: Readonly<Record<string, string | number>>;
};

const spanId = (id: number): string => id.toString(16).padStart(16, "0");
const nanoseconds = (second: number): string => `${BEGAN + second * 1_000}000000`;

/** Spans of the query, as Ark's exporters send them: when they have ended, children first. */
async function postSpans(program: Program, parts: readonly Part[]): Promise<void> {
  const inherited = { "ark.session.id": SESSION, "query.name": "weather-query", "query.namespace": "default" };
  const spans = parts.map(({ id, parent, name, seconds: [from, to], more }) => ({
    traceId: TRACE,
    spanId: spanId(id),
    ...(parent === undefined ? {} : { parentSpanId: spanId(parent) }),
    name,
    kind: 1,
    startTimeUnixNano: nanoseconds(from),
    endTimeUnixNano: nanoseconds(to),
    attributes: Object.entries({ ...inherited, ...more }).map(([key, value]) => ({
      key,
      value: typeof value === "string" ? { stringValue: value } : { intValue: String(value) },
    })),
  }));
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "ark-completions" } }] };
  const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
  // As Ark's documentation has it: the variable ends in the path, and the SDK appends it once more.
  const response = await fetch(`${program.url}/v1/traces/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect([response.status, await response.json()]).toEqual([200, {}]);
}

/** The tree that `spanfold show` prints, without its columns of figures. */
async function treeIn(program: Program): Promise<string> {
  const { code, output } = await run("show", [SESSION], { SPANFOLD_URL: program.url, NO_COLOR: "1" });
  expect(code).toBe(0);
  const lines = output.split("\n").filter((line) => /^ *[●✓✗?○] /.test(line));
  return lines.map((line) => line.replace(/(\S) {2,}\S.*$/, "$1")).join("\n");
}

/** A session shows what was acknowledged a moment later. */
async function treeBecomes(program: Program, lines: readonly string[]): Promise<void> {
  await expect.poll(() => treeIn(program)).toBe(lines.join("\n"));
}

test("the five steps of Ark's prototype: a query is run, found, watched as a tree, its tool call seen, its details read", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const environment = { SPANFOLD_URL: program.url, NO_COLOR: "1" };
  const watched = start("watch", [SESSION, "--until", "finished"], environment);
  const agent = "default/weather";
  const model = { model: "gpt-4.1-mini", agent };
  const tool = { toolName: "get-weather", toolType: "http", toolId: "call_1", agent };

  // 1. The query is run: Ark reports it before any span has ended.
  const input = "What is the weather in Chicago?";
  await postEvent(program, "QueryExecutionStart", 0, { targetType: "agent", agent: "weather", input });
  await postEvent(program, "AgentExecutionStart", 0.1, { agent });

  // 2. The list has it.
  await expect
    .poll(async () => (await run("list", [], environment)).output)
    .toMatch(/^running {2}What is the weather in Chicago\? +trip-chicago/);

  // 3. Its tree is live.
  await postEvent(program, "LLMCallStart", 0.2, model);
  await treeBecomes(program, [
    "● weather-query What is the weather in Chicago?",
    "  ✓ target.weather",
    "  ● default/weather",
    "    ● gpt-4.1-mini",
  ]);

  // 4. Its tool call is there while it runs, with what it was given.
  const tokens = { promptTokens: "112", completionTokens: "18", totalTokens: "130" };
  await postEvent(program, "LLMCallComplete", 1.2, { ...model, ...tokens });
  await postEvent(program, "ToolCallStart", 1.3, { ...tool, parameters: '{"city":"Chicago"}' });
  await treeBecomes(program, [
    "● weather-query What is the weather in Chicago?",
    "  ✓ target.weather",
    "  ● default/weather",
    "    ✓ gpt-4.1-mini",
    "    ● get-weather Chicago",
  ]);

  // The spans come when they have ended, the last of them the query's: each is the row that its event made.
  await postEvent(program, "ToolCallComplete", 2.3, tool);
  await postEvent(program, "AgentExecutionComplete", 4, { agent });
  await postEvent(program, "QueryExecutionComplete", 4.1, { durationMs: "4100" });
  const usage = { "gen_ai.usage.input_tokens": 112, "gen_ai.usage.output_tokens": 18 };
  const call = { "tool.name": "get-weather", "tool.type": "http", "tool.id": "call_1" };
  const given = { "tool.input": '{"city":"Chicago"}', "tool.output": "4 °C, windy" };
  const answer = { "input.value": input, "output.value": "It is 4 °C and windy in Chicago." };
  const target = { "target.type": "agent", "target.name": "weather" };
  await postSpans(program, [
    {
      id: 4,
      parent: 3,
      name: "llm.gpt-4.1-mini",
      seconds: [0.2, 1.2],
      more: { "llm.model.name": model.model, ...usage },
    },
    { id: 5, parent: 3, name: "tool.get-weather", seconds: [1.3, 2.3], more: { ...call, ...given } },
  ]);
  await postSpans(program, [
    { id: 3, parent: 2, name: `agent.${agent}`, seconds: [0.1, 4], more: { "agent.name": agent } },
    { id: 2, parent: 1, name: "target.weather", seconds: [0.05, 4.05], more: target },
    { id: 1, name: "query.weather-query", seconds: [0, 4.1], more: { ...answer, ...usage } },
  ]);
  await treeBecomes(program, [
    "✓ weather-query What is the weather in Chicago?",
    "  ✓ target.weather",
    "    ✓ default/weather",
    "      ✓ gpt-4.1-mini",
    "      ✓ get-weather Chicago → 4 °C, windy",
  ]);

  // 5. Its details: what the tool was given and gave, and the whole as people read it.
  const span = await run("show", [SESSION, "--span", `${TRACE}:${spanId(5)}`], environment);
  expect(JSON.parse(span.output)).toMatchObject({
    kind: "tool",
    title: "get-weather(Chicago) → 4 °C, windy",
    input: { type: "json", text: '{"city":"Chicago"}' },
    output: { type: "text", text: "4 °C, windy" },
    toolCallId: "call_1",
  });
  const { output: transcript } = await run("show", [SESSION, "--md"], environment);
  for (const text of [input, "get-weather", "It is 4 °C and windy in Chicago."]) expect(transcript).toContain(text);

  // Whoever watched saw it end; and Ark's own clients read the same under its base path.
  const { code, output } = await watched.ended;
  expect([code, output]).toEqual([0, expect.stringContaining("get-weather Chicago → 4 °C, windy") as string]);
  const { items } = (await (await fetch(`${program.url}/ark/events/${UID}`)).json()) as { items: { reason: string }[] };
  expect(items.map(({ reason }) => reason)).toEqual([
    "QueryExecutionStart",
    "AgentExecutionStart",
    "LLMCallStart",
    "LLMCallComplete",
    "ToolCallStart",
    "ToolCallComplete",
    "AgentExecutionComplete",
    "QueryExecutionComplete",
  ]);
  const trace = (await (await fetch(`${program.url}/ark/traces/${TRACE}`)).json()) as { spans: unknown[] };
  expect(trace.spans).toHaveLength(5);
});
