import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENVIRONMENT, readReadouts, readSessions, RELEASES, unpackData } from "../releases/release-data.ts";
import { startProgram, temporaryDirectory } from "./program.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const isVersion = (name: string): boolean => /^\d+\.\d+\.\d+$/.test(name);

const kept = (await readdir(RELEASES)).filter(isVersion);

test("each release in the changelog has its data here", async () => {
  const changelog = await readFile(join(ROOT, "CHANGELOG.md"), "utf8");
  const released = Array.from(changelog.matchAll(/^## \[(\d+\.\d+\.\d+)\]/gm), ([, version = ""]) => version);
  expect(kept.toSorted()).toEqual(released.toSorted());
});

describe.each(kept)("the data of release %s", (version) => {
  // spec: REL-1
  test("open, read as they did, take more, and open again", async () => {
    const DATA_DIR = await temporaryDirectory();
    await unpackData(version, DATA_DIR);
    const readouts = await readReadouts(version);
    const first = await startProgram({ DATA_DIR, ...ENVIRONMENT });
    expect(await readSessions(first.url)).toEqual(readouts);

    const known = readouts.find(({ id }) => id === "several");
    const more = {
      traceId: "ab".repeat(16),
      spanId: "cd".repeat(8),
      name: "later",
      startTimeUnixNano: "1800000000000000000",
      endTimeUnixNano: "1800000000001000000",
      attributes: [{ key: "session.id", value: { stringValue: "several" } }],
    };
    const response = await fetch(`${first.url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [more] }] }] }),
    });
    expect(await response.text()).toBe("{}");
    const removed = "work";
    expect((await fetch(`${first.url}/sessions/${removed}`, { method: "DELETE" })).status).toBe(204);
    const after = () => readSessions(first.url).then((all) => all.filter(({ id }) => id !== "several"));
    await expect.poll(after).toEqual(readouts.filter(({ id }) => id !== "several" && id !== removed));
    await first.kill();

    const second = await startProgram({ DATA_DIR, ...ENVIRONMENT });
    await expect
      .poll(async () => (await readSessions(second.url)).find(({ id }) => id === "several")?.spans)
      .toBe((known?.spans ?? 0) + 1);
    await second.stop();
    expect(first.printed() + second.printed()).not.toContain('"level":"error"');
  });
});
