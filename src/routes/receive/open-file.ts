import { streamOf } from "../../lib/stream-of.ts";
import { createGunzip } from "node:zlib";
import type { Gunzip } from "node:zlib";

type File =
  | { readonly ok: true; readonly bytes: ReadableStream<Uint8Array> }
  | { readonly ok: false; readonly status: 415; readonly title: string; readonly detail: string };

/** A body, inflated: gzip and deflate by its header, gzip also by the file's first bytes. */
export async function openFile(body: ReadableStream<Uint8Array>, contentEncoding: string | null): Promise<File> {
  const coding = (contentEncoding ?? "").trim().toLowerCase();
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return { ok: true, bytes: gunzipped(body) };
    case "deflate":
      return { ok: true, bytes: body.pipeThrough(new DecompressionStream("deflate")) };
    case "":
    case "identity": {
      const { isGzip, bytes } = await sniff(body);
      return { ok: true, bytes: isGzip ? gunzipped(bytes) : bytes };
    }
    default:
      return {
        ok: false,
        status: 415,
        title: "Unsupported Media Type",
        detail: `Content-Encoding "${coding}" is not supported: send gzip, deflate or none.`,
      };
  }
}

/** Gzip members may follow each other in one file: `DecompressionStream` does not support that. */
function gunzipped(bytes: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const gunzip = createGunzip();
  const pieces: AsyncIterator<Uint8Array, void> = gunzip[Symbol.asyncIterator]();
  feed(gunzip, bytes).catch((error: unknown) =>
    gunzip.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return streamOf(pieces, () => gunzip.destroy());
}

async function feed(gunzip: Gunzip, bytes: ReadableStream<Uint8Array>): Promise<void> {
  const closed = new Promise<void>((resolve) => gunzip.once("close", resolve));
  for await (const piece of bytes) {
    if (gunzip.destroyed) return;
    if (gunzip.write(piece)) continue;
    await Promise.race([closed, new Promise<void>((resolve) => gunzip.once("drain", resolve))]);
  }
  gunzip.end();
}

/** Whether a body begins like gzip, and the whole body again. */
async function sniff(
  body: ReadableStream<Uint8Array>,
): Promise<{ readonly isGzip: boolean; readonly bytes: ReadableStream<Uint8Array> }> {
  const reader = body.getReader();
  let head = new Uint8Array();
  while (head.length < 2) {
    const { value, done } = await reader.read();
    if (done) break;
    const longer = new Uint8Array(head.length + value.length);
    longer.set(head);
    longer.set(value, head.length);
    head = longer;
  }
  const bytes = streamOf(resume(head, reader), async (reason) => await reader.cancel(reason));
  return { isGzip: head[0] === 0x1f && head[1] === 0x8b, bytes };
}

async function* resume(
  head: Uint8Array,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  if (head.length > 0) yield head;
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}
