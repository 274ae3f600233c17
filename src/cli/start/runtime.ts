import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, Response } from "miniflare";
import type { BuiltProgram } from "./build.ts";
import type { Configuration } from "./configuration.ts";
import type { DataDisk } from "./data-disk.ts";

/** Part of the names of the objects' files. */
const WORKER = "spanfold";

/** One process has one thread for all objects: a few share the commits, and each costs files and memory. */
const SHARDS = "4";

/** The export of `src/index.ts` that serves the port. */
const STANDALONE = "Standalone";

/** `url`: for port 0 it has the port that the system chose. */
export type Runtime = { readonly url: URL; readonly close: () => Promise<void> };

/**
 * Runs the program on the embedded runtime until it is closed, or this process ends, with its objects' SQLite under the data directory. A
 * crashed runtime is started again.
 */
export async function openRuntime(
  configuration: Configuration,
  program: BuiltProgram,
  disk: DataDisk,
): Promise<Runtime> {
  const { host, port, dataDirectory, bindings } = configuration;
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      ...program.options,
      name: WORKER,
      modules: [{ type: "ESModule", path: program.script }],
      bindings: { SHARDS, ...bindings },
      serviceBindings: {
        DISK: ({ method }: { readonly method: string }) => {
          if (method === "POST") disk.makeRoom();
          return Response.json(disk.report());
        },
      },
      unsafeDirectSockets: [{ host, port, entrypoint: STANDALONE }],
      // Miniflare's entry Worker listens on loopback only: it answers 500 to a request without a valid URL, and takes 40 % of the time of an export.
      host: "127.0.0.1",
      port: 0,
      resourcePersistencePath: dataDirectory,
      cf: false,
      log: new Log(LogLevel.WARN),
      handleStructuredLogs: ({ level, message }) => {
        disk.read(message);
        // Like the runtime's own handler.
        (level === "error" || level === "warn" ? console.error : console.log)(message);
      },
    }),
  );
  await runtime.ready;
  const url = await runtime.unsafeGetDirectURL(WORKER, STANDALONE);
  return { url, close: async () => await runtime.dispose() };
}
