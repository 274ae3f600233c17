import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const CLAIM = new URL("../../src/cli/start/claim-directory.ts", import.meta.url).href;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "spanfold-claim-"));
});
afterEach(async () => await rm(directory, { recursive: true }));

/** A process that claims a directory at the given moment, prints whether it succeeded, and runs until it is killed. */
function claimant(how: string, path: string, at = 0) {
  const program = `
    const { ${how} } = await import(${JSON.stringify(CLAIM)});
    while (Date.now() < ${at});
    process.stdout.write(String(await ${how}(${JSON.stringify(path)})));
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const claimed = once(child.stdout, "data").then(([data]) => String(data));
  const end = async () => {
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  };
  return { claimed, end };
}

// `claimBySocket` is all that Node 20 has.
const WAYS = ["claimDirectory", "claimBySocket"];

test.each(WAYS.flatMap((how) => ["new", "claimed before by a killed process"].map((state) => [how, state] as const)))(
  "one of several processes that start at the same moment gets the directory: %s, %s",
  { timeout: 60_000 },
  async (how, state) => {
    if (state !== "new") {
      const killed = claimant(how, directory);
      expect(await killed.claimed).toBe("true");
      await killed.end();
    }
    const at = Date.now() + 3_000;
    const claimants = Array.from({ length: 4 }, () => claimant(how, directory, at));
    const claimed = await Promise.all(claimants.map((each) => each.claimed));
    for (const { end } of claimants) await end();
    expect(claimed.toSorted()).toEqual(["false", "false", "false", "true"]);
  },
);

test.each(WAYS)("two paths to one directory are one claim: %s", { timeout: 60_000 }, async (how) => {
  const link = `${directory}-link`;
  await symlink(directory, link);
  const first = claimant(how, directory);
  expect(await first.claimed).toBe("true");
  const second = claimant(how, link);
  expect(await second.claimed).toBe("false");
  for (const { end } of [first, second]) await end();
  await rm(link);
});

test.each(WAYS)("the directory of a killed process is free again: %s", { timeout: 60_000 }, async (how) => {
  const first = claimant(how, directory);
  expect(await first.claimed).toBe("true");
  await first.end();
  const second = claimant(how, directory);
  expect(await second.claimed).toBe("true");
  await second.end();
});

test(
  "a directory that is claimed without SQLite is not free for a process that has it",
  { timeout: 60_000 },
  async () => {
    const older = claimant("claimBySocket", directory);
    expect(await older.claimed).toBe("true");
    const newer = claimant("claimDirectory", directory);
    expect(await newer.claimed).toBe("false");
    for (const { end } of [older, newer]) await end();
  },
);

test("where the file system can hold no socket, the database is the claim", { timeout: 60_000 }, async () => {
  // A path of a socket has about a hundred characters at most.
  const deep = join(directory, "d".repeat(120));
  await mkdir(deep);
  const claimants = Array.from({ length: 2 }, () => claimant("claimDirectory", deep));
  const claimed = await Promise.all(claimants.map((each) => each.claimed));
  for (const { end } of claimants) await end();
  expect(claimed.toSorted()).toEqual(["false", "true"]);
});
