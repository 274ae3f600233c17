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

/** A process that claims a directory at the moment that is given, says whether it could, and lives until it is ended. */
function claimant(path: string, at = 0) {
  const program = `
    const { claimDirectory } = await import(${JSON.stringify(CLAIM)});
    while (Date.now() < ${at});
    process.stdout.write(String(claimDirectory(${JSON.stringify(path)})));
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = once(child.stdout, "data").then(([data]) => String(data));
  const end = async () => {
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  };
  return { said, end };
}

test.each(["new", "left by one that was killed"])(
  "of several that start at the same moment one gets the directory: %s",
  { timeout: 60_000 },
  async (what) => {
    if (what !== "new") {
      const killed = claimant(directory);
      expect(await killed.said).toBe("true");
      await killed.end();
    }
    const at = Date.now() + 3_000;
    const claimants = Array.from({ length: 4 }, () => claimant(directory, at));
    const said = await Promise.all(claimants.map((each) => each.said));
    for (const { end } of claimants) await end();
    expect(said.toSorted()).toEqual(["false", "false", "false", "true"]);
  },
);

test("a directory is one, by whichever path", { timeout: 60_000 }, async () => {
  const link = `${directory}-link`;
  await symlink(directory, link);
  const first = claimant(directory);
  expect(await first.said).toBe("true");
  const second = claimant(link);
  expect(await second.said).toBe("false");
  for (const { end } of [first, second]) await end();
  await rm(link);
});

test("what a process held that was killed is free again", { timeout: 60_000 }, async () => {
  const first = claimant(directory);
  expect(await first.said).toBe("true");
  await first.end();
  const second = claimant(directory);
  expect(await second.said).toBe("true");
  await second.end();
});
