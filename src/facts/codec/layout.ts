/** Raise this when a fact is added, derived differently or written differently: objects then derive the facts of their log again. */
export const FACTS_VERSION = 20;

/**
 * The facts of a chunk's spans, in its order, as one JSON text:
 * `[version, start of the first span, span ids, hashes, texts, cells]`.
 *
 * All other facts of a span are a row of numbers in `cells`:
 * `parent, name, kinds, flags, start, last, size`, then one value or more for each flag that is set, in the order in which
 * `FactsReader` reads them. A name is an index in `texts`. A parent is the position of a span of this chunk, {@link NO_PARENT}, or,
 * below that, the index of its id in `texts`. A time is the nanoseconds of less than a second; any other is two cells,
 * {@link secondsCell} and the nanoseconds. `start` counts from the start of the first span, all other times from the start of their
 * own span. `last` is the end, or how recent the report of a running span is.
 *
 * One list of small numbers, because engines write and read it faster than nested lists. One number of 31 bits or more would make
 * them store all of its numbers as fractions: a hash is two cells of 16 bits. The flags of most spans have the low bits, and so
 * few digits.
 */
export const FLAG = {
  last: 1 << 0,
  /** The service is that of the span before it. */
  sameService: 1 << 1,
  tokens: 1 << 2,
  callHash: 1 << 3,
  model: 1 << 4,
  tool: 1 << 5,
  prompt: 1 << 6,
  session: 1 << 7,
  agent: 1 << 8,
  error: 1 << 9,
  failure: 1 << 10,
  service: 1 << 11,
  producer: 1 << 12,
  running: 1 << 13,
  exception: 1 << 14,
  user: 1 << 15,
  cost: 1 << 16,
  /** Tokens read from a cache, of reasoning and written to caches, behind the other counts: most calls report none. */
  tokenParts: 1 << 17,
  query: 1 << 18,
  claims: 1 << 19,
  promptGuessed: 1 << 20,
  route: 1 << 21,
  ancestors: 1 << 22,
  inputRequest: 1 << 23,
  derivation: 1 << 24,
  team: 1 << 25,
  target: 1 << 26,
  canceled: 1 << 27,
} as const;

/** `kinds` is OTLP's kind times this, plus the index in SPAN_KINDS. */
export const KINDS = 16;

export const NO_PARENT = -1;

/** A hash is its upper half times this, plus its lower half. */
export const HALF_HASH = 2 ** 16;

export const NANOS_PER_SECOND = 1e9;

/** Whole seconds as a negative cell, which no nanoseconds are: 0, -1, 1, -2 … become -1, -2, -3, -4 … */
export function secondsCell(seconds: number): number {
  return seconds < 0 ? 2 * seconds : -1 - 2 * seconds;
}

export function secondsIn(cell: number): number {
  return cell % 2 === 0 ? cell / 2 : (-1 - cell) / 2;
}

/** States of input requests, by number. */
export const REQUEST_STATES = ["closed", "open", "resumed"] as const;
