import { describe, expect, test } from "vitest";
import { deriveRecordFacts } from "../../src/logs/record-facts.ts";
import { recordOfArkEvent } from "../../src/ark/events/event-record.ts";
import { findSpan } from "../../src/session/span-lookup.ts";
import { admitRecords } from "../../src/session/table/admit-records.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { at, factsOf, id } from "../facts/facts-of.ts";
import { arkEvent } from "../logs/ark-events.ts";

const OWNER = "a".repeat(32);
const TRACE = "b".repeat(32);

/** A query's agent and tool, traced, and the events of the same tool's call. */
function tableOfQuery(): SpanTable {
  const table = new SpanTable();
  const query = { name: "weather", namespace: "default" };
  const spans = [
    factsOf({ spanId: id(1), kind: "query", name: "query.weather", query, start: at(0), end: at(9) }),
    factsOf({ spanId: id(2), parentSpanId: id(1), kind: "agent", agent: "a", query, start: at(3), end: at(9) }),
    factsOf({ spanId: id(3), parentSpanId: id(2), kind: "chain", query, start: at(5), end: at(8) }),
    factsOf({ spanId: id(4), parentSpanId: id(3), kind: "tool", tool: "x", query, start: at(6), end: at(7) }),
  ];
  spans.forEach((facts, position) => table.admit(TRACE, facts, 1, position));
  const events = [
    arkEvent("ToolCallStart", 6, { toolName: "x", toolId: "c-1" }),
    arkEvent("ToolCallComplete", 7, { toolName: "x", toolId: "c-1", durationMs: "1000" }),
  ];
  const records = events.map((event) => {
    const { record, resource, scope } = recordOfArkEvent(event);
    return deriveRecordFacts(record, JSON.stringify(record), resource, scope);
  });
  admitRecords(table, OWNER, records, 2);
  return table;
}

describe("finding a span", () => {
  test("with the agent in which it ran, and the ids under which log records belong to it", () => {
    const table = tableOfQuery();
    const found = findSpan(table, TRACE, id(4), undefined);
    expect(found).toMatchObject({ found: "span", revision: 1, position: 3, otlpKinds: [1], agent: "a" });
    const [subject, ...others] = found.found === "span" ? found.subjects : [];
    expect([subject?.traceId, subject?.derived, others]).toEqual([OWNER, true, []]);
  });

  test("that another one replaces", () => {
    const table = tableOfQuery();
    const traced = findSpan(table, TRACE, id(4), undefined);
    const derived = traced.found === "span" ? (traced.subjects[0]?.spanId ?? "") : "";
    expect(findSpan(table, OWNER, derived, undefined)).toMatchObject({
      found: "span",
      revision: 2,
      replacedBy: { traceId: TRACE, spanId: id(4) },
    });
  });

  test("in a cycle of parents", () => {
    const table = new SpanTable();
    table.admit(TRACE, factsOf({ spanId: id(1), parentSpanId: id(2) }), 1, 0);
    table.admit(TRACE, factsOf({ spanId: id(2), parentSpanId: id(1) }), 1, 1);
    expect(findSpan(table, TRACE, id(1), undefined)).toMatchObject({ found: "span", position: 0 });
  });

  test("at the end of a chain of 50,000", () => {
    const table = new SpanTable();
    for (let n = 1; n <= 50_000; n++)
      table.admit(TRACE, factsOf({ spanId: id(n), parentSpanId: n === 1 ? "" : id(n - 1) }), 1, n);
    expect(findSpan(table, TRACE, id(50_000), undefined)).toMatchObject({ found: "span", position: 50_000 });
  });

  test("that is only named, has another kind, or is unknown", () => {
    const table = new SpanTable();
    const ancestors = [
      { spanId: id(7), name: "outer" },
      { spanId: id(8), name: "inner" },
    ];
    table.admit(TRACE, factsOf({ spanId: id(1), parentSpanId: id(8), ancestors }), 1, 0);
    expect(findSpan(table, TRACE, id(8), undefined)).toEqual({ found: "placeholder", by: "spans" });
    expect(findSpan(table, TRACE, id(7), undefined)).toEqual({ found: "placeholder", by: "spans" });
    expect(findSpan(table, TRACE, id(1), 3)).toEqual({ found: "other-kinds", otlpKinds: [1] });
    expect(findSpan(table, TRACE, id(9), undefined)).toEqual({ found: "none" });
    expect(findSpan(table, OWNER, id(1), undefined)).toEqual({ found: "none" });
  });
});
