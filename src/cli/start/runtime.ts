import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import type { BuiltProgram } from "./build.ts";
import type { Configuration } from "./configuration.ts";

/**
 * Opens the program on the embedded runtime, its objects' SQLite under the data directory, until this process ends. The runtime
 * is started again when it crashes. Answers where it listens, with the port that the system chose if it was to choose.
 */
export async function openRuntime(configuration: Configuration, program: BuiltProgram): Promise<URL> {
  const { host, port, dataDirectory, bindings } = configuration;
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      ...program.options,
      name: "spanfold",
      modules: [{ type: "ESModule", path: program.script }],
      bindings,
      host,
      port,
      resourcePersistencePath: dataDirectory,
      cf: false,
      log: new Log(LogLevel.WARN),
    }),
  );
  return await runtime.ready;
}
