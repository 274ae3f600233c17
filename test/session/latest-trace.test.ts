import { expect, test } from "vitest";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { latestTrace, MAX_BARS } from "../../src/session/latest-trace.ts";
import { linkDerivedSpans } from "../../src/session/correlate/derived-links.ts";
import { SessionParts } from "../../src/session/session-parts.ts";
import { RecentSpans } from "../../src/session/table/recent-spans.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { at, factsOf, id, TRACE } from "../facts/facts-of.ts";

const OTHER = "ab".repeat(16);

function latestOf(spans: readonly SpanFacts[], mostRows?: number) {
  const table = new SpanTable();
  const recent = new RecentSpans();
  table.recent = recent;
  const parts = new SessionParts(table, linkDerivedSpans, mostRows);
  table.admit(OTHER, factsOf({ spanId: id(99), start: at(-50), end: at(-40) }), 1, 0);
  spans.forEach((facts, position) => table.admit(TRACE, facts, 2, position));
  return latestTrace(recent, parts.folds(undefined));
}

/** "<indent><name> <kind> <state> <start>+<duration>" in seconds. */
const lines = (latest: ReturnType<typeof latestOf>): string[] =>
  (latest?.bars ?? []).map(
    ({ name, kind, state, depth, start, duration }) =>
      `${"  ".repeat(depth)}${name} ${kind} ${state} ${start / 1e9}+${duration / 1e9}`,
  );

const ROOT = factsOf({ spanId: id(1), name: "POST", kind: "http", end: 0n, running: true });
const LATE = factsOf({ spanId: id(3), parentSpanId: id(1), name: "late", start: at(4), end: at(6), error: true });
const EARLY = factsOf({ spanId: id(2), parentSpanId: id(1), name: "early", start: at(1), end: at(3) });
const BELOW = factsOf({ spanId: id(4), parentSpanId: id(2), name: "SELECT", kind: "db", start: at(1.5), end: at(2) });

test.each([
  ["in one part", undefined],
  ["in parts", 2],
])("a row for each span of the trace that began last, parents first and siblings by start: %s", (_, mostRows) => {
  const latest = latestOf([LATE, BELOW, ROOT, EARLY], mostRows);
  expect([latest?.traceId, latest?.start, latest?.duration, latest?.omitted]).toEqual([TRACE, String(at(0)), 6e9, 0]);
  expect(lines(latest)).toEqual([
    "POST http running 0+6",
    "  early internal ended 1+2",
    "    SELECT db ended 1.5+0.5",
    "  late internal failed 4+2",
  ]);
});

test("spans without a received parent stand at the edge, and a span of a wrong clock moves no axis", () => {
  const lost = factsOf({ spanId: id(5), parentSpanId: id(50), name: "lost", start: at(2), end: at(3) });
  const self = factsOf({ spanId: id(6), parentSpanId: id(6), name: "self", start: at(2.5), end: at(3) });
  const unset = factsOf({ spanId: id(7), parentSpanId: id(2), name: "unset", start: 0n, end: at(2) });
  const latest = latestOf([EARLY, lost, self, unset]);
  expect([latest?.start, latest?.duration]).toEqual([String(at(1)), 2e9]);
  expect(latest?.bars.map(({ name, depth }) => `${depth} ${name}`).toSorted()).toEqual([
    "0 early",
    "0 lost",
    "0 self",
    "1 unset",
  ]);
});

test("of very many spans the first 500, and how many are left out", () => {
  const many = Array.from({ length: MAX_BARS + 7 }, (_, n) =>
    factsOf({ spanId: id(n + 2), parentSpanId: id(1), start: at(n), end: at(n + 1) }),
  );
  const latest = latestOf([ROOT, ...many]);
  expect([latest?.bars.length, latest?.omitted, latest?.duration]).toEqual([MAX_BARS, 8, 507e9]);
  expect(latestOf([ROOT, ...many.slice(0, MAX_BARS - 1)])?.omitted).toBe(0);
});

test("a chain of 20,000 spans, and none", () => {
  const chain = Array.from({ length: 20_000 }, (_, n) =>
    factsOf({ spanId: id(n + 1), parentSpanId: n === 0 ? "" : id(n), start: at(n / 1e3), end: at(30) }),
  );
  expect(latestOf(chain)?.bars.at(-1)?.depth).toBe(MAX_BARS - 1);
  expect(latestTrace(new RecentSpans(), [])).toBeUndefined();
});
