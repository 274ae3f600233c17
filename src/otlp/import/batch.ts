import type { Piece } from "./open-element.ts";

/** Most that is decoded at once, of small pieces: fewer tokens and spans than one request may have. */
const BATCH_TOKENS = 300_000;
const BATCH_BYTES = 4_000_000;
/** A piece counts as one item at least: each is an object in memory, whatever it holds. */
export const BATCH_ITEMS = 10_000;

/** Pieces of one kind that are decoded together. Their sums are kept, so that a piece costs the same however many there are. */
export class Batch {
  #pieces: Piece[] = [];
  #tokens = 0;
  #bytes = 0;
  #items = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether this piece goes into a batch of its own. An empty batch takes every piece. */
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

  /** All pieces; the batch is empty afterwards. */
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
