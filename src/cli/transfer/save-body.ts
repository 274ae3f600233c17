import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/**
 * Writes a response to a file, which is then whole or as it was before. A name that ends in `.gz` is written compressed. Answers the number
 * of bytes that were read.
 */
export async function saveBody(response: Response, file: string, onRead: (bytes: number) => void): Promise<number> {
  const partial = `${file}.part`;
  let read = 0;
  async function* counted(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      onRead((read += piece.length));
      yield piece;
    }
  }
  try {
    const body = Readable.from(response.body ?? []);
    if (file.endsWith(".gz")) await pipeline(body, counted, createGzip(), createWriteStream(partial));
    else await pipeline(body, counted, createWriteStream(partial));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return read;
}
