import { expect, test } from "vitest";
import { readListPage } from "../../../src/dashboard/sessions/fold.ts";

const counts = { all: 0, waiting: 0, stalled: 0, running: 0, quiet: 0, failed: 0, finished: 0 };
const arrivals = { last: [], refused: [], notKept: { metrics: 0 } };

test("a page of the list is what the server says", () => {
  const body = { resourceVersion: "a.7", sessions: [], nextCursor: "activity.desc.1.2", counts, arrivals };
  expect(readListPage(body)).toBe(body);
});

test.each([
  [null],
  ["<html>"],
  [{ resourceVersion: "a.7", sessions: [] }],
  [{ resourceVersion: 7, sessions: [], counts, arrivals }],
  [{ resourceVersion: "a.7", sessions: {}, counts, arrivals }],
  [{ resourceVersion: "a.7", sessions: [], nextCursor: 7, counts, arrivals }],
  [{ resourceVersion: "a.7", sessions: [], counts: { all: 1 }, arrivals }],
])("and nothing else is: %j", (body) => {
  expect(() => readListPage(body)).toThrow("no page of the list");
});
