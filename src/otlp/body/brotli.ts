import { brotliCompressSync, constants } from "node:zlib";
import { LENGTH_BYTES } from "../../trace/delivery.ts";

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
