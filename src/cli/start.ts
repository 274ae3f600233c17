import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Run } from "./dispatch.ts";
import { packageRoot } from "./package-root.ts";
import { serve } from "./start/serve.ts";

/** Runs the program that the package holds, prebuilt. */
export const run: Run = (_args, environment) => serve({ directory: process.cwd(), program: prebuilt }, environment);

async function prebuilt() {
  const directory = join(packageRoot(import.meta.dirname), "dist", "worker");
  const options = await readFile(join(directory, "options.json"), "utf8").catch(() => {
    throw new Error("This is a clone, whose program is not built: npm start builds it.");
  });
  return { script: join(directory, "index.js"), options: JSON.parse(options) };
}
