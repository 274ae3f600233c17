import { expect, test } from "vitest";
import { Batch, BATCH_ITEMS } from "../../src/otlp/import/batch.ts";
import type { Piece } from "../../src/otlp/import/open-element.ts";

const EMPTY = new TextEncoder().encode("{}");

function piece(more: Partial<Piece> = {}): Piece {
  return { kind: "resourceSpans", bytes: EMPTY, index: 0, position: 0, line: 1, tokens: 1, items: 0, ...more };
}

test("a batch reads the size of a piece a fixed number of times, for any number of pieces", () => {
  const batch = new Batch();
  let reads = 0;
  const counted: Piece = {
    ...piece(),
    get bytes() {
      reads++;
      return EMPTY;
    },
  };
  for (let n = 0; n < BATCH_ITEMS; n++) {
    expect(batch.isFullFor(counted)).toBe(false);
    batch.add(counted);
  }
  expect(reads / BATCH_ITEMS).toBeLessThanOrEqual(2);
});

test("a batch takes 10,000 pieces and no more, even if they hold no spans", () => {
  const batch = new Batch();
  for (let n = 0; n < BATCH_ITEMS - 1; n++) batch.add(piece());
  expect(batch.isFullFor(piece())).toBe(false);
  batch.add(piece());
  expect(batch.isFullFor(piece())).toBe(true);
  expect(batch.take()).toHaveLength(BATCH_ITEMS);
  expect(batch.isFullFor(piece())).toBe(false);
});

test.each([
  ["another kind", piece(), piece({ kind: "resourceLogs" })],
  ["more than 300,000 tokens", piece({ tokens: 200_000 }), piece({ tokens: 100_001 })],
  ["more than 10,000 items", piece({ items: 6_000 }), piece({ items: 4_001 })],
  ["more than 4 MB", piece({ bytes: new Uint8Array(2_000_000) }), piece({ bytes: new Uint8Array(2_000_001) })],
])("a batch ends before %s", (_, first, next) => {
  const batch = new Batch();
  expect(batch.isFullFor(first)).toBe(false);
  batch.add(first);
  expect(batch.isFullFor(next)).toBe(true);
});

test("a batch takes a piece up to the limits", () => {
  const batch = new Batch();
  batch.add(piece({ tokens: 200_000, items: 6_000, bytes: new Uint8Array(2_000_000) }));
  expect(batch.isFullFor(piece({ tokens: 100_000, items: 4_000, bytes: new Uint8Array(2_000_000) }))).toBe(false);
});
