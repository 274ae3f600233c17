import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import type { BuiltProgram } from "./build.ts";
import type { Configuration } from "./configuration.ts";

/** The objects' files are named after it. */
const WORKER = "spanfold";

/** The export of `src/index.ts` that is served. */
const STANDALONE = "Standalone";

/**
 * Opens the program on the embedded runtime, its objects' SQLite under the data directory, until this process ends. The runtime
 * is started again when it crashes. Answers where it listens, with the port that the system chose if it was to choose.
 */
export async function openRuntime(configuration: Configuration, program: BuiltProgram): Promise<URL> {
  const { host, port, dataDirectory, bindings } = configuration;
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      ...program.options,
      name: WORKER,
      modules: [{ type: "ESModule", path: program.script }],
      bindings,
      unsafeDirectSockets: [{ host, port, entrypoint: STANDALONE }],
      // Miniflare's own entry stays within this machine: it answers 500 to a request that makes no URL, and takes 40 % of the time of an export.
      host: "127.0.0.1",
      port: 0,
      resourcePersistencePath: dataDirectory,
      cf: false,
      log: new Log(LogLevel.WARN),
    }),
  );
  await runtime.ready;
  return await runtime.unsafeGetDirectURL(WORKER, STANDALONE);
}
