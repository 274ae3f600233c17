import { expect, test } from "vitest";
import { addRefusal } from "../../src/session/contract/refused-exports.ts";
import type { RefusedExport } from "../../src/session/contract/stream-events.ts";

const MINUTE = 60_000;

const refused = (at: number, reason: string, given: Partial<RefusedExport> = {}): RefusedExport => ({
  at,
  firstAt: at,
  count: 1,
  status: 400,
  signal: "traces",
  encoding: "json",
  accepted: 0,
  rejected: 0,
  reason,
  ...given,
});

function linesOf(...all: readonly RefusedExport[]): readonly string[] {
  let lines: readonly RefusedExport[] = [];
  for (const one of all) lines = addRefusal(lines, one).lines;
  return lines.map(({ reason, status, count, firstAt, at }) => `${status} ${reason} × ${count}, ${firstAt} to ${at}`);
}

const some = (from: number, to: number, status = 400) =>
  Array.from({ length: to - from + 1 }, (_, n) => refused(n, `fault ${from + n}`, { status }));

test("repetitions are one line with the first and last time; the newest line is first", () => {
  expect(linesOf(refused(1, "a"), refused(2, "b"), refused(3, "a"), refused(4, "a"))).toEqual([
    "400 a × 3, 1 to 4",
    "400 b × 1, 2 to 2",
  ]);
});

test("another status, signal, encoding, service or reason is another line", () => {
  const lines = linesOf(
    refused(1, "a"),
    refused(2, "a", { status: 413 }),
    refused(3, "a", { signal: "logs" }),
    refused(4, "a", { encoding: "protobuf" }),
    refused(5, "a", { service: "tests" }),
    refused(6, "b"),
  );
  expect(lines.map((line) => line.replace(/.*× /, ""))).toEqual(
    Array.from({ length: 6 }, (_, n) => `1, ${6 - n} to ${6 - n}`),
  );
});

test("ten lines, and five of requests without access, are stored; further ones are counted as other refusals of their kind", () => {
  const lines = linesOf(...some(1, 10), ...some(1, 5, 403));
  expect(lines).toHaveLength(15);
  const more = linesOf(...some(1, 12), ...some(1, 7, 403), refused(20, "fault 13", { status: 401 }));
  expect(more.filter((line) => line.includes("other"))).toEqual([
    "401 other refusals × 3, 5 to 20",
    "400 other refusals × 2, 10 to 11",
  ]);
  expect(more).toHaveLength(17);
});

test("a new line replaces the oldest one after five minutes of silence", () => {
  const full = some(1, 10);
  expect(linesOf(...full, refused(5 * MINUTE, "new"))).toContain("400 other refusals × 1, 300000 to 300000");
  const lines = linesOf(...full, refused(5 * MINUTE + 1, "new"));
  expect(lines).toHaveLength(10);
  expect([lines[0], lines.at(-1)]).toEqual(["400 new × 1, 300001 to 300001", "400 fault 2 × 1, 1 to 1"]);
});

test("other refusals counted elsewhere stay other refusals", () => {
  const elsewhere = refused(7, "other refusals", { count: 9, status: 403 });
  expect(linesOf(elsewhere, refused(8, "a"), elsewhere)).toEqual([
    "400 a × 1, 8 to 8",
    "403 other refusals × 18, 7 to 7",
  ]);
});

test("a reported refusal is a line of count 0, and starts again", () => {
  const { lines, isFirst } = addRefusal([refused(1, "a", { count: 0 })], refused(9, "a"));
  expect([lines, isFirst]).toEqual([[refused(9, "a")], false]);
});
