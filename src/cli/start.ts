import { homedir } from "node:os";
import { join } from "node:path";
import { IN_PACKAGE } from "./called-as.ts";
import type { Run } from "./dispatch.ts";
import { packageRoot } from "./package-root.ts";
import { prebuiltProgram } from "./start/prebuilt.ts";
import { serve, serveOptions } from "./start/serve.ts";

/** Runs the program that the package holds, with its data in the user's home. */
export const run: Run = async (args, environment) => {
  const options = serveOptions(args);
  const program = () => prebuiltProgram(packageRoot(import.meta.dirname));
  const data = join(homedir(), ".spanfold");
  return await serve({ directory: process.cwd(), data, calledAs: IN_PACKAGE, program }, environment, options);
};
