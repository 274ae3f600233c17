import {
  accessSync,
  closeSync,
  constants,
  mkdirSync,
  opendirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { canOpen, FIRST_SCHEMA, SCHEMA_VERSION } from "../../lib/schema.ts";
import { claimDirectory } from "./claim-directory.ts";

export type DirectoryOutcome = { readonly ok: true } | { readonly ok: false; readonly error: string };

/** Files checked in one folder: a folder of sessions may hold a hundred thousand, all made by one user. */
const MOST_FILES_CHECKED = 1_000;

/**
 * Makes the data directory if it is missing, checks that this user may write to the files of an earlier run, and claims it.
 * `command` started the program, and stands in errors. SQLite and the runtime would open read-only files, and then refuse every request.
 */
export async function openDataDirectory(directory: string, command: string): Promise<DirectoryOutcome> {
  try {
    makeFolder(directory);
    tryToWrite(directory);
    checkFiles(directory);
    if (await claimDirectory(directory)) return checkSchema(directory, command);
  } catch (error) {
    return {
      ok: false,
      error: `DATA_DIR cannot be used: ${reasonOf(error)}. Choose a folder that this user can write to: DATA_DIR=.data-2 ${command}`,
    };
  }
  return {
    ok: false,
    error: `${directory} is in use by another ${command}. Stop it, or choose another: DATA_DIR=.data-2 ${command}`,
  };
}

/**
 * A new folder gets a file with the schema of its databases. One of an earlier release gets the present schema, whose steps each object
 * takes when it is opened: the earlier release refuses the folder from now on. Any other is refused.
 */
function checkSchema(directory: string, command: string): DirectoryOutcome {
  const file = join(directory, "schema");
  const written = statSync(file, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(file, "utf8").trim() : "";
  if (written === String(SCHEMA_VERSION)) return { ok: true };
  if (canOpen(written) || (written === "" && !holdsDatabases(directory))) {
    // A file that was written in part would refuse the folder for ever.
    writeFileSync(`${file}-new`, `${SCHEMA_VERSION}\n`);
    renameSync(`${file}-new`, file);
    return { ok: true };
  }
  const writer = written === "" ? "an earlier version" : `schema ${written}`;
  return {
    ok: false,
    error: `${directory} has data of ${writer}, and this version reads schema ${FIRST_SCHEMA} to ${SCHEMA_VERSION} only. Export its sessions with the version that wrote them (GET /sessions/<id>/otlp), then start with an empty folder and import them here: DATA_DIR=.data-2 ${command}`,
  };
}

/** The runtime keeps the databases of objects in folders below. */
function holdsDatabases(directory: string): boolean {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).some(
    ({ name, parentPath }) => name.endsWith(".sqlite") && parentPath !== directory,
  );
}

/** Makes a folder and those above it. Node's recursive mkdir never returns where the system makes no folders, such as /proc. */
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

/** Rights alone are not enough: root has all of them, and quotas and mounts matter too. */
function tryToWrite(directory: string): void {
  const file = join(directory, `write-test-${process.pid}`);
  closeSync(openSync(file, "w"));
  unlinkSync(file);
}

function checkFiles(folder: string): void {
  accessFully(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  const entries = opendirSync(folder, { bufferSize: MOST_FILES_CHECKED });
  try {
    for (let checked = 0; checked < MOST_FILES_CHECKED; checked++) {
      const entry = entries.readSync();
      if (entry === null) return;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) checkFiles(path);
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
    // Another process, such as one that is ending, may have removed it meanwhile.
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

/** The path that the system refused: for a file or folder that can't be made, the folder that would hold it. */
function pathOf(error: unknown): string {
  const { path = "", syscall } = error as NodeJS.ErrnoException;
  return syscall === "mkdir" || syscall === "open" ? dirname(path) : path;
}
