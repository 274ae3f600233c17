import { accessSync, closeSync, constants, mkdirSync, opendirSync, openSync, statSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { claimDirectory } from "./claim-directory.ts";

export type DirectoryOutcome = { readonly ok: true } | { readonly ok: false; readonly error: string };

/** Of one folder: a folder of sessions may hold a hundred thousand files, and all were made by one user. */
const MOST_FILES_LOOKED_AT = 1_000;

/**
 * Makes the data directory where it is missing, looks whether this user may write to all that an earlier run left there, and
 * claims it. SQLite and the runtime would open what is only readable, and then refuse every request.
 */
export function openDataDirectory(directory: string): DirectoryOutcome {
  try {
    makeFolder(directory);
    tryToWrite(directory);
    lookThrough(directory);
    if (claimDirectory(directory)) return { ok: true };
  } catch (error) {
    return {
      ok: false,
      error: `DATA_DIR cannot be used: ${reasonOf(error)}. Choose a folder that this user can write to: DATA_DIR=.data-2 npm start`,
    };
  }
  return {
    ok: false,
    error: `${directory} is in use by another npm start. Stop it, or choose another: DATA_DIR=.data-2 npm start`,
  };
}

/** With the folders above it. Node's own way never ends where the system makes no folders, as in /proc. */
function makeFolder(path: string): void {
  if (isFolder(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    // Another program may start at the same moment.
    if (!isFolder(path)) throw new NoFolder(path);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Rights alone do not tell: root has all of them, and quotas and mounts have a say. */
function tryToWrite(directory: string): void {
  const file = join(directory, `write-test-${process.pid}`);
  closeSync(openSync(file, "w"));
  unlinkSync(file);
}

function lookThrough(folder: string): void {
  accessFully(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  const entries = opendirSync(folder, { bufferSize: MOST_FILES_LOOKED_AT });
  try {
    for (let looked = 0; looked < MOST_FILES_LOOKED_AT; looked++) {
      const entry = entries.readSync();
      if (entry === null) return;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) lookThrough(path);
      else if (entry.isFile()) accessFully(path, constants.R_OK | constants.W_OK);
    }
  } finally {
    entries.closeSync();
  }
}

function accessFully(path: string, rights: number): void {
  try {
    accessSync(path, rights);
  } catch (error) {
    // Another process, as one that ends just now, may have removed it meanwhile.
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

class NoFolder extends Error {}

function reasonOf(error: unknown): string {
  if (error instanceof NoFolder) return `${error.message} is not a folder`;
  const path = pathOf(error);
  switch (codeOf(error)) {
    case "EACCES":
    case "EPERM":
      return `this user may not read and write ${path}`;
    case "EROFS":
      return `${path} is on a read-only file system`;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** What the system refused. A file or folder that can't be made is refused by the folder that would hold it. */
function pathOf(error: unknown): string {
  const { path = "", syscall } = error as NodeJS.ErrnoException;
  return syscall === "mkdir" || syscall === "open" ? dirname(path) : path;
}
