import { createWriteStream } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { lineHead } from "../../session/contract/export-line.ts";
import type { ExportNote } from "../../session/contract/export-line.ts";

/**
 * Lines of data, and bytes, of a part at most: a run that is stopped loses no more. An import sends a part in one request, which may
 * make 8,000 deliveries.
 */
export const PART_LINES = 2_000;
export const PART_BYTES = 16_000_000;

const NAME = /^spanfold-([0-9a-z]+)-(\d{6,})\.otlp\.jsonl\.gz$/;

/** The name of the file that holds a part of an export. `store` names the data: exports of others have other files. */
export function partName(store: string, part: number): string {
  return `spanfold-${store}-${String(part).padStart(6, "0")}.otlp.jsonl.gz`;
}

/** The name of the part that follows; `undefined` for the name of another file. */
export function nextPartName(name: string): string | undefined {
  const [, store, part] = NAME.exec(name) ?? [];
  return store === undefined ? undefined : partName(store, Number(part) + 1);
}

/** The numbers of the parts of these data in a folder. */
export async function partsIn(folder: string, store: string): Promise<ReadonlySet<number>> {
  const names = await readdir(folder);
  return new Set(
    names.map((name) => NAME.exec(name)).flatMap((found) => (found?.[1] === store ? Number(found[2]) : [])),
  );
}

/** A part that is being written. Its file appears when it is whole and on disk. */
export class ExportPart {
  readonly #file: string;
  readonly #text = new PassThrough();
  readonly #written: Promise<void>;
  #lines = 0;
  #bytes = 0;

  constructor(folder: string, store: string, part: number) {
    this.#file = join(folder, partName(store, part));
    this.#written = pipeline(this.#text, createGzip(), createWriteStream(`${this.#file}.part`, { flush: true }));
    // Whoever writes next hears of it.
    this.#written.catch(() => undefined);
    this.#text.write(`${lineHead({ store })}]}\n`);
  }

  get isFull(): boolean {
    return this.#lines >= PART_LINES || this.#bytes >= PART_BYTES;
  }

  async write(line: Uint8Array): Promise<void> {
    this.#lines++;
    this.#bytes += line.length;
    if (!this.#text.write(line))
      await Promise.race([new Promise((resolve) => this.#text.once("drain", resolve)), this.#written]);
    if (this.#text.destroyed) await this.#written;
  }

  /** `note`: whether another part follows. */
  async end(note: ExportNote): Promise<void> {
    this.#text.end(`${lineHead(note)}]}\n`);
    await this.#written;
    await rename(`${this.#file}.part`, this.#file);
  }

  async discard(): Promise<void> {
    this.#text.destroy();
    await this.#written.catch(() => undefined);
    await rm(`${this.#file}.part`, { force: true });
  }
}
