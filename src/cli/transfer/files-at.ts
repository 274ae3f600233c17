import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "../dispatch.ts";
import { FAILED } from "../server/exit-codes.ts";
import { isLedger } from "./ledger.ts";

export type InputFile = {
  readonly path: string;
  readonly name: string;
  readonly size: number;
  /** Changes with the file. */
  readonly state: string;
};

/** What a person named: files, and the folder that holds them if it was one. */
export type Input = { readonly folder?: string; readonly files: readonly InputFile[] };

const IMPORTABLE = /\.(json|jsonl|ndjson)(\.gz)?$/i;

/** A file, or the importable files of a folder, by name. */
export async function filesAt(given: string): Promise<Input> {
  const found = await stat(given).catch(() => {
    throw new CommandError(`There is no file ${given}.`, FAILED);
  });
  if (!found.isDirectory()) {
    // `folder/*` names it too.
    return { files: isLedger(given) ? [] : [await inputFile(given, given)] };
  }
  const names = (await readdir(given)).filter((name) => IMPORTABLE.test(name));
  if (names.length === 0) throw new CommandError(`${given} has no files to import.`, FAILED);
  return {
    folder: given,
    files: await Promise.all(names.toSorted().map((name) => inputFile(join(given, name), name))),
  };
}

async function inputFile(path: string, name: string): Promise<InputFile> {
  const { size, mtimeMs } = await stat(path);
  return { path, name, size, state: `${size}/${Math.round(mtimeMs)}` };
}
