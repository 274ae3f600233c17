import { describe, expect, test } from "vitest";
import { formatCursor, LONGEST_SEARCH, MOST_WORDS, readListQuery } from "../../src/api/list-query.ts";
import { LIST_SORTS } from "../../src/session/contract/directory.ts";
import { nameToken } from "../../src/session/list/search-text.ts";

const NOW = Date.UTC(2026, 10, 21, 9);
const read = (query: string) => readListQuery(new URLSearchParams(query), NOW);

function outcomeOf(query: string): unknown {
  const outcome = read(query);
  return outcome.ok ? outcome.query : outcome.detail;
}

describe("the parameters of the list", () => {
  // spec: LIST-1
  test("mean the newest hundred sessions by default", () => {
    expect(outcomeOf("")).toEqual({
      filter: { kind: "session", statuses: [], phrases: [], names: [] },
      sort: "activity",
      order: "desc",
      limit: 100,
    });
  });

  // spec: LIST-2
  test("apply together", () => {
    expect(
      outcomeOf(
        "kind=all&status=running,idle&status=failed&q=Plan+a+trip&agent=planner&tool=a/b&sort=cost&order=asc&limit=7",
      ),
    ).toEqual({
      filter: {
        kind: "all",
        statuses: ["running", "idle", "failed"],
        phrases: ["plan", "a", "trip"],
        names: [nameToken("agent", "planner"), nameToken("tool", "a/b")],
      },
      sort: "cost",
      order: "asc",
      limit: 7,
    });
  });

  test.each([
    ["2026-11-21T08:30:00Z", NOW - 1_800_000],
    ["2026-11-21T10:30+02:00", NOW - 1_800_000],
    ["2026-11-21T10:30 02:00", NOW - 1_800_000],
    ["2026-11-21", NOW - 9 * 3_600_000],
    [`${NOW - 1}000000`, NOW - 1],
    ["90s", NOW - 90_000],
    ["15m", NOW - 900_000],
    ["2h", NOW - 7_200_000],
    ["7d", NOW - 7 * 86_400_000],
  ])("accept since=%s", (text, since) => {
    expect(outcomeOf(`since=${encodeURIComponent(text)}`)).toMatchObject({ filter: { since } });
  });

  const TIME = "must be a time such as 2026-11-21T09:30:00Z, Unix nanoseconds, or a duration such as 15m, 2h or 7d";
  // spec: CURSOR-5
  test.each([
    ["kind=", "kind must be session, trace or all"],
    ["status=busy", "status must be among waiting, stalled, running, idle, failed, finished, separated by commas"],
    ["status=", "status must be among waiting, stalled, running, idle, failed, finished, separated by commas"],
    [`q=${"x".repeat(LONGEST_SEARCH + 1)}`, "q must have at most 256 characters"],
    [`q=${Array.from({ length: MOST_WORDS + 1 }, (_, n) => n).join("+")}`, "q must have at most 16 words"],
    ["agent=", "agent must be a name of at most 256 characters"],
    [`model=${"x".repeat(257)}`, "model must be a name of at most 256 characters"],
    ["since=yesterday", `since ${TIME}`],
    ["since=1795251600000", `since ${TIME}`],
    ["since=2026-13-45", `since ${TIME}`],
    ["until=-5m", `until ${TIME}`],
    ["since=1h&until=2h", "since must not be after until"],
    ["sort=name", "sort must be activity, start, duration, tokens, cost or errors"],
    ["order=up", "order must be desc or asc"],
    ["limit=0", "limit must be a whole number from 1 to 1000"],
    ["limit=1e2", "limit must be a whole number from 1 to 1000"],
    ["cursor=", "cursor must be a nextCursor from this server"],
    ["cursor=activity.desc.1.NaN", "cursor must be a nextCursor from this server"],
    ["cursor=name.desc.1.1", "cursor must be a nextCursor from this server"],
    [
      "cursor=cost.asc.1.1&sort=tokens",
      "cursor belongs to a list by cost, asc: sort and order must be the same or absent",
    ],
    [
      "cursor=cost.asc.1.1&order=desc",
      "cursor belongs to a list by cost, asc: sort and order must be the same or absent",
    ],
  ])("are refused with a reason: %s", (query, detail) => {
    expect(outcomeOf(query)).toBe(detail);
  });

  // spec: LIST-7
  test.each([LONGEST_SEARCH, 1])("may have a search text of %i characters", (length) => {
    expect(read(`q=${"x".repeat(length)}`).ok).toBe(true);
  });

  test("include a cursor that needs no encoding in a URL", () => {
    for (const value of [0, -1.5, 1_795_251_600_000.25, 1e21, 1.8e-7, 2 ** 53, -1e300]) {
      for (const sort of LIST_SORTS) {
        const cursor = formatCursor(sort, "asc", { value, n: 12 });
        expect(encodeURIComponent(cursor)).toBe(cursor);
        expect(outcomeOf(`cursor=${cursor}`)).toMatchObject({ sort, order: "asc", cursor: { value, n: 12 } });
      }
    }
  });
});
