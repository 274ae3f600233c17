import { join } from "node:path";
import { buildProgram } from "../../src/cli/start/build.ts";

/** Builds once before all tests: programs that start together would overwrite each other's build. */
export async function setup(): Promise<void> {
  await buildProgram(join(import.meta.dirname, "..", ".."));
}
