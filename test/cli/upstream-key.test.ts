import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { upstreamKeyIn } from "../../src/cli/start/upstream-key.ts";

test("the key is made once, for this user only, also where a full disk left an empty file", async () => {
  const directory = await mkdtemp(join(tmpdir(), "spanfold-test-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, "upstream-key");
  await writeFile(file, "");
  const key = upstreamKeyIn(directory);
  expect(key).toMatch(/^[\w-]{43}$/);
  expect(upstreamKeyIn(directory)).toBe(key);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(["upstream-key"]);
});
