import { join } from "node:path";
import { buildProgram } from "./start/build.ts";
import { readConfiguration } from "./start/configuration.ts";
import { openDataDirectory } from "./start/data-directory.ts";
import { endChildrenWithUs, endWithNpm } from "./start/end-children.ts";
import { greeting } from "./start/greeting.ts";
import { whyNotListen } from "./start/listening.ts";
import { openRuntime } from "./start/runtime.ts";

const root = join(import.meta.dirname, "..", "..");

function refuse(sentence: string): never {
  console.error(`\n  ${sentence}\n`);
  process.exit(1);
}

const outcome = readConfiguration(process.env, root);
if (!outcome.ok) refuse(outcome.error);
const { configuration } = outcome;

const { host, port, dataDirectory } = configuration;
const listenError = await whyNotListen(host, port);
if (listenError !== undefined) refuse(listenError);
const opened = openDataDirectory(dataDirectory);
if (!opened.ok) refuse(opened.error);

// Everything acknowledged is on disk: nothing needs saving. Our handlers run before Miniflare's, which would exit with 143.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(0));
endChildrenWithUs("workerd");
endWithNpm(process.env);

const program = await buildProgram(root).catch((error: unknown) =>
  refuse(error instanceof Error ? error.message : String(error)),
);
const url = await openRuntime(configuration, program).catch((error: unknown) =>
  refuse(error instanceof Error ? error.message : String(error)),
);
console.log(greeting(configuration, url));
