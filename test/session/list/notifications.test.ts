import { describe, expect, test } from "vitest";
import { NotificationFold } from "../../../src/session/list/notifications.ts";
import type { NotifiedStatus } from "../../../src/session/list/list-groups.ts";
import type { NotificationStep } from "../../../src/session/list/notifications.ts";
import type { LivenessFacts, SessionSummary } from "../../../src/session/summary.ts";
import { BARE_SUMMARY, OVER } from "../bare-summary.ts";

/** Milliseconds since a moment of today. */
const DAY = 1_790_000_000_000;
const nanos = (seconds: number): string => `${BigInt(DAY + seconds * 1_000) * 1_000_000n}`;

/** A session whose last spans ended and were received at this second. */
function session(id: string, second: number, facts: Partial<LivenessFacts> = {}, more: Partial<SessionSummary> = {}) {
  const summary: SessionSummary = {
    ...BARE_SUMMARY,
    id,
    title: `Plan ${id}`,
    start: nanos(0),
    end: nanos(second),
    liveness: {
      ...OVER,
      lastArrival: nanos(second),
      ...facts,
    },
    ...more,
  };
  return summary;
}

const asking = (id: string, second: number, question: string, since = second): SessionSummary =>
  session(id, second, { waiting: { question, span: `${id}:${since}`, since: nanos(since) } });

/** Feeds a fold what happened, second by second, and prints what is announced. */
function follow(
  statuses: readonly NotifiedStatus[] = ["waiting"],
  isWanted: (session: SessionSummary) => boolean = () => true,
) {
  const fold = new NotificationFold(statuses, isWanted);
  const print = (steps: readonly NotificationStep[]): string =>
    steps
      .map((one) => {
        if (one.step === "close") return `${one.id} closed`;
        const { title, body, span } = one.notification;
        return `[${title}]${body === "" ? "" : ` ${body}`}${span === undefined ? "" : ` → ${span}`}`;
      })
      .join("; ");
  const bookmark = (second: number) =>
    fold.apply({ type: "bookmark", resourceVersion: "a.1", now: DAY + second * 1_000 });
  return {
    open: (second: number, sessions: readonly SessionSummary[], page: "whole" | "part" = "whole") =>
      print([...fold.begin(sessions, page), ...bookmark(second)]),
    change: (second: number, ...summaries: SessionSummary[]) =>
      print([...summaries.flatMap((summary) => fold.apply({ type: "session", summary })), ...bookmark(second)]),
    leave: (second: number, id: string) => print([...fold.apply({ type: "gone", id }), ...bookmark(second)]),
  };
}

describe("a reader is notified of what changes", () => {
  test("a session that begins to wait is announced once, with its question, and closed when it goes on", () => {
    const { open, change, leave } = follow();
    expect(open(0, [])).toBe("");
    expect(change(10, asking("a", 9, "Deploy to production?"))).toBe("[Needs you: Plan a] Deploy to production? → a:9");
    // Another span of the session arrives, and the session waits as before.
    expect(change(12, asking("a", 12, "Deploy to production?", 9))).toBe("");
    expect(change(30, asking("a", 30, "And to staging?"))).toBe("a closed; [Needs you: Plan a] And to staging? → a:30");
    expect(leave(40, "a")).toBe("a closed");
    expect(leave(41, "a")).toBe("");
  });

  test("what waited before is not announced; its next question is", () => {
    const { open, change } = follow();
    expect(open(100, [asking("a", 95, "Deploy?")])).toBe("");
    expect(change(101, asking("a", 101, "Deploy?", 95))).toBe("");
    expect(change(110, asking("a", 109, "Sure?"))).toBe("[Needs you: Plan a] Sure? → a:109");
  });

  test("an import is not announced: it arrives long after it happened", () => {
    const { open, change } = follow(["waiting", "failed", "finished"]);
    open(0, []);
    expect(change(10_000, asking("a", 10_000, "Deploy?", 9_399))).toBe("");
    expect(change(10_000, asking("b", 10_000, "Deploy?", 9_401))).toBe("[Needs you: Plan b] Deploy? → b:9401");
    const imported = session("c", 10_000, {}, { end: nanos(9_399) });
    expect(change(10_010, imported)).toBe("");
  });

  test("ends are announced where chosen, with the cause of a failure", () => {
    const ended = session("a", 20);
    const failed = session("b", 20, { failed: true }, { causes: [{ name: "run_sql", reason: "timeout", count: 2 }] });
    const only = follow();
    only.open(0, []);
    expect(only.change(30, ended, failed)).toBe("");
    const both = follow(["waiting", "failed", "finished"]);
    both.open(0, []);
    expect(both.change(30, ended, failed)).toBe("[Finished: Plan a]; [Failed: Plan b] run_sql: timeout");
    // A viewer opened it: its number of watchers changed.
    expect(both.change(35, { ...ended, watchers: 1 })).toBe("");
    expect(both.leave(40, "a")).toBe("a closed");
    expect(both.change(60, session("a", 50))).toBe("[Finished: Plan a]");
  });

  test("an end of long ago is no news, whatever else changes", () => {
    const { open, change } = follow(["finished"]);
    open(0, [], "part");
    expect(change(89, { ...session("a", 20), watchers: 1 })).toBe("[Finished: Plan a]");
    expect(change(90, { ...session("b", 20), watchers: 1 })).toBe("");
  });

  test("only chosen sessions are announced", () => {
    const { open, change } = follow(["waiting"], ({ id }) => id === "b");
    open(0, []);
    expect(change(10, asking("a", 9, "Deploy?"), asking("b", 9, "Ship?"))).toBe("[Needs you: Plan b] Ship? → b:9");
  });

  test("after a reset, questions of the meantime are announced, and answered ones closed", () => {
    const { open, change } = follow(["waiting", "finished"]);
    open(0, []);
    expect(change(10, asking("a", 9, "Deploy?"))).not.toBe("");
    expect(open(100, [asking("b", 70, "Ship?"), session("c", 80)])).toBe("a closed; [Needs you: Plan b] Ship? → b:70");
  });

  test("a title and a question are one line, without hidden characters", () => {
    const { open, change } = follow();
    open(0, []);
    const summary = { ...asking("a", 9, `Really\n\u202e${"x".repeat(300)}`), title: "Plan\ta\u0007" };
    expect(change(10, summary)).toBe(`[Needs you: Plan a] Really ${"x".repeat(193)} → a:9`);
  });
});
