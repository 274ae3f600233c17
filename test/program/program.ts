import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { isListening } from "../../src/cli/start/listening.ts";

const root = join(import.meta.dirname, "..", "..");

/** The program of `npm start` as a child process. */
export type Program = {
  readonly url: string;
  readonly port: string;
  readonly pid: number;
  /** Of OTLP/gRPC, if `GRPC_PORT` asks for it. */
  readonly grpcPort: string | undefined;
  /** Its output so far. */
  readonly printed: () => string;
  /** Ends the program like Ctrl-C, with its runtime; returns the exit code. */
  readonly stop: () => Promise<number | null>;
  /** Ends the program like a power cut, with its runtime: no further instruction runs. */
  readonly kill: () => Promise<void>;
};

/** A data directory for one test, removed after it. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "spanfold-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  return directory;
}

function spawnNode(
  file: "npm-start.ts" | "spanfold.ts",
  args: readonly string[],
  environment: Record<string, string>,
  folder = root,
): ChildProcess & { output: () => string } {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(OTEL_|PORT$|GRPC_PORT$|SPANFOLD_|HOST$|DATA_DIR$|.*_TOKEN$)/.test(name),
  );
  const child = spawn(process.execPath, [join(root, "src", "cli", file), ...args], {
    cwd: folder,
    env: { ...Object.fromEntries(own), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => output.push(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => output.push(text));
  return Object.assign(child, { output: () => output.join("") });
}

/** Runs `npm start`, or a command of `spanfold`, to its end. */
export async function run(
  command: string,
  args: readonly string[],
  environment: Record<string, string> = {},
  folder = root,
) {
  return await start(command, args, environment, folder).ended;
}

/** The same, for a test that acts while it runs. `prints` waits until a text stands in the output. It ends with the test. */
export function start(
  command: string,
  args: readonly string[],
  environment: Record<string, string> = {},
  folder = root,
) {
  const child =
    command === "npm start"
      ? spawnNode("npm-start.ts", args, environment)
      : spawnNode("spanfold.ts", [command, ...args], environment, folder);
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, output: child.output() }));
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    ended,
    output: child.output,
    /** Ends it like a supervisor; answers the exit code. */
    async stop(): Promise<number | null> {
      child.kill("SIGTERM");
      return (await ended).code;
    },
    async prints(text: string): Promise<void> {
      while (!child.output().includes(text)) {
        if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}:\n${child.output()}`);
        await sleep(20);
      }
    },
  };
}

/** A command of `spanfold` that a test ends in the middle. */
export function killable(command: string, args: readonly string[]): { readonly kill: () => Promise<void> } {
  const child = spawnNode("spanfold.ts", [command, ...args], {});
  const closed = once(child, "close");
  return {
    async kill() {
      child.kill("SIGKILL");
      await closed;
    },
  };
}

/** Starts the program on a free port and waits until it listens. It ends with the test. */
export async function startProgram(
  environment: Record<string, string> & { DATA_DIR: string },
  args: readonly string[] = [],
): Promise<Program> {
  const child = spawnNode("npm-start.ts", args, { PORT: "0", GRPC_PORT: "off", ...environment });
  const exited = once(child, "exit") as Promise<[number | null]>;
  let match: RegExpExecArray | null = null;
  const isThere = async () => match !== null && (await isListening("127.0.0.1", Number(match[2])));
  /** The runtime ends a moment after the program, and holds port and databases until then. A connection that breaks is no sign of its end. */
  const untilGone = async () => {
    const [code] = await exited;
    while (await isThere()) await sleep(5);
    return code;
  };
  let gone: ReturnType<typeof untilGone> | undefined;
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return await (gone ??= untilGone());
  };
  onTestFinished(async () => void (await end("SIGKILL")));

  const address = /Spanfold +(http:\S+:(\d+))\n.*gRPC +\S/s;
  match = address.exec(child.output());
  while (match === null) {
    if (child.exitCode !== null) throw new Error(`The program ended with ${child.exitCode}:\n${child.output()}`);
    await sleep(20);
    match = address.exec(child.output());
  }
  const [, url = "", port = ""] = match;
  return {
    url,
    port,
    pid: child.pid ?? 0,
    grpcPort: /gRPC +http:\S+:(\d+)/.exec(child.output())?.[1],
    printed: child.output,
    stop: () => end("SIGTERM"),
    kill: async () => void (await end("SIGKILL")),
  };
}
