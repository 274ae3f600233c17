import { expect, test } from "vitest";

import { brotli, gzip, inflate, textLength } from "../../src/lib/body-codec.ts";
import type { ChunkEncoding } from "../../src/lib/chunk-encoding.ts";

const text = new TextEncoder().encode('[{"resource":{},"scopeSpans":[]}]'.repeat(500));

test.each([
  ["brotli", brotli(text)],
  ["gzip", gzip(text)],
  ["identity", text],
] as [ChunkEncoding, Uint8Array][])("a %s body inflates to its text, and says its length before", (encoding, body) => {
  expect(new Uint8Array(inflate(encoding, body))).toEqual(text);
  expect(textLength(encoding, body)).toBe(text.length);
  // A view into a larger buffer, as a storage row may be.
  const around = new Uint8Array(body.length + 9);
  around.set(body, 5);
  expect(textLength(encoding, around.subarray(5, 5 + body.length))).toBe(text.length);
  expect(body.buffer.byteLength).toBe(body.length);
});
