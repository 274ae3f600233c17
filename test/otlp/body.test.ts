import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readBody } from "../../src/otlp/body.ts";
import { readOptions } from "./read-options.ts";

const BOMB = fileURLToPath(new URL("bomb-child.ts", import.meta.url));
const TEXT = new TextEncoder().encode("spans and more spans, ".repeat(2_000));
const LIMIT = 100_000;

type Source = {
  readonly stream: ReadableStream<Uint8Array>;
  readonly pulled: () => number;
  readonly cancelled: () => boolean;
};

/** A body that arrives in pieces, without a length, and counts the bytes pulled from it. */
function inPieces(bytes: Uint8Array, size: number, failsAt = Number.POSITIVE_INFINITY): Source {
  let at = 0;
  let isCancelled = false;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (at >= failsAt) controller.error(new Error("connection lost"));
        else if (at >= bytes.length) controller.close();
        else controller.enqueue(bytes.slice(at, (at += size)));
      },
      cancel() {
        isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, pulled: () => at, cancelled: () => isCancelled };
}

/** A body as a stream of bytes, which fills the reader's buffers with at most so many bytes at a time, in turn. */
function fromNetwork(bytes: Uint8Array, sizes: readonly number[]): ReadableStream<Uint8Array> {
  let at = 0;
  let turn = 0;
  return new ReadableStream<Uint8Array>({
    type: "bytes",
    pull(controller) {
      const request = "byobRequest" in controller ? controller.byobRequest : null;
      const room = request?.view;
      if (!room) throw new Error("the reader has no buffer");
      const piece = bytes.subarray(at, at + Math.min(room.byteLength, sizes[turn++ % sizes.length] ?? 1));
      if (piece.length === 0) controller.close();
      new Uint8Array(room.buffer, room.byteOffset, room.byteLength).set(piece);
      at += piece.length;
      request.respond(piece.length);
    },
  });
}

async function read(bytes: Uint8Array, contentEncoding: string | null, limit = LIMIT): Promise<string> {
  const held: number[] = [];
  const body = await readBody(inPieces(bytes, 1_000).stream, contentEncoding, {
    ...readOptions(limit),
    hold: (length) => held.push(length) > 0,
  });
  if (!body.ok) return Object.values(body.error).join(" ");
  const total = held.reduce((sum, length) => sum + length, 0);
  const isWhole = Buffer.compare(body.value, TEXT) === 0;
  return `${isWhole ? "whole" : body.value.length}, ${total - body.value.length} more held`;
}

