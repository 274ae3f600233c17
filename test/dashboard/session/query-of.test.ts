import { expect, test } from "vitest";
import { isQueryRow, queryOf } from "../../../src/dashboard/session/rerun/query-of.ts";
import { wholeView } from "../../session/whole-view.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";

const span = (spanId: string, parentSpanId: string, name: string, query?: string) => ({
  traceId: TRACE,
  spanId: spanId.padStart(16, "0"),
  ...(parentSpanId === "" ? {} : { parentSpanId: parentSpanId.padStart(16, "0") }),
  name,
  startTimeUnixNano: "1000000000",
  endTimeUnixNano: "2000000000",
  ...(query === undefined ? {} : { attributes: [{ key: "query.name", value: { stringValue: query } }] }),
});

const view = wholeView("s");
view.apply({
  type: "spans",
  received: "3000000000",
  receipt: { encoding: "json", spans: 3 },
  resourceSpans: [
    {
      scopeSpans: [
        { spans: [span("1", "", "query.plan", "plan"), span("2", "1", "agent.guide"), span("3", "2", "tool.book")] },
      ],
    },
  ],
});
const rows = view.tree().rows;
const queries = view.queries();

test("a row belongs to the query above it, and only the query's own row is its row", () => {
  const lines = rows.map((row) => {
    const query = queryOf(row, queries);
    return `${row.name}: ${query?.name ?? "none"}${query !== undefined && isQueryRow(row, query) ? ", its row" : ""}`;
  });
  expect(lines).toEqual(["query.plan: plan, its row", "agent.guide: plan", "tool.book: plan"]);
});

test("a row of another trace belongs to no query", () => {
  const [first] = queries;
  if (first === undefined || rows[0] === undefined) throw new Error("there is a query");
  expect(queryOf(rows[0], [{ ...first, traceId: "f".repeat(32) }])).toBe(undefined);
});
