/** Raise this when a fact is added, derived differently or written differently: objects then derive the facts of their log again. */
export const FACTS_VERSION = 13;

/**
 * The facts of a chunk's spans, in its order, as one JSON text:
 * `[version, start of the first span, span ids, hashes, texts, cells]`.
 *
 * All other facts of a span are a row of numbers in `cells`:
 * `parent, name, kinds, flags, start, last, size`, then one value or more for each flag that is set, in the order of {@link FLAG}.
 * A name is an index in `texts`. A parent is the position of a span of this chunk, {@link NO_PARENT}, or, below that, the
 * index of its id in `texts`. A time is two cells, whole seconds and nanoseconds: `start` counts from the start of the first span,
 * all other times from the start of their own span. `last` is the end, or how recent the report of a running span is.
 *
 * One list of small numbers, because engines write and read it faster than nested lists. One number of 31 bits or more would make
 * them store all of its numbers as fractions: a hash is two cells of 16 bits.
 */
export const FLAG = {
  running: 1 << 0,
  error: 1 << 1,
  canceled: 1 << 2,
  last: 1 << 3,
  session: 1 << 4,
  query: 1 << 5,
  agent: 1 << 6,
  team: 1 << 7,
  model: 1 << 8,
  tool: 1 << 9,
  service: 1 << 10,
  user: 1 << 11,
  target: 1 << 12,
  failure: 1 << 13,
  prompt: 1 << 14,
  tokens: 1 << 15,
  cost: 1 << 16,
  ancestors: 1 << 17,
  inputRequest: 1 << 18,
  derivation: 1 << 19,
  claims: 1 << 20,
  callHash: 1 << 21,
  exception: 1 << 22,
  promptGuessed: 1 << 23,
  producer: 1 << 24,
  /** Counts of tokens that were written to a cache, behind the other counts: most calls have none. */
  written: 1 << 25,
  route: 1 << 26,
} as const;

/** `kinds` is OTLP's kind times this, plus the index in SPAN_KINDS. */
export const KINDS = 16;

export const NO_PARENT = -1;

/** A hash is its upper half times this, plus its lower half. */
export const HALF_HASH = 2 ** 16;

export const NANOS_PER_SECOND = 1e9;

/** States of input requests, by number. */
export const REQUEST_STATES = ["closed", "open", "resumed"] as const;
