import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { buildProgram } from "../../src/cli/start/build.ts";
import type { BuiltProgram, WorkerOptions } from "../../src/cli/start/build.ts";
import { Connection, getRequest } from "./connection.ts";
import { HeapTrace, HEAP_TRACE_FLAGS } from "./heap-trace.ts";
import { writeConfiguration } from "./workerd-configuration.ts";

export const ROOT = join(import.meta.dirname, "..", "..");
const WORKERS = join(import.meta.dirname, "workers");

/** The runtime's own binary comes with wrangler and Miniflare. */
const binary = createRequire(import.meta.resolve("miniflare"))("workerd").default as string;

export type Runtime = {
  readonly port: number;
  readonly ceilingPort: number;
  readonly process: number;
  /** Tells something when started with `tracing`. */
  readonly heap: HeapTrace;
  /** Milliseconds from the start of the process to the program's first answer. */
  readonly firstAnswerMillis: number;
  stop(): Promise<void>;
};

export type RuntimeOptions = {
  /** Counts rows and calls, at `GET /bench/bill`. */
  readonly counting?: boolean;
  /** Has the engine tell of its heap, at a price in time. */
  readonly tracing?: boolean;
  /** Variables of the deployment. */
  readonly variables?: Readonly<Record<string, string>>;
  /** `this machine`: the program may call receivers on it. Else it calls nothing. */
  readonly outbound?: "this machine";
};

/** One built program in a directory of its own, with its data; started and stopped as often as a bench likes. */
export class Bench {
  readonly directory: string;
  /** Of the Worker as it would be deployed. */
  readonly script: string;
  readonly #options: WorkerOptions;
  readonly #running = new Set<ChildProcess>();

  private constructor(directory: string, { script, options }: BuiltProgram) {
    this.directory = directory;
    this.script = script;
    this.#options = options;
  }

  static async open(): Promise<Bench> {
    const program = await buildProgram(ROOT);
    const directory = await mkdtemp(join(tmpdir(), "spanfold-bench-"));
    await copyFile(program.script, join(directory, "index.js"));
    for (const worker of ["ceiling.js", "counting.js", "page.js"])
      await copyFile(join(WORKERS, worker), join(directory, worker));
    return new Bench(directory, program);
  }

  /** Starts the runtime over the data that is there, or over none. */
  async start(
    data: string,
    { counting = false, tracing = false, variables = {}, outbound }: RuntimeOptions = {},
  ): Promise<Runtime> {
    const objects = join(this.directory, data);
    await mkdir(objects, { recursive: true });
    const file = join(this.directory, `${data}.capnp`);
    const main = counting ? "counting.js" : "index.js";
    const configuration = writeConfiguration({
      main,
      options: this.#options,
      v8Flags: tracing ? HEAP_TRACE_FLAGS : [],
      variables,
      outbound: outbound === undefined ? [] : ["local"],
    });
    await writeFile(file, configuration);
    const begun = performance.now();
    const child = spawn(binary, ["serve", file, "--control-fd=3", `--directory-path=objects=${objects}`], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    const heap = new HeapTrace();
    child.stdout?.setEncoding("utf8").on("data", (text: string) => heap.take(text));
    this.#running.add(child);
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4_000)));
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    void ended.then(() => this.#running.delete(child));
    const ports = await portsOf(child, ended, () => said);
    const port = ports.get("main") ?? 0;
    await answerOf(port, "/healthz");
    return {
      port,
      ceilingPort: ports.get("ceiling") ?? 0,
      process: child.pid ?? 0,
      heap,
      firstAnswerMillis: performance.now() - begun,
      stop: async () => {
        child.kill("SIGKILL");
        await ended;
      },
    };
  }

  async forget(data: string): Promise<void> {
    await rm(join(this.directory, data), { recursive: true, force: true });
  }

  async close(): Promise<void> {
    for (const child of this.#running) child.kill("SIGKILL");
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function portsOf(child: ChildProcess, ended: Promise<void>, said: () => string): Promise<Map<string, number>> {
  const ports = new Map<string, number>();
  const heard = new Promise<void>((resolve) => {
    let rest = "";
    (child.stdio[3] as Readable).setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const message = JSON.parse(line) as { event: string; socket?: string; port?: number };
        if (message.event === "listen") ports.set(message.socket ?? "", message.port ?? 0);
      }
      if (ports.size === 2) resolve();
    });
  });
  const failed = ended.then(() => {
    throw new Error(`workerd ended before it listened:\n${said()}`);
  });
  await Promise.race([heard, failed]);
  failed.catch(() => undefined);
  return ports;
}

/** One GET on a connection of its own. */
export async function answerOf(port: number, path: string, accept?: string) {
  const connection = await Connection.open(port);
  try {
    return await connection.send(getRequest(path, accept));
  } finally {
    connection.close();
  }
}

/** Kilobytes of resident memory: now, and at its peak since `forgetPeak`. Linux only. */
export async function memoryOf(process: number): Promise<{ readonly now: number; readonly peak: number }> {
  const status = await readFile(`/proc/${process}/status`, "utf8");
  const field = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN);
  return { now: field("VmRSS"), peak: field("VmHWM") };
}

export async function forgetPeak(process: number): Promise<void> {
  await writeFile(`/proc/${process}/clear_refs`, "5");
}

/** Seconds of processor time that the process has used. */
export async function processorTime(process: number): Promise<number> {
  const stat = await readFile(`/proc/${process}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Waits until the runtime has nothing left to do, so that one run doesn't pay for another. */
export async function settle(process: number, patienceMillis = 30_000): Promise<void> {
  const begun = performance.now();
  let quiet = 0;
  let before = await processorTime(process);
  while (quiet < 2 && performance.now() - begun < patienceMillis) {
    await sleep(50);
    const now = await processorTime(process);
    quiet = now - before < 0.01 ? quiet + 1 : 0;
    before = now;
  }
}
