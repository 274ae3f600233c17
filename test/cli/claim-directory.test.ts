import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink } from "node:fs/promises";
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
function claimant(path: string, at = 0) {
  const program = `
    const { claimDirectory } = await import(${JSON.stringify(CLAIM)});
    while (Date.now() < ${at});
    process.stdout.write(String(claimDirectory(${JSON.stringify(path)})));
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

test.each(["new", "claimed before by a killed process"])(
  "one of several processes that start at the same moment gets the directory: %s",
  { timeout: 60_000 },
  async (state) => {
    if (state !== "new") {
      const killed = claimant(directory);
      expect(await killed.claimed).toBe("true");
      await killed.end();
    }
    const at = Date.now() + 3_000;
    const claimants = Array.from({ length: 4 }, () => claimant(directory, at));
    const claimed = await Promise.all(claimants.map((each) => each.claimed));
    for (const { end } of claimants) await end();
    expect(claimed.toSorted()).toEqual(["false", "false", "false", "true"]);
  },
);

test("two paths to one directory are one claim", { timeout: 60_000 }, async () => {
  const link = `${directory}-link`;
  await symlink(directory, link);
  const first = claimant(directory);
  expect(await first.claimed).toBe("true");
  const second = claimant(link);
  expect(await second.claimed).toBe("false");
  for (const { end } of [first, second]) await end();
  await rm(link);
});

test("the directory of a killed process is free again", { timeout: 60_000 }, async () => {
  const first = claimant(directory);
  expect(await first.claimed).toBe("true");
  await first.end();
  const second = claimant(directory);
  expect(await second.claimed).toBe("true");
  await second.end();
});
