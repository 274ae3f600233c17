import { describe, expect, test } from "vitest";
import { jsonText, parseJson } from "../../src/otel/any-value.ts";
import { readContent } from "../../src/facts/span-content.ts";
import { requestOf } from "../../src/session/rerun/query-request.ts";
import { resumePoint } from "../../src/session/rerun/resume-point.ts";
import type { QuerySummary } from "../../src/session/summary.ts";
import type { Span } from "../../src/otel/span.ts";

const nested = (key: string, depth: number): string => `{"${key}":`.repeat(depth) + "1" + "}".repeat(depth);

const toolCall = (input: string): Span => ({
  traceId: "t",
  spanId: "s",
  attributes: [
    { key: "gen_ai.operation.name", value: { stringValue: "execute_tool" } },
    { key: "gen_ai.tool.call.arguments", value: { stringValue: input } },
    { key: "gen_ai.tool.call.result", value: { stringValue: input } },
    { key: "input.value", value: { stringValue: input } },
    { key: "query.parameters", value: { stringValue: `[{"name":"x","value":${input}}]` } },
  ],
});

describe("JSON nested too deep for the stack", () => {
  test.each(["message", "a"])("stays text: {%o: …}", (key) => {
    const deep = nested(key, 80_000);
    expect(readContent(toolCall(deep)).input).toEqual({ kind: "text", text: deep });
    const model: Span = {
      traceId: "t",
      spanId: "s",
      attributes: [{ key: "input.value", value: { stringValue: deep } }],
    };
    expect(readContent(model).input).toEqual({ kind: "text", text: deep });
  });

  test("does not prevent rerunning or resuming a query", () => {
    const span = toolCall(nested("message", 80_000));
    const summary = { key: "q", traceId: "t", phase: "done", name: "n" } as QuerySummary;
    const request = requestOf("s-1", summary, [{ span }]);
    const point = resumePoint(request, undefined, [{ span }], 0);
    expect(JSON.stringify([request, point]).length).toBeGreaterThan(80_000);
  });

  test("within the limit is parsed and can be written", () => {
    const text = nested("a", 1_000).padEnd(20_000);
    expect(jsonText(parseJson(text))).toBe(text.trimEnd());
    expect(parseJson(nested("a", 1_001).padEnd(20_000))).toBeUndefined();
  });

  test("brackets inside strings do not count as nesting", () => {
    const text = JSON.stringify({ a: '\\"[{'.repeat(5_000) });
    expect(jsonText(parseJson(text))).toBe(text);
  });
});
