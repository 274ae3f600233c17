import { IN_CLONE } from "./called-as.ts";
import { packageRoot } from "./package-root.ts";
import { buildProgram } from "./start/build.ts";
import { serve } from "./start/serve.ts";

// `npm start` in a clone: builds what changed, and keeps its data there.
const directory = packageRoot(import.meta.dirname);
const start = { directory, data: ".data", calledAs: IN_CLONE, program: () => buildProgram(directory) };
process.exitCode = await serve(start, process.env);
