import { describe, expect, test } from "vitest";
import { applyToList, byActivity, emptyList, matches } from "../../src/dashboard/list/list-fold.ts";
import type { SessionSummary } from "../../src/trace/summary.ts";

const session = (id: string, lastArrival: string, more: Partial<SessionSummary> = {}): SessionSummary => ({
  id,
  kind: "session",
  title: id,
  start: "0",
  end: "0",
  liveness: { lastArrival, running: 0, awaitedParents: 0, missingParents: 0, failed: false },
  traces: 1,
  spans: 1,
  errors: 0,
  queries: 1,
  agents: [],
  teams: [],
  models: [],
  tools: [],
  services: [],
  namespaces: [],
  users: [],
  tokens: { input: 0, output: 0, cached: 0, reasoning: 0 },
  also: [],
  watchers: 0,
  ...more,
});

describe("the list is a fold over its stream", () => {
  test("sessions come, change, and go; a reset starts anew", () => {
    const fold = emptyList();
    const shown = (): string =>
      byActivity(fold.sessions.values())
        .map(({ id, spans }) => `${id} ${spans}`)
        .join(", ");
    const seen: string[] = [];
    for (const event of [
      { type: "session", summary: session("a", "100") },
      { type: "session", summary: session("b", "200") },
      { type: "session", summary: session("a", "300", { spans: 7 }) },
      { type: "gone", id: "b" },
      { type: "reset" },
    ] as const) {
      applyToList(fold, event);
      seen.push(shown());
    }
    expect(seen).toEqual(["a 1", "b 1, a 1", "a 7, b 1", "a 7", ""]);
  });

  test("newest activity comes first, by number and not by digits; equals by id", () => {
    const sessions = [session("old", "999"), session("z", "1000"), session("a", "1000"), session("new", "1001")];
    expect(byActivity(sessions).map(({ id }) => id)).toEqual(["new", "a", "z", "old"]);
  });
});

test("a filter finds every one of its words, anywhere in a row, in any case", () => {
  const row = session("s-1", "1", {
    title: "Why is Checkout slow?",
    models: [{ name: "gpt-4.1", calls: 1, errors: 0 }],
    services: ["ark-completions"],
  });
  expect(
    ["", "  ", "checkout GPT", "S-1 ark", "checkout claude", "gpt-4.2"].map((filter) => matches(row, filter)),
  ).toEqual([true, true, true, true, false, false]);
});
