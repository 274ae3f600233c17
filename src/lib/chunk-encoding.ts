/** `brotli`: the length of the text in bytes, little-endian, then its brotli stream, which does not tell it. */
export type ChunkEncoding = "identity" | "gzip" | "brotli";

/** Bytes of the length before a brotli stream. */
export const LENGTH_BYTES = 4;
