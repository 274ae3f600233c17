import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "../dispatch.ts";
import { FAILED } from "../server/exit-codes.ts";

export type InputFile = {
  readonly path: string;
  readonly name: string;
  readonly size: number;
  /** Changes with the file. */
  readonly state: string;
};

const IMPORTABLE = /\.(json|jsonl|ndjson)(\.gz)?$/i;

/** A file, or the importable files of a folder, by name. `folder`: if it is one. */
export async function filesAt(
  given: string,
): Promise<{ readonly folder?: string; readonly files: readonly InputFile[] }> {
  const found = await stat(given).catch(() => {
    throw new CommandError(`There is no file ${given}.`, FAILED);
  });
  if (!found.isDirectory()) return { files: [await inputFile(given, given)] };
  const names = (await readdir(given)).filter((name) => IMPORTABLE.test(name));
  return {
    folder: given,
    files: await Promise.all(names.toSorted().map((name) => inputFile(join(given, name), name))),
  };
}

async function inputFile(path: string, name: string): Promise<InputFile> {
  const { size, mtimeMs } = await stat(path);
  return { path, name, size, state: `${size}/${Math.round(mtimeMs)}` };
}
