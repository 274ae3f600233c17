import { expect, test } from "vitest";
import type { Chunk } from "../../src/durable/session/log/chunk.ts";
import { PendingCopies } from "../../src/durable/session/copy/pending-copies.ts";
import { PENDING_COPIES_BYTES } from "../../src/durable/session/limits.ts";

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
  const pending = new PendingCopies();
  for (const each of chunks) pending.add(each);
  return pending;
}

function revisionsFrom(pending: PendingCopies, traceRevision: number): readonly number[] {
  return pending.from(traceRevision).map((each) => each.traceRevision);
}

test("appended chunks are sent from the next one on", () => {
  const pending = holding(chunk(3), chunk(4), chunk(5));
  expect(revisionsFrom(pending, 3)).toEqual([3, 4, 5]);
  expect(revisionsFrom(pending, 5)).toEqual([5]);
  expect(revisionsFrom(pending, 6)).toEqual([]);
});

test("a session that lacks an earlier chunk gets it from the log", () => {
  expect(revisionsFrom(holding(chunk(3), chunk(4)), 2)).toEqual([]);
});

test("chunks that the session has are dropped", () => {
  const pending = holding(chunk(3), chunk(4), chunk(5));
  pending.acknowledge(5);
  expect(revisionsFrom(pending, 3)).toEqual([]);
  expect(revisionsFrom(pending, 5)).toEqual([5]);
  pending.acknowledge(6);
  expect(revisionsFrom(pending, 5)).toEqual([]);
});

test("a gap in the trace's order is never sent from memory", () => {
  expect(revisionsFrom(holding(chunk(3), chunk(5)), 3)).toEqual([]);
  expect(revisionsFrom(holding(chunk(3), chunk(5)), 5)).toEqual([5]);
});

test("memory holds up to the limit, and not a byte more: the log has all of them", () => {
  expect(revisionsFrom(holding(chunk(1, PENDING_COPIES_BYTES - 10), chunk(2, 10)), 1)).toEqual([1, 2]);
  const past = holding(chunk(1, PENDING_COPIES_BYTES - 10), chunk(2, 11));
  expect(revisionsFrom(past, 1)).toEqual([]);
  past.add(chunk(3));
  expect(revisionsFrom(past, 2)).toEqual([]);
  expect(revisionsFrom(past, 3)).toEqual([3]);
});
