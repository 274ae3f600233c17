import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import type { Result } from "../refusals/decode-error.ts";

/**
 * Stops while inflating at `limit`, so that a bomb costs no more than a body of that size. A cut stream, a cut trailer
 * and a wrong checksum are errors.
 */
export function inflate(bytes: Uint8Array, coding: "gzip" | "deflate", limit: number): Result<Uint8Array> {
  const inflateAll = coding === "gzip" ? gunzipSync : hasZlibHeader(bytes) ? inflateSync : inflateRawSync;
  try {
    return { ok: true, value: inflateAll(bytes, { maxOutputLength: limit }) };
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, error: { reason: "too-large", what: "bytes", limit } };
    return { ok: false, error: { reason: "corrupt", message: error instanceof Error ? error.message : coding } };
  }
}

/** "deflate" is the zlib format (RFC 9110); some senders leave its two bytes out (RFC 1950: method 8, a multiple of 31). */
function hasZlibHeader(bytes: Uint8Array): boolean {
  const [method = 0, flags = 0] = bytes;
  return (method & 0x0f) === 8 && ((method << 8) | flags) % 31 === 0;
}
