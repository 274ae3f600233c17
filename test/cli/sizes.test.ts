import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { judgeSize, pageSize } from "../../.ci/sizes.ts";

async function pageOf(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "spanfold-sizes-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, "build"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return directory;
}

const HTML = `<link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/build/style.css">
<link rel="modulepreload" href="/build/main.js"><script type="module" src="/build/main.js"></script>`;

test("the first load is the scripts and styles of the page and of its route, with their static imports", async () => {
  const main = 'import{a}from"./shared.js";import"./early.js";import("./later.js")';
  const files = {
    "index.html": HTML,
    "favicon.svg": "<svg/>",
    "build/main.js": main,
    "build/main.js.map": "a source map",
    "build/shared.js": 'export{a}from"./deep.js"',
    "build/deep.js": "deep",
    "build/early.js": "early",
    "build/list.js": 'import"./main.js";import"./row.js"',
    "build/row.js": "row",
    "build/later.js": "a chunk that is loaded when it is needed",
    "build/style.css": "style",
    "build/LICENSES.txt": "licences",
  };
  const { bytes } = await pageSize(await pageOf(files), ["build/list.js"]);
  const first = ["build/main.js", "build/shared.js", "build/deep.js", "build/early.js", "build/style.css"] as const;
  const loaded = [...first, "build/list.js", "build/row.js"] as const;
  expect(bytes).toBe(loaded.reduce((sum, name) => sum + files[name].length, 0));
});

test("a page that names nothing is a mistake, not a small page", async () => {
  await expect(pageSize(await pageOf({ "index.html": "<p>nothing</p>" }), [])).rejects.toThrow("names no script");
});

test("a size at its budget fits, and one byte more does not", () => {
  expect(judgeSize("Worker", { bytes: 700_000, gzipped: 200_000 }, 200)).toEqual({
    line: "Worker: 200.0 kB gzip of 200 (700.0 kB)",
    fits: true,
  });
  expect(judgeSize("Worker", { bytes: 700_000, gzipped: 200_001 }, 200).fits).toBe(false);
  expect(judgeSize("Worker", { bytes: 700_000, gzipped: 203_400 }, 200).line).toBe(
    "Worker: 203.4 kB gzip of 200 (700.0 kB): 3.4 kB above its budget",
  );
});
