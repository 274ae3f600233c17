import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, "..", "..", "..", ".cache", "sinks");
/** Of each step of a build, milliseconds: Jaeger's takes some seven minutes of a processor. */
const BUILD_MILLIS = 15 * 60_000;

/** A program out of Go's modules. `missing`: why it can't be had here. A machine that can't build it must not fail for it. */
export type GoTool = { readonly program: string; readonly missing?: string };

/** Builds a command once, into `.cache/sinks`. `inCi`: its build takes longer than CI waits for it; there it counts where it was built before. */
export async function goTool(
  name: string,
  version: string,
  command: string,
  inCi: "built" | "not built",
): Promise<GoTool> {
  const folder = join(CACHE, `${name}-${version}`);
  const program = join(folder, name);
  if (existsSync(program)) return { program };
  if (inCi === "not built" && process.env["CI"] === "true") return { program, missing: `CI does not build ${name}` };
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const options = { cwd: partial, timeout: BUILD_MILLIS, maxBuffer: 2 ** 26 };
  try {
    await run("go", ["mod", "init", "sinks"], options);
    await run("go", ["get", "-tool", `${command}@${version}`], options);
    await run("go", ["build", "-o", name, "-ldflags", "-s -w", command], options);
  } catch (error) {
    return { program, missing: String(error).slice(0, 500) };
  }
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder);
  return { program };
}
