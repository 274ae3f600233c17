import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, "..", "..", "..", ".cache", "sinks");
/** Of each step of a build, milliseconds: Jaeger's takes some seven minutes of a processor. */
const BUILD_MILLIS = 15 * 60_000;

/** A program out of Go's modules. `missing`: why it can't be had here. A machine that can't build it must not fail for it. */
export type GoTool = { readonly program: string; readonly missing?: string };

/** `not built`: its build takes longer than CI waits for it. There it counts where it was built before. */
type InCi = "built" | "not built";

/** Builds a command once, into `.cache/sinks`. */
export async function goTool(name: string, version: string, command: string, inCi: InCi): Promise<GoTool> {
  return await built({ name, version, inCi, author: "others" }, async (run) => {
    await run("mod", "init", "sinks");
    await run("get", "-tool", `${command}@${version}`);
    await run("build", "-o", name, "-ldflags", "-s -w", command);
  });
}

/** Builds a program of `test/sinks/programs` once, and again when a file of it changed. Throws where its build fails for itself. */
export async function goProgram(name: string, inCi: InCi): Promise<GoTool> {
  const sources = join(import.meta.dirname, "..", "programs", name);
  const hash = createHash("sha256");
  for (const file of (await readdir(sources)).toSorted()) hash.update(await readFile(join(sources, file)));
  const version = hash.digest("hex").slice(0, 12);
  return await built({ name, version, inCi, author: "ours" }, async (run, folder) => {
    await cp(sources, folder, { recursive: true });
    await run("build", "-o", name, "-ldflags", "-s -w", ".");
  });
}

/** Whether a build failed for want of Go, or of modules. */
export const isForMachine = (error: unknown): boolean =>
  /ENOENT|dial tcp|proxy|no such host|i\/o timeout|requires go >=/.test(String(error));

type Wanted = {
  readonly name: string;
  readonly version: string;
  readonly inCi: InCi;
  readonly author: "ours" | "others";
};
type Build = (run: (...args: readonly string[]) => Promise<unknown>, folder: string) => Promise<void>;

async function built({ name, version, inCi, author }: Wanted, build: Build): Promise<GoTool> {
  const folder = join(CACHE, `${name}-${version}`);
  const program = join(folder, name);
  if (existsSync(program)) return { program };
  if (inCi === "not built" && process.env["CI"] === "true") return { program, missing: `CI does not build ${name}` };
  // Two suites may want the same program at once.
  const partial = `${folder}.${process.pid}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    const options = { cwd: partial, timeout: BUILD_MILLIS, maxBuffer: 2 ** 26 };
    await build(async (...args) => await run("go", args, options), partial);
    if (!existsSync(program)) {
      await rm(folder, { recursive: true, force: true });
      await rename(partial, folder);
    }
    return { program };
  } catch (error) {
    if (author === "ours" && !isForMachine(error)) throw error;
    return { program, missing: String(error).slice(0, 500) };
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
