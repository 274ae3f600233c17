import type { Pace } from "./pace.ts";
import { PacedReader } from "./paced-reader.ts";
import type { Seconds } from "./paced-reader.ts";
import type { Result } from "./refusals.ts";
import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";

export type ContentCoding = "identity" | "gzip" | "deflate";

const CODINGS: { readonly [name: string]: ContentCoding } = {
  "": "identity",
  identity: "identity",
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
};

/** Whether there is room for so many more bytes; they count as held if there is. */
export type Hold = (bytes: number) => boolean;

const NO_ROOM = { ok: false, error: { reason: "no-room" } } as const;

/** What a body is read by. */
export type Reading = {
  /** Bytes of either form. */
  readonly limit: number;
  readonly hold: Hold;
  readonly pace: Pace;
  readonly seconds: Seconds;
  /** Bytes as they are sent, where the sender says: after them the end need not be waited for. */
  readonly announced?: number;
};

/**
 * A request's body, inflated. Never holds more than `limit` bytes of either form: reading stops at the first byte past
 * it, and so does inflating (OTLP/HTTP Request: a server limits the size after decompression). `hold` is asked
 * for room as bytes arrive: neither what is announced nor what is only expected counts.
 */
export async function readBody(
  stream: ReadableStream<Uint8Array> | null,
  contentEncoding: string | null,
  reading: Reading,
): Promise<Result<Uint8Array>> {
  const name = (contentEncoding ?? "").trim().toLowerCase();
  const coding = Object.hasOwn(CODINGS, name) ? CODINGS[name] : undefined;
  if (coding === undefined) {
    await stream?.cancel();
    return { ok: false, error: { reason: "unsupported-encoding", contentEncoding: name } };
  }
  if (stream === null) return { ok: true, value: new Uint8Array() };
  const reader = new PacedReader(stream, reading.pace, reading.seconds);
  const sent = await readAll(reader, reading);
  if (sent.ok) reader.close();
  else await reader.cancel();
  if (!sent.ok || coding === "identity") return sent;
  const inflated = inflate(sent.value, coding, reading.limit);
  return inflated.ok && !reading.hold(inflated.value.length) ? NO_ROOM : inflated;
}

async function readAll(reader: PacedReader, { limit, hold, announced }: Reading): Promise<Result<Uint8Array>> {
  let memory = new Uint8Array();
  let length = 0;
  while (length !== announced) {
    const next = await reader.read();
    if (!next.ok) return next;
    if (next.value.length === 0) break;
    const longer = length + next.value.length;
    if (longer > limit) return { ok: false, error: { reason: "too-large", what: "bytes", limit } };
    if (!hold(next.value.length)) return NO_ROOM;
    if (longer > memory.length) memory = grown(memory, longer, announced ?? limit);
    memory.set(next.value, length);
    length = longer;
  }
  return { ok: true, value: memory.subarray(0, length) };
}

/** Twice as much where that may be needed: many small pieces are not moved for each of them. */
function grown(memory: Uint8Array, least: number, most: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(least, Math.min(memory.length * 2, most)));
  larger.set(memory);
  return larger;
}

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

/** Index of the first byte that is not UTF-8; the length if all are. Only for saying where: decoding is native. */
export function invalidUtf8At(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let low = 0;
  let high = bytes.length;
  // The beginning [0, low) is valid, perhaps but for an unfinished character at its end.
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (isBeginning(decoder, bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  return low;
}

function isBeginning(decoder: TextDecoder, bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  } finally {
    resetDecoder(decoder);
  }
}

function resetDecoder(decoder: TextDecoder): void {
  try {
    decoder.decode();
  } catch {
    // An unfinished character at the end is an error of its own, and resets just the same.
  }
}
