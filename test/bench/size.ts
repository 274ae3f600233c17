import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { median, spread } from "./figure.ts";
import type { Section } from "./figure.ts";
import { ROOT } from "./workerd.ts";
import type { Bench } from "./workerd.ts";

export async function benchSize(bench: Bench, quick: boolean): Promise<Section> {
  const worker = await readFile(bench.script);
  const page = await filesOf(join(ROOT, "public"));
  const starts: number[] = [];
  for (let round = 0; round < (quick ? 3 : 10); round++) {
    const runtime = await bench.start("size");
    starts.push(runtime.firstAnswerMillis);
    await runtime.stop();
  }
  await bench.forget("size");
  return {
    bench: "h",
    title: "size and start",
    figures: [
      {
        name: "the Worker",
        value: compressed([worker]),
        unit: "kB gzip",
        detail: `${(worker.length / 1e3).toFixed(0)} kB, not minified`,
      },
      {
        name: "the page, all its files",
        value: compressed(page),
        unit: "kB gzip",
        detail: `${(page.reduce((sum, file) => sum + file.length, 0) / 1e3).toFixed(0)} kB`,
      },
      {
        name: "a process from nothing to its first answer",
        value: median(starts),
        unit: "ms",
        detail: `${spread(starts, 0)} over ${starts.length} starts, workerd's own start included`,
      },
    ],
  };
}

function compressed(files: readonly Buffer[]): number {
  return files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0) / 1e3;
}

/** What a browser may load: source maps are not. */
async function filesOf(directory: string): Promise<Buffer[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const names = entries.filter(
    (entry) => entry.isFile() && !entry.name.endsWith(".map") && !entry.name.startsWith("_"),
  );
  return await Promise.all(names.map((entry) => readFile(join(entry.parentPath, entry.name))));
}
