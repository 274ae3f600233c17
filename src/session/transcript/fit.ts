import { byteLength, clip } from "./passage.ts";
import type { Passage } from "./passage.ts";

/** A part of a document. `print`: as Markdown, with its text. Without a text it never changes. */
export type Piece = {
  /** Of the turn, 0 for the head of the document. */
  readonly turn: number;
  readonly passage?: Passage;
  print(passage: Passage): string;
};

export type Bounds = {
  /** UTF-8 bytes. */
  readonly max: number;
  /** Says what is left out: so many pieces, of these turns. */
  readonly omission: (count: number, from: number, to: number) => string;
};

const NO_TEXT: Passage = { text: "" };
/** Bytes. Parts that are shorter are not cut; whole parts are left out instead. */
const LEAST = 400;
/** A part of this many bytes more says what it lacks. */
const NOTE = 150;
/** Where the estimate of the room for each part was too large, it shrinks until all fit. */
const SHRINK = 0.93;
/** Bytes for what says that pieces are left out. */
const OMISSION = 300;

/**
 * The pieces as one text of at most `max` bytes. The longest are cut first, in the middle of their texts, all to one length;
 * if that is not enough, pieces in the middle are left out. The first piece stays.
 */
export function fit(pieces: readonly Piece[], { max, omission }: Bounds): string {
  const whole = pieces.map((piece) => piece.print(piece.passage ?? NO_TEXT));
  const sizes = whole.map((text) => byteLength(text));
  if (total(sizes) <= max) return whole.join("");
  const printed = (at: number, room: number): string => {
    const text = whole[at] ?? "";
    const size = sizes[at] ?? 0;
    const piece = pieces[at];
    if (piece?.passage === undefined || size <= room) return text;
    const { length } = piece.passage.text;
    const cut = piece.print(clip(piece.passage, Math.floor(((room - NOTE) * length) / size)));
    // The note of a cut may be longer than what it replaces.
    return byteLength(cut) < size ? cut : text;
  };
  for (let room = Math.max(roomFor(sizes, max), LEAST); ; room = Math.max(room * SHRINK, LEAST)) {
    const texts = pieces.map((_, at) => printed(at, room));
    const cutSizes = texts.map((text) => byteLength(text));
    if (total(cutSizes) <= max) return texts.join("");
    if (room === LEAST) return withoutMiddle(pieces, texts, cutSizes, { max, omission });
  }
}

/** The size to which all larger ones are cut, so that their sum is `max`. */
function roomFor(sizes: readonly number[], max: number): number {
  const ordered = sizes.toSorted((a, b) => a - b);
  let room = max;
  for (const [at, size] of ordered.entries()) {
    const share = room / (ordered.length - at);
    if (size > share) return share;
    room -= size;
  }
  return max;
}

function withoutMiddle(
  pieces: readonly Piece[],
  texts: readonly string[],
  sizes: readonly number[],
  { max, omission }: Bounds,
): string {
  let room = max - OMISSION - (sizes[0] ?? 0);
  let front = 1;
  let back = pieces.length;
  // The end is what a reader comes for: it gets the first half.
  for (let half = room / 2; back > front && (sizes[back - 1] ?? 0) <= half; back--) {
    half -= sizes[back - 1] ?? 0;
    room -= sizes[back - 1] ?? 0;
  }
  for (; front < back && (sizes[front] ?? 0) <= room; front++) room -= sizes[front] ?? 0;
  const note = omission(back - front, pieces[front]?.turn ?? 0, pieces[back - 1]?.turn ?? 0);
  return headOf([...texts.slice(0, front), note, ...texts.slice(back)].join(""), max);
}

/** The text cut to so many bytes, never inside a character. */
function headOf(text: string, max: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= max) return text;
  return new TextDecoder().decode(bytes.subarray(0, max), { stream: true });
}

function total(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}
