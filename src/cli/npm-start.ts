import { EX_USAGE, UsageError } from "./dispatch.ts";
import { IN_CLONE } from "./called-as.ts";
import { packageRoot } from "./package-root.ts";
import { buildProgram } from "./start/build.ts";
import { serve, serveOptions } from "./start/serve.ts";

// `npm start` in a clone: builds what changed, and keeps its data there.
const directory = packageRoot(import.meta.dirname);
const start = { directory, data: ".data", calledAs: IN_CLONE, program: () => buildProgram(directory) };
try {
  process.exitCode = await serve(start, process.env, serveOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`\n  ${error.message}\n`);
  process.exitCode = EX_USAGE;
}
