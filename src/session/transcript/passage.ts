/** A text, whole or without a part of its middle or end. */
export type Passage = {
  readonly text: string;
  /** The part that is left out: its place in `text`, in UTF-16 units, and its length in UTF-8 bytes. */
  readonly missing?: { readonly at: number; readonly bytes: number };
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes of the text in UTF-8. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    // A pair of units is four bytes; a lone surrogate is written as the replacement character, which is three.
    else bytes += 2;
    if (isHigh(unit) && isLow(text.charCodeAt(at + 1))) at++;
  }
  return bytes;
}

const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;
const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;

/** The passage with at most `units` of text: cut in the middle, or around the part that is missing already. */
export function clip(passage: Passage, units: number): Passage {
  const { text, missing } = passage;
  if (text.length <= units) return passage;
  const at = missing?.at ?? text.length;
  const rest = missing === undefined ? text.length : text.length - at;
  const half = Math.floor(units / 2);
  // An end that is shorter than its half leaves the other one its room.
  const after = missing === undefined ? half : Math.min(rest, Math.max(half, units - at));
  const head = endOfLine(text, wellFormedEnd(text, Math.min(at, units - after)));
  const tail = startOfLine(text, wellFormedStart(text, text.length - after));
  const dropped = byteLength(text.slice(head, tail));
  return {
    text: standalone(text.slice(0, head) + text.slice(tail)),
    missing: { at: head, bytes: dropped + (missing?.bytes ?? 0) },
  };
}

/** A part of what is kept may go, so that it ends with a line. */
const SPARED = 0.25;

function endOfLine(text: string, at: number): number {
  const end = text.lastIndexOf("\n", at - 1);
  return at < text.length && end > at * (1 - SPARED) ? end : at;
}

function startOfLine(text: string, at: number): number {
  const start = text.indexOf("\n", at) + 1;
  return at > 0 && start > 0 && start - at < (text.length - at) * SPARED ? start : at;
}

function wellFormedEnd(text: string, at: number): number {
  return at > 0 && isHigh(text.charCodeAt(at - 1)) ? at - 1 : at;
}

function wellFormedStart(text: string, at: number): number {
  return isLow(text.charCodeAt(at)) ? at + 1 : at;
}

/** A slice holds the whole text in memory as long as it lives; a copy does not. */
function standalone(text: string): string {
  return decoder.decode(encoder.encode(text));
}

type Kept = { -readonly [Field in keyof Passage]: Passage[Field] };

/**
 * The texts of one transcript. Beyond `limit` UTF-16 units together, all of them are cut to half of the length that was
 * allowed before: short texts stay whole, and memory is bounded.
 */
export class Passages {
  readonly #limit: number;
  readonly #kept: Kept[] = [];
  #length: number;
  #units = 0;

  constructor(limit = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
    this.#length = limit === 0 ? 0 : Number.POSITIVE_INFINITY;
  }

  /** `missing`: UTF-8 bytes that the text lacks at its end. */
  keep(text: string, missing = 0): Passage {
    const passage: Kept = { text };
    if (missing > 0) passage.missing = { at: text.length, bytes: missing };
    if (text.length > this.#length) Object.assign(passage, clip(passage, this.#length));
    if (passage.text === "" || this.#limit === Number.POSITIVE_INFINITY) return passage;
    this.#kept.push(passage);
    this.#units += passage.text.length;
    if (this.#units > this.#limit) this.#shorten();
    return passage;
  }

  #shorten(): void {
    const longest = this.#kept.reduce((most, { text }) => Math.max(most, text.length), 0);
    let length = Math.min(this.#length, longest);
    while (length > 1 && this.#units > this.#limit / 2) {
      length = Math.floor(length / 2);
      this.#units = 0;
      for (const passage of this.#kept) {
        if (passage.text.length > length) Object.assign(passage, clip(passage, length));
        this.#units += passage.text.length;
      }
    }
    this.#length = length;
  }
}
