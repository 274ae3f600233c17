import type { ChunkEncoding } from "./chunk-encoding.ts";
import { brotliCompressSync, constants, gzipSync, brotliDecompressSync, gunzipSync } from "node:zlib";

/** Takes half the time of gzip's fastest level and compresses better. Slower levels compress better still, but take twice gzip's time. */
const FASTEST_WITH_MATCHES = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
/** Size of a length in bytes: before a brotli stream, which does not contain it, and at the end of a gzip stream (RFC 1952). */
const LENGTH_BYTES = 4;

/**
 * The form of a chunk's body in the log: the text's length in bytes, little-endian, then the brotli stream. The array owns its
 * buffer: a view into a pool would be cloned together with the pool when it is sent to an object.
 */
export function brotli(text: Uint8Array): Uint8Array {
  const stream = brotliCompressSync(text, FASTEST_WITH_MATCHES);
  const body = new Uint8Array(LENGTH_BYTES + stream.length);
  new DataView(body.buffer).setUint32(0, text.length, true);
  body.set(stream, LENGTH_BYTES);
  return body;
}

/**
 * The form of an offloaded value. gzip at level 1: a third of the time of level 6, and at most a tenth larger on spans. The
 * array owns its buffer, as above.
 */
export function gzip(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(bytes, { level: 1 }));
}

/** Needs no size limit: this program compressed every body in the log, after it checked the limits. */
export function inflate(encoding: ChunkEncoding, body: Uint8Array): Uint8Array {
  if (encoding === "brotli") return brotliDecompressSync(body.subarray(LENGTH_BYTES));
  return encoding === "gzip" ? gunzipSync(body) : body;
}

/** The length of the text in bytes, without inflating it. */
export function textLength(encoding: ChunkEncoding, body: Uint8Array): number {
  if (encoding === "identity" || body.length < LENGTH_BYTES) return body.length;
  const at = encoding === "brotli" ? 0 : body.length - LENGTH_BYTES;
  return new DataView(body.buffer, body.byteOffset + at, LENGTH_BYTES).getUint32(0, true);
}
