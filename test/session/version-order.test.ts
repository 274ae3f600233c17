import { expect, test } from "vitest";
import { supersedes } from "../../src/facts/version-order.ts";
import type { SpanVersion } from "../../src/facts/version-order.ts";

/** Worst first. */
const RANKED: readonly SpanVersion[] = [
  { running: true, end: 0n, size: 100, hash: "00000000000000aa" },
  { running: true, end: 0n, size: 100, hash: "ff000000000000aa" },
  { running: true, end: 0n, size: 900, hash: "00000000000000aa" },
  { running: true, end: 0n, asOf: 1n, size: 80, hash: "00000000000000aa" },
  { running: true, end: 0n, asOf: 2n, size: 70, hash: "00000000000000aa" },
  { running: true, end: 0n, asOf: 1_790_000_000_000_000_000n, size: 60, hash: "00000000000000aa" },
  { running: false, end: 5n, size: 90, hash: "00000000000000aa" },
  { running: false, end: 5n, size: 91, hash: "00000000000000aa" },
  { running: false, end: 5n, size: 91, hash: "00000000000000ab" },
  { running: false, end: 6n, size: 10, hash: "0000000000000001" },
];

// spec: ID-2, ID-3, ID-4
test("the better version is the ended one, then the later or newer, the larger, the larger hash; equal versions change nothing", () => {
  const outcome = RANKED.map((candidate) =>
    RANKED.map((stored) => (supersedes(candidate, stored) ? ">" : ".")).join(""),
  );
  expect(outcome).toEqual(RANKED.map((_, rank) => ">".repeat(rank).padEnd(RANKED.length, ".")));
});
