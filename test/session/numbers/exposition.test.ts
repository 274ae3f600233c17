import { expect, test } from "vitest";
import type { EndedSpan } from "../../../src/session/numbers/ended-span.ts";
import { exposition } from "../../../src/session/numbers/exposition.ts";
import type { TenantNumbers } from "../../../src/session/numbers/numbers-answer.ts";
import { NUMBER_GROUPINGS, numbersBy, numbersOf } from "../../../src/session/numbers/numbers.ts";

const SESSIONS = { all: 3, waiting: 1, stalled: 0, running: 2, idle: 0, failed: 0, finished: 0 };
const TOKENS = { input: 100, output: 20, cached: 60, written: 0, written1h: 0, reasoning: 5 };

const numbers = (spans: readonly EndedSpan[]): TenantNumbers => ({
  ...numbersOf(spans),
  by: Object.fromEntries(NUMBER_GROUPINGS.map((by) => [by, numbersBy(spans, by)])),
  sessions: SESSIONS,
});

const span = (given: Partial<EndedSpan>): EndedSpan => ({
  key: "0000000000000001",
  end: 1_790_000_000_250_000,
  duration: 1_500_000_000,
  failed: false,
  kind: "http",
  name: "POST",
  ...given,
});

/** Lines without comments that begin so. */
const samples = (text: string, start: string): string[] => text.split("\n").filter((line) => line.startsWith(start));

test("seconds, dollars and escaped labels", () => {
  const hostile = 'a"b\\c\nd} 1\n# TYPE';
  const usage = { tokens: TOKENS, reported: 250_000_000, unpriced: 0 };
  const text = exposition(
    numbers([
      span({ route: hostile, turn: { duration: 2_000_000_000, failed: true, usage } }),
      span({ key: "2", kind: "llm", name: "chat", model: "acme-1", usage, usageOf: { model: "acme-1" }, failed: true }),
    ]),
  );
  const label = 'route="a\\"b\\\\c\\nd} 1\\n# TYPE"';
  expect(samples(text, "spanfold_route")).toEqual([
    `spanfold_route_requests{${label}} 1`,
    `spanfold_route_errors{${label}} 0`,
    `spanfold_route_duration_seconds{${label},quantile="0.5"} 1.5`,
    `spanfold_route_duration_seconds{${label},quantile="0.95"} 1.5`,
    `spanfold_route_duration_seconds{${label},quantile="0.99"} 1.5`,
    `spanfold_route_tokens{${label},type="input"} 100`,
    `spanfold_route_tokens{${label},type="output"} 20`,
    `spanfold_route_tokens{${label},type="cached"} 60`,
    `spanfold_route_tokens{${label},type="written"} 0`,
    `spanfold_route_tokens{${label},type="reasoning"} 5`,
    `spanfold_route_cost_dollars{${label}} 0.25`,
  ]);
  expect(samples(text, "spanfold_turn")).toEqual(
    expect.arrayContaining([
      "spanfold_turns 1",
      "spanfold_turn_errors 1",
      'spanfold_turn_duration_seconds{quantile="0.99"} 2',
    ]),
  );
  expect(samples(text, "spanfold_operation_spans")).toEqual([
    'spanfold_operation_spans{operation="POST",kind="http"} 1',
    'spanfold_operation_spans{operation="chat",kind="llm"} 1',
  ]);
  expect(samples(text, "spanfold_window")).toEqual([
    "spanfold_window_limit 1000",
    "spanfold_window_start_timestamp_seconds 1790000000.25",
    "spanfold_window_end_timestamp_seconds 1790000000.25",
  ]);
  expect(samples(text, "spanfold_sessions")).toContain('spanfold_sessions{status="running"} 2');
});

test("each metric has help and a type before its samples, once", () => {
  const lines = exposition(numbers([span({ route: "GET /" }), span({ key: "2", tool: "search" })])).split("\n");
  expect(lines.at(-1)).toBe("");
  const seen = new Set<string>();
  for (const [at, line] of lines.entries()) {
    const [, name] = /^# TYPE (\S+) (?:gauge|summary)$/.exec(line) ?? [];
    if (name === undefined) continue;
    expect(lines[at - 1]).toMatch(new RegExp(`^# HELP ${name} \\S`));
    expect(lines[at + 1]).toMatch(new RegExp(`^${name}[ {]`));
    expect(seen.has(name)).toBe(false);
    seen.add(name);
  }
  for (const line of lines.slice(0, -1).filter((one) => !one.startsWith("#")))
    expect(line).toMatch(/^spanfold_[a-z_]+(?:\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? \d+(?:\.\d+)?$/);
});

test("of nothing: sessions and the limit, and no percentiles", () => {
  const text = exposition(numbers([]));
  expect(samples(text, "spanfold_spans")).toEqual(["spanfold_spans 0"]);
  expect(text).not.toContain("quantile");
  expect(text).not.toContain("timestamp");
});
