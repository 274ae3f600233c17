import { expect, test } from "vitest";
import { readListPage } from "../../../src/session/list/list-page.ts";

const counts = { all: 0, waiting: 0, stalled: 0, running: 0, idle: 0, failed: 0, finished: 0 };
const sums = { sessions: 0, tokens: 0, cost: 0, estimated: 0, unpriced: 0 };
const recentExports = { last: [], refused: [], dropped: { metrics: 0 } };

test("a page of the list is returned as received", () => {
  const body = { resourceVersion: "a.7", sessions: [], nextCursor: "activity.desc.1.2", counts, sums, recentExports };
  expect(readListPage(body)).toBe(body);
});

test.each([
  [null],
  ["<html>"],
  [{ resourceVersion: "a.7", sessions: [] }],
  [{ resourceVersion: 7, sessions: [], counts, sums, recentExports }],
  [{ resourceVersion: "a.7", sessions: {}, counts, sums, recentExports }],
  [{ resourceVersion: "a.7", sessions: [], nextCursor: 7, counts, sums, recentExports }],
  [{ resourceVersion: "a.7", sessions: [], counts: { all: 1 }, sums, recentExports }],
  [{ resourceVersion: "a.7", sessions: [], counts, sums: { sessions: "1" }, recentExports }],
])("another body is an error: %j", (body) => {
  expect(() => readListPage(body)).toThrow("not a page of the list");
});
