import type { BuiltProgram } from "./build.ts";
import type { CalledAs } from "../called-as.ts";
import { UsageError } from "../dispatch.ts";
import type { Environment } from "../dispatch.ts";
import { readConfiguration } from "./configuration.ts";
import type { Folders } from "./configuration.ts";
import { openDataDirectory } from "./data-directory.ts";
import { setDamagedAside } from "./damaged-files.ts";
import type { FoundDamage } from "./damaged-files.ts";
import { DataDisk } from "./data-disk.ts";
import { descriptorWarning, openFilesLimit } from "./descriptors.ts";
import { endChildrenWithUs, endWithNpm } from "./end-children.ts";
import { greeting } from "./greeting.ts";
import { whyNotListen } from "./listening.ts";
import { openRuntime } from "./runtime.ts";
import { rebuildList } from "./rebuild-list.ts";
import { readTelemetryFile } from "./telemetry-file.ts";
import { upstreamKeyIn } from "./upstream-key.ts";

/** What the command line asked for. */
export type ServeOptions = { readonly rebuild: boolean };

const REBUILD = "--rebuild";

/** The options of `start`. Throws a `UsageError` for any other. */
export function serveOptions(args: readonly string[]): ServeOptions {
  const other = args.find((arg) => arg !== REBUILD);
  if (other !== undefined) throw new UsageError(`start takes no "${other}": the environment sets it up.`);
  return { rebuild: args.includes(REBUILD) };
}

/** How the program was started, and where its parts are. */
export type Start = Folders & { readonly calledAs: CalledAs; readonly program: () => Promise<BuiltProgram> };

/** Starts the program; it runs until this process ends. Answers the exit code, which is 1 if it could not start. */
export async function serve(start: Start, environment: Environment, options: ServeOptions): Promise<number> {
  const { calledAs } = start;
  const outcome = readConfiguration(environment, start);
  if (!outcome.ok) return refuse(outcome.error);
  const { configuration } = outcome;

  const { host, port, grpcPort, dataDirectory } = configuration;
  const listenError = await whyNotListen(host, port, calledAs.start);
  if (listenError !== undefined) return refuse(listenError);
  const opened = await openDataDirectory(dataDirectory, calledAs.start);
  if (!opened.ok) return refuse(opened.error);

  const warning = descriptorWarning(openFilesLimit(), calledAs.start);
  if (warning !== undefined) console.error(`\n  ${warning}`);
  const found = lookForDamage(dataDirectory, options);
  const disk = new DataDisk(dataDirectory, calledAs.start);

  const file = await readTelemetryFile(dataDirectory);
  for (const fault of file.faults) console.error(`\n  ${fault}`);

  // Everything acknowledged is on disk: nothing needs saving. Our handlers run before Miniflare's, which would exit with 143.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(0));
  endChildrenWithUs("workerd");
  endWithNpm(environment);

  try {
    const given = { ...file.variables, ...configuration.bindings };
    const shards = found.shards === undefined ? {} : { SHARDS: String(found.shards) };
    const bindings = { ...given, ...shards, UPSTREAM_KEY: given["UPSTREAM_KEY"] ?? upstreamKeyIn(dataDirectory) };
    const program = await start.program();
    if (found.rebuild) {
      // On a port that nothing else knows: a shard that lost its file would begin logs anew, before it knows again where they are.
      const closed = await openRuntime({ ...configuration, bindings, host: "127.0.0.1", port: 0 }, program, disk);
      const say = (sentence: string) => console.error(`\n  ${sentence}`);
      say(await rebuildList(closed.url, dataDirectory, found, bindings, say));
      await closed.close();
    }
    const { url } = await openRuntime({ ...configuration, bindings }, program, disk);
    // Loaded only if it is wanted: the package takes a tenth of a second.
    const grpc = grpcPort === undefined ? undefined : await (await import("./grpc.ts")).openGrpc(host, grpcPort, url);
    console.log(greeting(configuration, url, grpc, calledAs));
    return 0;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** Says what was found. */
function lookForDamage(dataDirectory: string, { rebuild }: ServeOptions): FoundDamage {
  const found = setDamagedAside(dataDirectory, rebuild);
  if (found.files.length > 0)
    console.error(`\n  Damaged, and set aside in ${found.folder}:\n    ${found.files.join("\n    ")}`);
  if (found.unread) console.error("\n  Only headers were checked: reading whole databases needs Node 22.13 or newer.");
  return found;
}

/** The data directory is claimed and a runtime may run: the process has to end. */
function refuse(sentence: string): never {
  console.error(`\n  ${sentence}\n`);
  process.exit(1);
}