describe("a request's body", () => {
  const gzipped = new Uint8Array(gzipSync(TEXT));
  const zlib = new Uint8Array(deflateSync(TEXT));
  const raw = new Uint8Array(deflateRawSync(TEXT));

  test.each([
    [null, TEXT, "whole, 0 more held"],
    ["", TEXT, "whole, 0 more held"],
    ["identity", TEXT, "whole, 0 more held"],
    ["gzip", gzipped, `whole, ${gzipped.length} more held`],
    ["GZip", gzipped, `whole, ${gzipped.length} more held`],
    ["x-gzip", gzipped, `whole, ${gzipped.length} more held`],
    [" deflate ", zlib, `whole, ${zlib.length} more held`],
    ["deflate", raw, `whole, ${raw.length} more held`],
  ])("Content-Encoding %j, in pieces", async (contentEncoding, bytes, outcome) => {
    expect(await read(bytes, contentEncoding)).toBe(outcome);
  });

  test("a missing body is an empty body", async () => {
    const body = await readBody(null, null, readOptions(LIMIT));
    expect(body).toEqual({ ok: true, value: new Uint8Array() });
  });

  test.each(["br", "zstd", "gzip, gzip", "constructor", "__proto__"])(
    "Content-Encoding %j is unsupported",
    async (name) => {
      expect(await read(TEXT, name)).toBe(`unsupported-encoding ${name}`);
    },
  );

  const flipped = (bytes: Uint8Array, fromEnd: number) => bytes.with(-fromEnd, (bytes.at(-fromEnd) ?? 0) ^ 0xff);
  test.each<[string, string, Uint8Array, string]>([
    ["gzip cut in the middle", "gzip", gzipped.subarray(0, 100), "unexpected end of file"],
    ["gzip without its last byte", "gzip", gzipped.subarray(0, -1), "unexpected end of file"],
    ["gzip without its trailer", "gzip", gzipped.subarray(0, -8), "unexpected end of file"],
    ["a wrong checksum", "gzip", flipped(gzipped, 8), "incorrect data check"],
    ["a wrong length", "gzip", flipped(gzipped, 4), "incorrect length check"],
    ["gzip of no bytes", "gzip", new Uint8Array(), "unexpected end of file"],
    ["plain text as gzip", "gzip", TEXT, "incorrect header check"],
    ["garbage after gzip", "gzip", new Uint8Array([...gzipped, 1, 2, 3]), "incorrect header check"],
    ["zlib cut", "deflate", zlib.subarray(0, -2), "unexpected end of file"],
    ["a wrong Adler sum", "deflate", flipped(zlib, 1), "incorrect data check"],
    ["raw deflate cut", "deflate", raw.subarray(0, -2), "unexpected end of file"],
  ])("%s is corrupt", async (_what, contentEncoding, bytes, message) => {
    expect(await read(bytes, contentEncoding)).toBe(`corrupt ${message}`);
  });

  test.each([
    ["with its length", 300_000],
    ["without its length", undefined],
  ])("a body that arrives as the network has it is whole, %s", async (_how, announced) => {
    const sent = new Uint8Array(300_000).map((_, at) => at % 251);
    const options = { ...readOptions(300_000), ...(announced === undefined ? {} : { announced }) };
    const body = await readBody(fromNetwork(sent, [1, 4_095, 70_000, 65_536, 3]), null, options);
    expect(body.ok && Buffer.compare(body.value, sent)).toBe(0);
    const tooLarge = await readBody(fromNetwork(sent, [70_000]), null, { ...options, limit: 299_999 });
    expect(tooLarge).toEqual({ ok: false, error: { reason: "too-large", what: "bytes", limit: 299_999 } });
  });

  test("a small body with its length is read at once, without a look for its end", async () => {
    const sent = new Uint8Array(8_192).map((_, at) => at % 251);
    let reads = 0;
    const sizes = {
      length: 1,
      get 0() {
        return (reads++, 65_536);
      },
    } as unknown as readonly number[];
    const body = await readBody(fromNetwork(sent, sizes), null, { ...readOptions(300_000), announced: 8_192 });
    expect([body.ok && Buffer.compare(body.value, sent), reads]).toEqual([0, 1]);
  });

  test("a connection lost while reading is an error, not a short body", async () => {
    const body = await readBody(inPieces(TEXT, 1_000, 5_000).stream, null, readOptions(LIMIT));
    expect(body).toEqual({ ok: false, error: { reason: "cut-off" } });
  });
});

describe("the limit (OTLP/HTTP Request: after decompression too)", () => {
  // spec: OTLP-7
  test("holds at the limit and one past it, in every encoding", async () => {
    for (const [contentEncoding, bytes] of [
      [null, TEXT],
      ["gzip", gzipSync(TEXT)],
      ["deflate", deflateSync(TEXT)],
      ["deflate", deflateRawSync(TEXT)],
    ] as const) {
      expect(await read(bytes, contentEncoding, TEXT.length)).toMatch(/^whole/);
      expect(await read(bytes, contentEncoding, TEXT.length - 1)).toBe(`too-large bytes ${TEXT.length - 1}`);
    }
  });

  test("stops reading at the first piece past it, and cancels the body", async () => {
    const source = inPieces(new Uint8Array(10_000_000), 1_000);
    await readBody(source.stream, null, readOptions(5_000));
    expect([source.pulled(), source.cancelled()]).toEqual([6_000, true]);
    const compressed = inPieces(new Uint8Array(10_000_000), 1_000);
    await readBody(compressed.stream, "gzip", readOptions(5_000));
    expect([compressed.pulled(), compressed.cancelled()]).toEqual([6_000, true]);
  });

  // spec: OTLP-7
  test("stops a bomb while inflating it", { timeout: 30_000 }, async () => {
    const limit = 8 * 1024 * 1024;
    const { stdout } = await promisify(execFile)(process.execPath, [BOMB, "200", String(limit)]);
    const { sent, outcome, rose } = JSON.parse(stdout) as { sent: number; outcome: string; rose: number };
    expect(sent).toBeLessThan(250_000);
    expect(outcome).toBe(`too-large bytes ${limit}`);
    expect(rose, "MB").toBeLessThan(32);
  });
});
