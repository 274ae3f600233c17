import type { Result } from "../refusals/decode-error.ts";
import { inflate } from "./inflate.ts";

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

/**
 * A request's body, inflated. Never holds more than `limit` bytes of either form: reading stops at the first byte past
 * it, and so does inflating (OTLP/HTTP Request: a server limits the size after decompression). `hold` is asked
 * for room as bytes come to be held, so that bodies still arriving count too.
 */
export async function readBody(
  stream: ReadableStream<Uint8Array> | null,
  contentEncoding: string | null,
  limit: number,
  hold: Hold,
): Promise<Result<Uint8Array>> {
  const name = (contentEncoding ?? "").trim().toLowerCase();
  const coding = Object.hasOwn(CODINGS, name) ? CODINGS[name] : undefined;
  if (coding === undefined) {
    await stream?.cancel();
    return { ok: false, error: { reason: "unsupported-encoding", contentEncoding: name } };
  }
  const sent = await readAll(stream, limit, hold);
  if (!sent.ok || coding === "identity") return sent;
  const inflated = inflate(sent.value, coding, limit);
  return inflated.ok && !hold(inflated.value.length) ? NO_ROOM : inflated;
}

async function readAll(
  stream: ReadableStream<Uint8Array> | null,
  limit: number,
  hold: Hold,
): Promise<Result<Uint8Array>> {
  if (stream === null) return { ok: true, value: new Uint8Array() };
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const next = await reader.read().catch(() => undefined);
    if (next === undefined) return { ok: false, error: { reason: "cut-off" } };
    if (next.done) return { ok: true, value: join(chunks, length) };
    length += next.value.length;
    if (length > limit) {
      await reader.cancel();
      return { ok: false, error: { reason: "too-large", what: "bytes", limit } };
    }
    if (!hold(next.value.length)) {
      await reader.cancel();
      return NO_ROOM;
    }
    chunks.push(next.value);
  }
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
