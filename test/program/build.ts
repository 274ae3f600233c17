import { join } from "node:path";
import { buildProgram } from "../../src/cli/start/build.ts";

/** Once, before all: several programs that start at the same moment would build over each other. */
export async function setup(): Promise<void> {
  await buildProgram(join(import.meta.dirname, "..", ".."));
}
