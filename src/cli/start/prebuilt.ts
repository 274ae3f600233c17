import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuiltProgram, WorkerOptions } from "./build.ts";

/** The Worker of a package, in its folder. The page is in `public`. */
const WORKER_FOLDER = join("dist", "worker");

/** The program that `npm pack` built. `root`: the folder of the package. */
export async function prebuiltProgram(root: string): Promise<BuiltProgram> {
  const directory = join(root, WORKER_FOLDER);
  const text = await readFile(join(directory, "options.json"), "utf8").catch(() => {
    throw new Error("This is a clone, and its package is not built. Run npm start, or npm run build:package first.");
  });
  const options = JSON.parse(text) as WorkerOptions;
  const assets = options.assets === undefined ? {} : { assets: { ...options.assets, directory: join(root, "public") } };
  return { script: join(directory, "index.js"), options: { ...options, rootPath: root, ...assets } };
}
