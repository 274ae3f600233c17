import type { Piece } from "./open-element.ts";

/** Limits of a batch of small pieces, decoded at once: fewer tokens and spans than one request may have. */
const BATCH_TOKENS = 300_000;
const BATCH_BYTES = 4_000_000;
/** A piece counts as at least one item: even an empty one is an object in memory. */
export const BATCH_ITEMS = 10_000;

/** Pieces of one kind, decoded together. Running sums make the cost of a piece independent of their number. */
export class Batch {
  #pieces: Piece[] = [];
  #tokens = 0;
  #bytes = 0;
  #items = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether this piece needs a new batch. An empty batch takes every piece. */
  isFullFor(piece: Piece): boolean {
    const [first] = this.#pieces;
    if (first === undefined) return false;
    return (
      first.kind !== piece.kind ||
      this.#tokens + piece.tokens > BATCH_TOKENS ||
      this.#items + itemsOf(piece) > BATCH_ITEMS ||
      this.#bytes + piece.bytes.length > BATCH_BYTES
    );
  }

  add(piece: Piece): void {
    this.#pieces.push(piece);
    this.#tokens += piece.tokens;
    this.#items += itemsOf(piece);
    this.#bytes += piece.bytes.length;
  }

  /** Returns all pieces and empties the batch. */
  take(): readonly Piece[] {
    const taken = this.#pieces;
    this.#pieces = [];
    this.#tokens = 0;
    this.#items = 0;
    this.#bytes = 0;
    return taken;
  }
}

function itemsOf(piece: Piece): number {
  return Math.max(1, piece.items);
}
