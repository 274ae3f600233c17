import { describe, expect, test } from "vitest";
import { ListFold } from "../../../src/dashboard/sessions/fold.ts";
import type { ListPageAnswer } from "../../../src/session/list/list-page.ts";
import type { ListStreamEvent } from "../../../src/session/contract/stream-events.ts";
import type { SessionSummary } from "../../../src/session/summary.ts";
import { BARE_SUMMARY, OVER } from "../../session/bare-summary.ts";

const session = (id: string, lastArrival: string, more: Partial<SessionSummary> = {}): SessionSummary => ({
  ...BARE_SUMMARY,
  id,
  title: id,
  start: "0",
  end: "0",
  liveness: { ...OVER, lastArrival },
  ...more,
});

/** Times of receipt are in milliseconds here. */
const at = (id: string, millis: number, more: Partial<SessionSummary> = {}): SessionSummary =>
  session(id, `${millis}000000`, more);

const page = (sessions: readonly SessionSummary[], nextCursor?: string): ListPageAnswer => ({
  resourceVersion: "a.1",
  sessions,
  ...(nextCursor === undefined ? {} : { nextCursor }),
  counts: { all: 0, waiting: 0, stalled: 0, running: 0, idle: 0, failed: 0, finished: 0 },
  sums: { sessions: 0, tokens: 0, cost: 0, estimated: 0, unpriced: 0 },
  recentExports: { last: [], refused: [], dropped: { metrics: 0 } },
});

const shown = (fold: ListFold): string =>
  fold
    .shown()
    .map(({ id, spans }) => `${id} ${spans}`)
    .join(", ");

describe("the list merges its pages and the watch since the first page", () => {
  test("sessions are added, changed and deleted", () => {
    const fold = new ListFold("activity", "desc");
    fold.begin(page([at("a", 100)]));
    const seen = [shown(fold)];
    const events: readonly ListStreamEvent[] = [
      { type: "session", summary: at("b", 200) },
      { type: "session", summary: at("a", 300, { spans: 7 }) },
      { type: "gone", id: "b" },
      { type: "gone", id: "never seen" },
    ];
    for (const event of events) {
      fold.apply(event);
      seen.push(shown(fold));
    }
    expect(seen).toEqual(["a 1", "b 1, a 1", "a 7, b 1", "a 7", "a 7"]);
  });

  test("the newest activity comes first, compared as numbers; equal rows in the server's order", () => {
    const fold = new ListFold("activity", "desc");
    fold.begin(page([at("old", 999), at("z", 1000), at("a", 1000), at("new", 1001)]));
    expect(fold.shown().map(({ id }) => id)).toEqual(["new", "z", "a", "old"]);
  });

  test.each([
    ["errors", "desc", "b, a, c"],
    ["errors", "asc", "c, a, b"],
    ["duration", "desc", "a, c, b"],
    ["tokens", "desc", "c, b, a"],
    ["cost", "desc", "b, c, a"],
    ["start", "asc", "b, a, c"],
  ] as const)("by %s, %s", (sort, order, expected) => {
    const tokens = (input: number) => ({ input, output: 0, cached: 0, written: 0, written1h: 0, reasoning: 0 });
    const fold = new ListFold(sort, order);
    fold.begin(
      page([
        at("a", 1, { errors: 2, start: "2000000", end: "9000000", tokens: tokens(1) }),
        at("b", 2, { errors: 9, start: "1000000", end: "2000000", tokens: tokens(2), cost: 0.5 }),
        at("c", 3, { errors: 0, start: "5000000", end: "8000000", tokens: tokens(3), cost: 0.25 }),
      ]),
    );
    expect(
      fold
        .shown()
        .map(({ id }) => id)
        .join(", "),
    ).toBe(expected);
  });

  test("a change after the last page waits for its page", () => {
    const fold = new ListFold("errors", "desc");
    fold.begin(page([at("a", 1, { errors: 9 }), at("b", 1, { errors: 5 })], "next"));
    fold.apply({ type: "session", summary: at("few", 2, { errors: 1 }) });
    fold.apply({ type: "session", summary: at("many", 2, { errors: 7 }) });
    expect(shown(fold)).toBe("a 1, many 1, b 1");
    fold.addPage(page([at("c", 1, { errors: 3 }), at("few", 2, { errors: 1 })]), fold.expectPage());
    expect([shown(fold), fold.nextCursor]).toEqual(["a 1, many 1, b 1, c 1, few 1", undefined]);
  });

  test("a page that is older than an event of the watch does not undo it", () => {
    const fold = new ListFold("activity", "desc");
    fold.begin(page([at("a", 300)], "next"));
    const touched = fold.expectPage();
    fold.apply({ type: "session", summary: at("b", 400, { spans: 7 }) });
    fold.apply({ type: "gone", id: "c" });
    fold.addPage(page([at("b", 200), at("c", 100), at("d", 50)]), touched);
    expect(shown(fold)).toBe("b 7, a 1, d 1");
  });

  test("sessions from after the last page are known apart, until their page is loaded", () => {
    const fold = new ListFold("activity", "desc");
    fold.begin(page([at("a", 300)], "next"));
    const [apart, next] = [fold.expectPage(), fold.expectPage()];
    fold.apply({ type: "gone", id: "deleted" });
    fold.addApart(page([at("waiting", 100), at("deleted", 90), at("a", 300)]), apart);
    const beyond = () => fold.beyond().map(({ id }) => id);
    expect([shown(fold), fold.nextCursor, beyond()]).toEqual(["a 1", "next", ["waiting"]]);
    fold.addPage(page([at("b", 200), at("waiting", 100), at("deleted", 90)]), next);
    expect([shown(fold), beyond(), fold.isPaged("waiting")]).toEqual(["a 1, b 1, waiting 1", [], true]);
  });

  test("only rows sent by the watch count as new", () => {
    const fold = new ListFold("activity", "desc");
    fold.begin(page([at("a", 300)], "next"));
    fold.apply({ type: "session", summary: at("new", 400) });
    fold.addPage(page([at("b", 200)]), fold.expectPage());
    expect(["a", "b", "new"].map((id) => fold.isPaged(id))).toEqual([true, true, false]);
  });

  test("a restarted list contains no earlier rows", () => {
    const fold = new ListFold("activity", "desc");
    fold.begin(page([at("a", 300)], "next"));
    fold.begin(page([at("b", 300)]));
    expect([shown(fold), fold.nextCursor, fold.isPaged("a")]).toEqual(["b 1", undefined, false]);
  });
});
