import { expect, test } from "vitest";
import { exportRows, isOld, refusalsOf, shownRefusal } from "../../../src/dashboard/frame/refusals.ts";
import { refusalKey } from "../../../src/session/contract/refused-exports.ts";
import type { RecentExport, RefusedExport } from "../../../src/session/contract/stream-events.ts";

const MINUTE = 60_000;

const accepted = (at: number, given: Partial<RecentExport> = {}): RecentExport => ({
  at,
  signal: "traces",
  encoding: "json",
  accepted: 1,
  rejected: 0,
  ...given,
});

const refused = (at: number, reason: string, given: Partial<RefusedExport> = {}): RefusedExport => ({
  ...accepted(at, { accepted: 0 }),
  firstAt: at,
  count: 1,
  status: 403,
  reason,
  ...given,
});

const words = (rows: readonly RecentExport[]) => rows.map(({ at, reason = "accepted" }) => `${reason} at ${at}`);

test("the newest refusal is shown; a dismissed one is hidden until it occurs again", () => {
  const refusals = [refused(20_000, "a"), refused(10_000, "b")];
  const shown = (all: readonly RefusedExport[], dismissed: readonly RefusedExport[]) =>
    shownRefusal(all, new Map(dismissed.map((one) => [refusalKey(one), one.at])))?.reason;
  const [a = refused(0, ""), b = refused(0, "")] = refusals;
  expect(shown(refusals, [])).toBe("a");
  expect(shown(refusals, [a])).toBe("b");
  expect(shown(refusals, [a, b])).toBe(undefined);
  expect(shown([refused(30_000, "a", { count: 2 }), b], [a, b])).toBe("a");
  expect(shown([], [a])).toBe(undefined);
});

test("a refusal is old after five minutes", () => {
  expect([isOld(0, 5 * MINUTE), isOld(0, 5 * MINUTE + 1)]).toEqual([false, true]);
});

test("a session's own rejection is a refusal, unless the receiver lists it", () => {
  const part = { rejected: 1, reason: "too many" };
  expect(words(refusalsOf([accepted(9_000, part), accepted(8_000)], [refused(5_000, "a")]))).toEqual([
    "too many at 9000",
    "a at 5000",
  ]);
  const line = refused(9_001, "too many", { accepted: 1, rejected: 1, count: 3, firstAt: 1_000 });
  expect(refusalsOf([accepted(9_000, part), accepted(2_000, part)], [line])).toEqual([line]);
});

test("the table lists each export once, the newest first", () => {
  const part = { rejected: 1, reason: "too many" };
  const line = refused(9_001, "too many", { accepted: 1, rejected: 1 });
  expect(words(exportRows([accepted(9_000, part), accepted(1_000)], [line, refused(5_000, "a")]))).toEqual([
    "too many at 9000",
    "a at 5000",
    "accepted at 1000",
  ]);
});
