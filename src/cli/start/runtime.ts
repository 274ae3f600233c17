import { connect } from "node:net";
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

/** Whether somebody listens there already. The runtime itself would fail later, and with less to say. */
export async function isTaken(host: string, port: number): Promise<boolean> {
  if (port === 0) return false;
  const socket = connect({ port, host: host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host });
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
