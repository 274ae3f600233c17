/**
 * `brotli`: the text's length in bytes, little-endian, then the brotli stream, which does not contain the length.
 * A file of its own: the page knows this type, and `body-codec.ts` needs `node:zlib`.
 */
export type ChunkEncoding = "identity" | "gzip" | "brotli";

/** Size of the length before a brotli stream, in bytes. */
export const LENGTH_BYTES = 4;
