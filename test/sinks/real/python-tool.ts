import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, "..", "..", "..", ".cache", "sinks");
/** Of each step, milliseconds. */
const INSTALL_MILLIS = 15 * 60_000;

/** A package out of Python's registry, in an environment of its own. `missing`: why it can't be had here. */
export type PythonTool = { readonly python: string; readonly missing?: string };

/** Installs a package once, into `.cache/sinks`. In CI it counts where it was installed before: hundreds of megabytes. */
export async function pythonTool(name: string, version: string): Promise<PythonTool> {
  const folder = join(CACHE, `${name}-${version}`);
  const python = join(folder, "venv", "bin", "python");
  if (existsSync(python)) return { python };
  if (process.env["CI"] === "true") return { python, missing: `CI does not install ${name}` };
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const options = { cwd: partial, timeout: INSTALL_MILLIS, maxBuffer: 2 ** 26 };
  try {
    await run("python3", ["-m", "venv", "--copies", "venv"], options);
    await run(join("venv", "bin", "python"), ["-m", "pip", "install", "--quiet", `${name}==${version}`], options);
  } catch (error) {
    return { python, missing: String(error).slice(0, 500) };
  }
  await rename(partial, folder);
  return { python };
}
