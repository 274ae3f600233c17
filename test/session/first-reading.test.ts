import { expect, test } from "vitest";
import { firstReading } from "../../src/session/first-reading.ts";
import type { Span } from "../../src/otel/span.ts";
import { wholeView } from "./whole-view.ts";
import { spansEvent } from "./wire-of.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";

const span = (id: number, name: string, attributes: Readonly<Record<string, string>> = {}, more: Partial<Span> = {}) =>
  ({
    traceId,
    spanId: id.toString(16).padStart(16, "0"),
    name,
    startTimeUnixNano: "1700000000000000000",
    endTimeUnixNano: "1700000001000000000",
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
    ...more,
  }) as Span;

function readingOf(...spans: readonly Span[]): string {
  const view = wholeView("s-1");
  if (spans.length > 0) view.apply(spansEvent(1, [{ scopeSpans: [{ spans }] }]));
  const tree = view.tree();
  return firstReading({ tree, queries: view.queries(), logs: [] });
}

test.each([
  ["nothing yet", [], "transcript"],
  ["a request of a web server", [span(1, "GET /", { "http.request.method": "GET" }), span(2, "SELECT 1")], "timeline"],
  [
    "a request that failed",
    [span(1, "GET /", { "http.request.method": "GET" }, { status: { code: 2, message: "boom" } })],
    "timeline",
  ],
  ["a model", [span(1, "POST /chat"), span(2, "chat", { "gen_ai.operation.name": "chat" })], "transcript"],
  ["a tool", [span(1, "call", { "gen_ai.tool.name": "search" })], "transcript"],
  ["a chain that was asked something", [span(1, "LangGraph", { "input.value": "What is a fjord?" })], "transcript"],
])("a session with %s opens in the reading that says most of it", (_, spans, expected) => {
  expect(readingOf(...spans)).toBe(expected);
});

test("a session that has log records only opens with them", () => {
  const view = wholeView("s-1");
  const session = { tree: view.tree(), queries: [], logs: [{}] };
  expect(firstReading(session)).toBe("logs");
});
