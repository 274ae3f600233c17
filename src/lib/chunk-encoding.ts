/**
 * The form of a stored body; `body-codec.ts` writes and reads all of them. A file of its own: the page knows this type, and the
 * codec needs `node:zlib`.
 */
export type ChunkEncoding = "identity" | "gzip" | "brotli";
