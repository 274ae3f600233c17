import { expect, test } from "vitest";
import { listColumns, listLine } from "../../src/cli/terminal/list-lines.ts";
import { PLAIN, widthOf } from "../../src/cli/terminal/style.ts";
import type { SessionSummary } from "../../src/session/summary.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { deriveFacts } from "../../src/facts/facts.ts";
import { summarise } from "../../src/session/whole-session.ts";
import { aSpan, traceIdOf } from "../durable/spans.ts";

const ARRIVED = 1_795_000_000_000;

function summaryOf(errors: number): SessionSummary {
  const table = new SpanTable();
  const trace = traceIdOf("a long list");
  for (let id = 1; id <= Math.max(1, errors); id++) {
    const failed = errors === 0 ? {} : { status: { code: 2, message: `no ${id}` } };
    const span = aSpan(trace, id, { name: "find the cause of the latency of checkout", ...failed }, {});
    table.admit(trace, deriveFacts(span, JSON.stringify(span), undefined, undefined), id, 0);
  }
  return summarise(table, { id: "checkout-latency-75b000", lastArrival: `${ARRIVED}000000`, watchers: 0 });
}

test("a line of the list is never wider than the terminal", () => {
  const ages = [0, 59_000, 184_000, 3_599_000, 11_000_000, 86_399_000, 9_000_000_000];
  for (const summary of [summaryOf(0), summaryOf(12)])
    for (let columns = 20; columns <= 220; columns++)
      for (const age of ages) {
        const line = listLine(summary, ARRIVED + age, listColumns(columns), PLAIN);
        expect(widthOf(line), `${columns}: ${line}`).toBeLessThanOrEqual(columns);
      }
});

test("the time since the last data has one unit", () => {
  const agoAt = (age: number) =>
    listLine(summaryOf(0), ARRIVED + age, listColumns(80), PLAIN).replaceAll("\u00a0", " ");
  expect(agoAt(42_000)).toMatch(/ 42 s ago$/);
  expect(agoAt(184_000)).toMatch(/ 3 m ago$/);
  expect(agoAt(11_000_000)).toMatch(/ 3 h ago$/);
});
