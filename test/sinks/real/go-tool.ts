import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, rename, rm } from "node:fs/promises";
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
  return await built(name, version, inCi, async (run) => {
    await run("mod", "init", "sinks");
    await run("get", "-tool", `${command}@${version}`);
    await run("build", "-o", name, "-ldflags", "-s -w", command);
  });
}

/** Builds a program of `test/sinks/programs` once. `version`: changes with it. */
export async function goProgram(name: string, version: string, inCi: InCi): Promise<GoTool> {
  return await built(name, version, inCi, async (run, folder) => {
    await cp(join(import.meta.dirname, "..", "programs", name), folder, { recursive: true });
    await run("build", "-o", name, "-ldflags", "-s -w", ".");
  });
}

type Build = (run: (...args: readonly string[]) => Promise<unknown>, folder: string) => Promise<void>;

async function built(name: string, version: string, inCi: InCi, build: Build): Promise<GoTool> {
  const folder = join(CACHE, `${name}-${version}`);
  const program = join(folder, name);
  if (existsSync(program)) return { program };
  if (inCi === "not built" && process.env["CI"] === "true") return { program, missing: `CI does not build ${name}` };
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    const options = { cwd: partial, timeout: BUILD_MILLIS, maxBuffer: 2 ** 26 };
    await build(async (...args) => await run("go", args, options), partial);
  } catch (error) {
    return { program, missing: String(error).slice(0, 500) };
  }
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder);
  return { program };
}
