import { homedir } from "node:os";
import { join } from "node:path";
import { IN_PACKAGE } from "./called-as.ts";
import { type Run, UsageError } from "./dispatch.ts";
import { packageRoot } from "./package-root.ts";
import { prebuiltProgram } from "./start/prebuilt.ts";
import { serve } from "./start/serve.ts";

/** Runs the program that the package holds, with its data in the user's home. */
export const run: Run = async (args, environment) => {
  if (args.length > 0) throw new UsageError(`start takes no "${args[0]}": the environment sets it up.`);
  const program = () => prebuiltProgram(packageRoot(import.meta.dirname));
  const data = join(homedir(), ".spanfold");
  return await serve({ directory: process.cwd(), data, calledAs: IN_PACKAGE, program }, environment);
};
