import { countBefore } from "../lib/binary-search.ts";
import type { Pace } from "./pace.ts";
import { FEW_BYTES, PacedReader } from "./paced-reader.ts";
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

/** Reserves so many more bytes; `false` if there is no room for them. */
export type Hold = (bytes: number) => boolean;

const NO_ROOM = { ok: false, error: { reason: "no-room" } } as const;

/** Limits of reading one body. */
export type ReadOptions = {
  /** Bytes, both as received and inflated. */
  readonly limit: number;
  readonly hold: Hold;
  readonly pace: Pace;
  readonly seconds: Seconds;
  /** The Content-Length, if the sender gave one: reading stops after so many bytes without waiting for the end. */
  readonly announced?: number;
};

/**
 * A request's body, inflated. Never holds more than `limit` bytes of either form: reading and inflating stop at the first
 * byte past it (OTLP/HTTP Request: a server limits the size after decompression). `hold` reserves room as bytes arrive:
 * announced bytes do not count.
 */
export async function readBody(
  stream: ReadableStream<Uint8Array> | null,
  contentEncoding: string | null,
  reading: ReadOptions,
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

/** Size of the memory once the first bytes have arrived: an ordinary export then needs no other. */
const EXPORT_BYTES = 128 * 1024;

/** Reads into one buffer where the platform can: pieces in buffers of their own cost an export of 100 spans 40 µs more. */
async function readAll(reader: PacedReader, { limit, hold, announced }: ReadOptions): Promise<Result<Uint8Array>> {
  const most = Math.min(announced ?? limit, limit);
  let memory = new Uint8Array(Math.min(FEW_BYTES, most));
  let length = 0;
  while (length !== announced) {
    // Past the limit there must be room too, or the end and one byte too many would look alike.
    if (length === memory.length)
      memory = grown(memory, Math.max(length + FEW_BYTES, Math.min(most, Math.max(length * 2, EXPORT_BYTES))));
    const next = await reader.read(memory.subarray(length));
    if (!next.ok) return next;
    const piece = next.value;
    const isInPlace = memory.buffer.detached;
    if (isInPlace) memory = new Uint8Array(piece.buffer as ArrayBuffer);
    if (piece.length === 0) break;
    const longer = length + piece.length;
    if (longer > limit) return { ok: false, error: { reason: "too-large", what: "bytes", limit } };
    if (!hold(piece.length)) return NO_ROOM;
    if (!isInPlace) {
      if (longer > memory.length) memory = grown(memory, Math.max(longer, Math.min(memory.length * 2, most)));
      memory.set(piece, length);
    }
    length = longer;
  }
  return { ok: true, value: memory.subarray(0, length) };
}

function grown(memory: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(memory);
  return larger;
}

/**
 * Inflating stops at `limit`, so that a bomb costs no more than a body of that size. A cut stream, a cut trailer and a
 * wrong checksum are errors.
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

/** "deflate" is the zlib format (RFC 9110); some senders omit its two-byte header (RFC 1950: method 8, a multiple of 31). */
function hasZlibHeader(bytes: Uint8Array): boolean {
  const [method = 0, flags = 0] = bytes;
  return (method & 0x0f) === 8 && ((method << 8) | flags) % 31 === 0;
}

/** Index of the first byte that is not UTF-8; the length if all are. For error messages only: decoding is native. */
export function invalidUtf8At(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  // A beginning is valid too if the character at its end is unfinished.
  return countBefore(bytes.length, (index) => isBeginning(decoder, bytes.subarray(0, index + 1)));
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
    // An unfinished character at the end throws, and the decoder is reset all the same.
  }
}
