import { LENGTH_BYTES } from "./chunk-encoding.ts";
import type { ChunkEncoding } from "./chunk-encoding.ts";
import { brotliCompressSync, constants, gzipSync, brotliDecompressSync, gunzipSync } from "node:zlib";

/** Takes half of the time of gzip's fastest level, and is smaller; slower levels are smaller still, but take twice gzip's time. */
const FASTEST_WITH_MATCHES = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

/**
 * The form of a chunk's body in the log. The array owns its buffer: a view into a pool would be cloned with the pool when
 * it crosses to an object.
 */
export function brotli(text: Uint8Array): Uint8Array {
  const stream = brotliCompressSync(text, FASTEST_WITH_MATCHES);
  const body = new Uint8Array(LENGTH_BYTES + stream.length);
  new DataView(body.buffer).setUint32(0, text.length, true);
  body.set(stream, LENGTH_BYTES);
  return body;
}

/**
 * gzip at level 1, which costs a third of level 6 and comes within a tenth of its size on spans. The array owns its
 * buffer: a view into a pool would be cloned with the pool when it crosses to an object.
 */
export function gzip(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(bytes, { level: 1 }));
}

/** What the log holds is compressed by this program, within limits that it checked: no bomb can lie here. */
export function inflate(encoding: ChunkEncoding, body: Uint8Array): Uint8Array {
  if (encoding === "brotli") return brotliDecompressSync(body.subarray(LENGTH_BYTES));
  return encoding === "gzip" ? gunzipSync(body) : body;
}
