/** Raised when a fact is added or derived otherwise, or written otherwise: objects then derive the facts of their log anew. */
export const FACTS_VERSION = 8;

/**
 * The facts of a chunk's spans, in its order, as one JSON text:
 * `[version, start of the first span, span ids, hashes, texts, cells]`.
 *
 * Everything else of a span is a row of numbers in `cells`:
 * `parent, name, kinds, flags, start, last, size`, then what the flags announce, in the order of {@link FLAG}. A name is its place in
 * `texts`; a parent is the position of a span of this chunk, {@link NO_PARENT}, or below that the place of its id in `texts`. A time is two
 * cells, whole seconds and nanoseconds: `start` counts from the first span's, all others from the span's own. `last` is the
 * end, or how new the report of a running span is.
 *
 * Small numbers in one list, because engines write and read these faster than lists of many things.
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
} as const;

/** Room for our kinds below OTLP's in one number. */
export const KINDS = 16;

export const NO_PARENT = -1;

export const NANOS_PER_SECOND = 1e9;
