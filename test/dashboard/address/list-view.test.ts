import { describe, expect, test } from "vitest";
import {
  isNarrowed,
  listParameters,
  readListView,
  WHOLE_LIST,
  widened,
} from "../../../src/dashboard/address/list-view.ts";

const rewritten = (query: string): string =>
  decodeURIComponent(String(listParameters(readListView(new URLSearchParams(query)))));

describe("the URL has the list's filters, as parameters of the API", () => {
  test.each([
    ["", ""],
    ["kind=session&sort=activity&order=desc&q=", ""],
    ["q=pool exhausted", "q=pool+exhausted"],
    ["status=failed,running", "status=running,failed"],
    ["status=failed&status=waiting", "status=waiting,failed"],
    ["service=a&agent=x&agent=y", "agent=x&agent=y&service=a"],
    ["since=2h&until=2026-11-21T09:30:00Z", "since=2h&until=2026-11-21T09:30:00Z"],
    ["sort=cost&order=asc", "sort=cost&order=asc"],
    ["kind=nonsense&status=odd&sort=odd&order=odd&agent=&cursor=7", ""],
    ["since=yesterday", "since=yesterday"],
  ])("%s", (query, expected) => {
    expect(rewritten(query)).toBe(expected);
  });

  test("a name may contain any character", () => {
    const view = { ...WHOLE_LIST, names: [["agent", "a&b=c d+e%"]] } as const;
    expect(readListView(new URLSearchParams(String(listParameters(view))))).toEqual(view);
  });
});

test("clearing filters keeps kind and order", () => {
  const view = readListView(new URLSearchParams("kind=all&q=x&agent=y&status=failed&since=1h&sort=cost&order=asc"));
  expect([isNarrowed(view), isNarrowed(widened(view)), String(listParameters(widened(view)))]).toEqual([
    true,
    false,
    "kind=all&sort=cost&order=asc",
  ]);
});
