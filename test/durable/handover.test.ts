import { expect, test } from "vitest";
import type { Chunk } from "../../src/durable/session/log/chunk.ts";
import { PendingCopies } from "../../src/durable/session/copy/pending-copies.ts";
import { HANDOVER_BYTES } from "../../src/durable/session/limits.ts";

function chunk(traceRevision: number, bytes = 10): Chunk {
  return {
    revision: traceRevision + 100,
    traceId: "trace",
    traceRevision,
    kind: "spans",
    received: 0,
    encoding: "identity",
    receipt: { encoding: "json", spans: 1 },
    hashes: [],
    facts: "",
    body: new Uint8Array(bytes),
  };
}

function holding(...chunks: readonly Chunk[]): PendingCopies {
  const handover = new PendingCopies();
  for (const each of chunks) handover.add(each);
  return handover;
}

function revisionsFrom(handover: PendingCopies, traceRevision: number): readonly number[] {
  return handover.from(traceRevision).map((each) => each.traceRevision);
}

test("what was appended is handed on from the one that is due", () => {
  const handover = holding(chunk(3), chunk(4), chunk(5));
  expect(revisionsFrom(handover, 3)).toEqual([3, 4, 5]);
  expect(revisionsFrom(handover, 5)).toEqual([5]);
  expect(revisionsFrom(handover, 6)).toEqual([]);
});

test("a session that misses an earlier one is told from the log", () => {
  expect(revisionsFrom(holding(chunk(3), chunk(4)), 2)).toEqual([]);
});

test("what the session holds is let go of", () => {
  const handover = holding(chunk(3), chunk(4), chunk(5));
  handover.held(5);
  expect(revisionsFrom(handover, 3)).toEqual([]);
  expect(revisionsFrom(handover, 5)).toEqual([5]);
  handover.held(6);
  expect(revisionsFrom(handover, 5)).toEqual([]);
});

test("a gap in the trace's order is never handed on", () => {
  expect(revisionsFrom(holding(chunk(3), chunk(5)), 3)).toEqual([]);
  expect(revisionsFrom(holding(chunk(3), chunk(5)), 5)).toEqual([5]);
});

test("so many bytes are kept and not one more: the log has them all", () => {
  expect(revisionsFrom(holding(chunk(1, HANDOVER_BYTES - 10), chunk(2, 10)), 1)).toEqual([1, 2]);
  const past = holding(chunk(1, HANDOVER_BYTES - 10), chunk(2, 11));
  expect(revisionsFrom(past, 1)).toEqual([]);
  past.add(chunk(3));
  expect(revisionsFrom(past, 2)).toEqual([]);
  expect(revisionsFrom(past, 3)).toEqual([3]);
});
