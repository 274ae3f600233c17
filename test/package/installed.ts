import { execFile, spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..", "..");
const CACHE = join(ROOT, ".cache", "package");
const MINUTE = 60_000;

/** What a person has after `npm install spanfold-….tgz` in an empty folder, with one version of Node and nothing of this clone. */
export type Installed = {
  readonly folder: string;
  /** Of a user without any setting. DATA_DIR is not set: data lies in the home, which is in the folder. */
  readonly environment: Readonly<Record<string, string>>;
};

/** Packs this clone, by its own `prepack`; answers the file. */
export async function pack(): Promise<string> {
  await mkdir(CACHE, { recursive: true });
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", CACHE], {
    cwd: ROOT,
    timeout: 10 * MINUTE,
    maxBuffer: 1e8,
  });
  const [packed] = Object.values(
    JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as Record<string, { filename: string }>,
  );
  if (packed === undefined) throw new Error(`npm pack said: ${stdout}`);
  return join(CACHE, packed.filename);
}

/** Installs a packed file in an empty folder, for a version of Node. */
export async function installed(file: string, node: string): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), "spanfold-package-"));
  const home = join(folder, "home");
  const empty = join(folder, "empty");
  await mkdir(home);
  await mkdir(empty);
  const environment = bareEnvironment(node, home);
  const options = { cwd: empty, env: environment, timeout: 10 * MINUTE, maxBuffer: 1e8 };
  await run(
    "npm",
    ["install", "--no-audit", "--no-fund", "--prefer-offline", "--cache", join(CACHE, "npm"), file],
    options,
  );
  return { folder: empty, environment };
}

/** Folder with the binary of a version of Node: this machine's if it is that one, else a package of npm's. */
export async function nodeOf(major: number): Promise<string> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const { status, stdout } = spawnSync(join(folder, "node"), ["--version"], { encoding: "utf8" });
    // Of a link, the folder of its binary: beside the link stand this clone's tools.
    if (status === 0 && stdout.startsWith(`v${major}.`)) return dirname(realpathSync(join(folder, "node")));
  }
  const folder = join(CACHE, `node-${major}`);
  const binary = join(folder, "node_modules", "node", "bin");
  if (existsSync(join(binary, "node"))) return binary;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, allowScripts: { node: true } }));
  await run("npm", ["install", "--no-audit", "--no-fund", `node@${major}`], { cwd: folder, timeout: 10 * MINUTE });
  return binary;
}

/** A shell's, with the folders of the system's commands, and without anything that npm set for this test. */
export function bareEnvironment(node: string, home: string): Record<string, string> {
  const own = Object.entries(process.env).flatMap(([name, value]) =>
    /^(npm_config_(registry|cafile)|NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy|LANG|TMPDIR)$/i.test(name) &&
    value !== undefined
      ? [[name, value] as const]
      : [],
  );
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  // What npm reads in the user's own file.
  const config = process.env["npm_config_userconfig"] ?? join(process.env["HOME"] ?? "", ".npmrc");
  return {
    ...Object.fromEntries(own),
    npm_config_userconfig: config,
    HOME: home,
    PATH: [node, ...path].join(delimiter),
  };
}

export type Started = {
  readonly url: string;
  readonly grpcPort: string;
  readonly printed: () => string;
  readonly end: (signal?: NodeJS.Signals) => Promise<number | null>;
};

/** `npx spanfold`, without a command, on free ports. */
export async function start(
  { folder, environment }: Installed,
  settings: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const child: ChildProcess = spawn("npx", ["--no-install", "spanfold"], {
    cwd: folder,
    env: { ...environment, PORT: "0", GRPC_PORT: "0", ...settings },
    stdio: ["ignore", "pipe", "pipe"],
    // Its processes are a group of their own.
    detached: true,
  });
  const output: string[] = [];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => output.push(text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => output.push(text));
  const printed = () => output.join("");
  // With all that it printed, and with the program, which may outlive npx and holds its folder of data until it ends.
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  const address = await new Promise<RegExpExecArray>((resolve, reject) => {
    child.stdout?.on("data", () => {
      const match = /Spanfold +(http:\S+)\n +gRPC +http:\S+:(\d+)\n/.exec(printed());
      if (match !== null) resolve(match);
    });
    void closed.then((code) => reject(new Error(`spanfold ended with ${code}:\n${printed()}`)));
  });
  const [, url = "", grpcPort = ""] = address;
  return {
    url,
    grpcPort,
    printed,
    end: async (signal = "SIGTERM") => {
      // npx cannot pass on a signal that no process can catch.
      if (signal === "SIGKILL") killGroup(child);
      else child.kill(signal);
      return await closed;
    },
  };
}

/** Its parts may have ended, all or some. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** `npx spanfold …` to its end. */
export async function spanfold(
  { folder, environment }: Installed,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn("npx", ["--no-install", "spanfold", ...args], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => output.push(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => output.push(text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output: output.join("") };
}

/** Names of all files of an installed package, from its folder. */
export async function filesOf({ folder }: Installed): Promise<string[]> {
  const root = join(folder, "node_modules", "spanfold");
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1));
}

export async function remove({ folder }: Installed): Promise<void> {
  await rm(join(folder, ".."), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
