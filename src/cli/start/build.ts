import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Unstable_MiniflareWorkerOptions } from "wrangler";

/** The runtime's part of wrangler.toml, as Miniflare's options. */
export type WorkerOptions = Unstable_MiniflareWorkerOptions["workerOptions"];

/** The program as it is deployed: page in public/build, Worker as one module. */
export type BuiltProgram = { readonly script: string; readonly options: WorkerOptions };

const SOURCES = [
  "src",
  "public",
  ".ci/licenses.ts",
  "vite.config.ts",
  "wrangler.toml",
  "package.json",
  "package-lock.json",
];

/**
 * Builds page and Worker with the command that deploys them, so that both run the same bytes. Skips it while sources and
 * output are unchanged. Importing wrangler alone takes 1.8 s: the options that it read from wrangler.toml are cached too.
 */
export async function buildProgram(root: string): Promise<BuiltProgram> {
  const directory = join(root, ".cache", "start");
  const script = join(directory, "index.js");
  const stampFile = join(directory, "stamp.json");
  const optionsFile = join(directory, "options.json");

  const stamp = async () => JSON.stringify({ root, program: await hashOf(root, [...SOURCES, relative(root, script)]) });
  if ((await readOrUndefined(stampFile)) !== (await stamp())) {
    await mkdir(directory, { recursive: true });
    await run(root, ["deploy", "--dry-run", "--outdir", directory]);
    const { unstable_getMiniflareWorkerOptions } = await import("wrangler");
    const { workerOptions } = unstable_getMiniflareWorkerOptions(join(root, "wrangler.toml"));
    await writeFile(optionsFile, JSON.stringify(workerOptions));
    await writeFile(stampFile, await stamp());
  }
  return { script, options: JSON.parse(await readFile(optionsFile, "utf8")) as WorkerOptions };
}

/** One hash of the names and bytes of all files at and under `paths`. Output counts too, so that a half-finished build is repeated. */
async function hashOf(root: string, paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    for (const file of await filesAt(join(root, path))) {
      hash.update(`${relative(root, file)}\0`).update((await readFile(file)).toString("base64"));
    }
  }
  return hash.digest("hex");
}

async function filesAt(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted();
  } catch (error) {
    if (isErrno(error, "ENOTDIR")) return [path];
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}

async function readOrUndefined(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Runs wrangler quietly and offline; its output is shown only when it fails. */
async function run(root: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, "node_modules", "wrangler", "bin", "wrangler.js"), ...args], {
    cwd: root,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", NO_COLOR: "1", CI: "true" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => output.push(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => output.push(text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`The build failed:\n${output.join("").trim()}`);
}
