import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SCHEMA_VERSION } from "../../src/lib/schema.ts";

const MODULE = new URL("../../src/cli/start/data-directory.ts", import.meta.url).href;
/** The user id `nobody`. Root may write everywhere, so a test of root runs as this user. */
const UNPRIVILEGED = 65_534;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "spanfold-directory-"));
  await chmod(root, 0o755);
});
afterEach(async () => await rm(root, { recursive: true }));

/** The outcome for a user without any rights. */
async function outcomeOf(directory: string): Promise<string> {
  const program = `
    const { openDataDirectory } = await import(${JSON.stringify(MODULE)});
    if (process.getuid() === 0) { process.setgroups([]); process.setgid(${UNPRIVILEGED}); process.setuid(${UNPRIVILEGED}); }
    const opened = await openDataDirectory(${JSON.stringify(directory)}, "npm start");
    process.stdout.write(opened.ok ? "usable" : opened.error);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pieces: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => pieces.push(text));
  await once(child, "close");
  return /^DATA_DIR cannot be used: (.*)\. Choose a folder /.exec(pieces.join(""))?.[1] ?? pieces.join("");
}

/** A data directory of that user, as a run of the program leaves it. */
async function usedDirectory(): Promise<string> {
  const directory = join(root, "data");
  const objects = join(directory, "do", "spanfold-DirectoryObject");
  await mkdir(objects, { recursive: true });
  const files = [join(directory, "claim.sqlite"), join(objects, "a.sqlite")];
  for (const file of files) await writeFile(file, "");
  await writeFile(join(directory, "schema"), `${SCHEMA_VERSION}\n`);
  if (process.getuid?.() === 0)
    for (const path of [directory, join(directory, "do"), objects, join(directory, "schema"), ...files])
      await chown(path, UNPRIVILEGED, UNPRIVILEGED);
  return directory;
}

test("a data directory of an earlier run is usable, and the check leaves no file in it", async () => {
  const directory = await usedDirectory();
  expect(await outcomeOf(directory)).toBe("usable");
  expect(await readdir(directory)).toEqual(["claim.sqlite", "do", "schema"]);
});

test("a missing folder is made, with those above it", async () => {
  await chmod(root, 0o777);
  expect(await outcomeOf(join(root, "a", "b", "c"))).toBe("usable");
  expect(await readdir(join(root, "a", "b", "c"))).toEqual(["claim.sqlite", "schema"]);
});

test("no folder is made where the user may not write", async () => {
  await chmod(root, 0o555);
  expect(await outcomeOf(join(root, "a", "b"))).toBe(`this user may not read and write ${root}`);
});

test.each([".", "claim.sqlite", "do", "do/spanfold-DirectoryObject", "do/spanfold-DirectoryObject/a.sqlite"])(
  "a data directory in which the user may only read %s is not usable",
  async (path) => {
    const directory = await usedDirectory();
    await chmod(join(directory, path), path.endsWith(".sqlite") ? 0o444 : 0o555);
    expect(await outcomeOf(directory)).toBe(`this user may not read and write ${join(directory, path)}`);
  },
);

test("a data directory that the user may not read is not usable", async () => {
  const directory = await usedDirectory();
  await chmod(join(directory, "do"), 0);
  expect(await outcomeOf(directory)).toBe(`this user may not read and write ${join(directory, "do")}`);
});
