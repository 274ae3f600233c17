import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { LENGTH_BYTES } from "../../trace/delivery.ts";
import type { ChunkEncoding } from "../../trace/delivery.ts";

/** What the log holds is compressed by this program, within limits that it checked: no bomb can lie here. */
export function inflate(encoding: ChunkEncoding, body: Uint8Array): Uint8Array {
  if (encoding === "brotli") return brotliDecompressSync(body.subarray(LENGTH_BYTES));
  return encoding === "gzip" ? gunzipSync(body) : body;
}
