/** What has to be loaded before the program runs, and how large it may be. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { FIRST_LOAD } from "../src/routes/first-load.ts";

/** kB of gzip. A larger Worker starts later in each place where it was not running; measured: 260.3 kB, minified, 20 of them for upstreams, 12 for alerts, 4 for shards, 4 for logs that move, 1.9 for those whose shard lost its file, 1.6 for the export of all sessions, 1.5 for damaged storage and full disks, 1 for the layouts that keep code optimised. */
export const WORKER_BUDGET = 260.4;
/** kB of gzip. A page shows no row before it has all of this; measured: 51 kB for the list, 89.1 kB for a session, 118.2 kB with its transcript. */
export const PAGE_BUDGETS = { list: 51.1, session: 89.2, transcript: 118.5 };

/** Bytes as they are, and gzipped at the highest level, as the platform counts a Worker and serves a page. */
export type Size = { readonly bytes: number; readonly gzipped: number };

export async function workerSize(script: string): Promise<Size> {
  return sizeOf([await readFile(script)]);
}

/** A page's first load: scripts and styles that its HTML names, the chunks of its route, and what all these import at once. */
export async function pageSize(directory: string, route: readonly string[]): Promise<Size> {
  const html = await readFile(join(directory, "index.html"), "utf8");
  const named = Array.from(html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g), ([, path = ""]) => path);
  if (named.length === 0) throw new Error("index.html names no script and no style");
  const paths = new Set([...named, ...route]);
  const files: Buffer[] = [];
  for (const path of paths) {
    const file = await readFile(join(directory, path));
    files.push(file);
    // `import("./later.js")` is loaded when it is needed: it does not count.
    if (!path.endsWith(".js")) continue;
    for (const [, imported = ""] of file.toString().matchAll(/\b(?:from|import)\s*["'](\.{1,2}\/[^"']+\.js)["']/g))
      paths.add(join(path, "..", imported));
  }
  return sizeOf(files);
}

function sizeOf(files: readonly Buffer[]): Size {
  return {
    bytes: files.reduce((sum, file) => sum + file.length, 0),
    gzipped: files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0),
  };
}

/** One line for a measured size, and whether it is within its budget, in kB of gzip. */
export function judgeSize(name: string, { bytes, gzipped }: Size, budget: number): { line: string; fits: boolean } {
  const fits = gzipped <= budget * 1e3;
  const verdict = fits ? "" : `: ${((gzipped - budget * 1e3) / 1e3).toFixed(1)} kB above its budget`;
  const measured = `${(gzipped / 1e3).toFixed(1)} kB gzip of ${budget}`;
  return { line: `${name}: ${measured} (${(bytes / 1e3).toFixed(1)} kB)${verdict}`, fits };
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "..");
  const judged = [
    judgeSize("Worker", await workerSize(join(root, ".cache", "dry-run", "index.js")), WORKER_BUDGET),
    judgeSize("page, list", await pageSize(join(root, "public"), FIRST_LOAD.list), PAGE_BUDGETS.list),
    judgeSize("page, session", await pageSize(join(root, "public"), FIRST_LOAD.session), PAGE_BUDGETS.session),
    judgeSize(
      "page, session with its transcript",
      await pageSize(join(root, "public"), [...FIRST_LOAD.session, ...FIRST_LOAD.transcript]),
      PAGE_BUDGETS.transcript,
    ),
  ];
  for (const { line, fits } of judged) {
    if (fits) console.log(line);
    else console.error(line);
  }
  if (!judged.every(({ fits }) => fits)) process.exitCode = 1;
}
