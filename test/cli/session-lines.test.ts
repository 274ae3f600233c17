import { expect, test } from "vitest";
import { PLAIN, widthOf } from "../../src/cli/terminal/style.ts";
import { sessionLines } from "../../src/cli/terminal/session-lines.ts";
import { readPrices } from "../../src/session/prices/prices.ts";
import { SessionView } from "../../src/session/view/session-view.ts";
import type { Span } from "../../src/otel/span.ts";

const TRACE = "5b8aa5a2d2c872e8321cf37308d69df4";
const START = 1_795_000_000_000;
const nanos = (millis: number): string => `${START + millis}000000`;

function span(id: number, parent: number, name: string, times: readonly [number, number?], attributes: object): Span {
  const [from, to] = times;
  return {
    traceId: TRACE,
    spanId: String(id).padStart(16, "0"),
    ...(parent === 0 ? {} : { parentSpanId: String(parent).padStart(16, "0") }),
    name,
    startTimeUnixNano: nanos(from),
    ...(to === undefined ? {} : { endTimeUnixNano: nanos(to) }),
    attributes: Object.entries(attributes).map(([key, value]) => ({
      key,
      value: typeof value === "number" ? { intValue: String(value) } : { stringValue: String(value) },
    })),
  };
}

const agent = { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "desk", "session.id": "desk-1" };
const model = {
  "gen_ai.operation.name": "chat",
  "gen_ai.request.model": "gpt-4o",
  "gen_ai.usage.input_tokens": 1_200,
  "gen_ai.usage.output_tokens": 80,
};
const tool = (name: string, more: object = {}) => ({
  "gen_ai.operation.name": "execute_tool",
  "gen_ai.tool.name": name,
  ...more,
});

function viewOf(spans: readonly Span[]): SessionView {
  const view = new SessionView("desk-1", readPrices);
  const receipt = { encoding: "json", spans: spans.length } as const;
  view.apply({
    type: "spans",
    received: nanos(9_000),
    receipt,
    resourceSpans: [{ scopeSpans: [{ spans: [...spans] }] }],
  });
  return view;
}

function linesOf(spans: readonly Span[], columns: number, lines?: number): string[] {
  const view = viewOf(spans);
  const summary = view.summary();
  if (summary === undefined) throw new Error("no summary");
  const canvas = { columns, style: PLAIN, ...(lines === undefined ? {} : { lines }) };
  return sessionLines({ summary, tree: view.tree(), now: START + 10_000 }, canvas).map((line) =>
    // Units never wrap on the page; a reader of a test sees a blank.
    line.replaceAll(/[\u00a0\u202f]/g, " "),
  );
}

const SESSION = [
  span(1, 0, "invoke_agent desk", [0], {
    ...agent,
    "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Is it raining in Porto?"}]}]',
  }),
  span(2, 1, "chat gpt-4o", [100, 1_700], model),
  span(
    3,
    1,
    "execute_tool weather",
    [1_700, 2_600],
    tool("weather", {
      "gen_ai.tool.call.arguments": '{"city":"Porto"}',
      "gen_ai.tool.call.result": "rain, 14 degrees",
    }),
  ),
  span(4, 1, "execute_tool book", [2_600], tool("book", { "gen_ai.tool.call.arguments": '{"seat":"12A"}' })),
];

test("a running session: title, state, what it does, and its tree", () => {
  expect(linesOf(SESSION, 96)).toEqual([
    "Is it raining in Porto?",
    "running · 2.60 s · 4 spans · 1,280 tokens · ≈ $0.0038 · desk-1",
    "desk ▸ book · 7 s",
    "",
    "● desk                                                                 1,280 ≈ $0.0038      10 s",
    "  ✓ gpt-4o                                                             1,280 ≈ $0.0038    1.60 s",
    "  ✓ weather Porto → rain, 14 degrees                                                      900 ms",
    "  ● book 12A                                                                                 7 s",
  ]);
});

test("a narrow terminal keeps what happened and how long it took", () => {
  const lines = linesOf(SESSION, 40);
  expect(lines.slice(4)).toEqual([
    "● desk                              10 s",
    "  ✓ gpt-4o                        1.60 s",
    "  ✓ weather Porto → rain, 14…     900 ms",
    "  ● book 12A                         7 s",
  ]);
  expect(lines[1]).toBe("running · 2.60 s · 4 spans · 1,280 toke…");
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(40);
});

test("a low terminal shows what runs, and how many rows are above and below", () => {
  const many = [
    ...SESSION,
    ...Array.from({ length: 30 }, (_, at) =>
      span(10 + at, 1, `execute_tool step${at}`, [3_000 + at, 3_001 + at], tool(`step${at}`)),
    ),
  ];
  const lines = linesOf(many, 60, 12);
  expect(lines).toHaveLength(12);
  expect(lines.slice(4).map((line) => line.replace(/ {2,}\S* ?\S*$/, ""))).toEqual([
    "● desk",
    "  ✓ gpt-4o",
    "  ✓ weather Porto → rain, 14 degrees",
    "  ● book 12A",
    "  ✓ step0",
    "  ✓ step1",
    "  ✓ step2",
    "… 27 rows below",
  ]);
  expect(lines.join("\n")).toContain("● book 12A");
});

test("escape sequences in names and results stay text", () => {
  const lines = linesOf(
    [span(1, 0, "x", [0, 10], tool("rm\u001b[2J", { "gen_ai.tool.call.result": "ok\u001b]52;c;ZXZpbA==\u0007" }))],
    100,
  );
  // oxlint-disable-next-line no-control-regex -- the test looks for control characters
  expect(lines.join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  expect(lines.join("\n")).toContain("✓ rm [2J → ok ]52;c;ZXZpbA==");
});

test("so do those in the names of spans that were not received", () => {
  const ids = ["a\u001b[2J", "b"].map((name, at) => ({ name, id: String(at + 7).padStart(16, "0") }));
  const paths = {
    "traceroot.span.ids_path": ids.map(({ id }) => id),
    "traceroot.span.path": [...ids.map(({ name }) => name), "x"],
  };
  const child = span(1, 8, "x", [0, 10], tool("x"));
  const attributes = Object.entries(paths).map(([key, values]) => ({
    key,
    value: { arrayValue: { values: values.map((stringValue) => ({ stringValue })) } },
  }));
  const lines = linesOf([{ ...child, attributes: [...(child.attributes ?? []), ...attributes] }], 100);
  expect(lines.join("\n")).toContain("● a␛[2J: running");
  // oxlint-disable-next-line no-control-regex -- the test looks for control characters
  expect(lines.join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});
