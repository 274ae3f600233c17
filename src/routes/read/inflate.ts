import { gunzipSync } from "node:zlib";
import type { ChunkEncoding } from "../../trace/delivery.ts";

/** What the log holds is compressed by this program, within limits that it checked: no bomb can lie here. */
export function inflate(encoding: ChunkEncoding, body: Uint8Array): Uint8Array {
  return encoding === "gzip" ? gunzipSync(body) : body;
}
