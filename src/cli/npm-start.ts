import { packageRoot } from "./package-root.ts";
import { buildProgram } from "./start/build.ts";
import { serve } from "./start/serve.ts";

// `npm start` in a clone: builds what changed, and keeps its data there.
const root = packageRoot(import.meta.dirname);
process.exitCode = await serve({ directory: root, program: () => buildProgram(root) }, process.env);
