import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { receiver } from "../producer/receiver.ts";
import { install } from "./run-producer.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..", "..");
const PROGRAMS = join(import.meta.dirname, "programs", "kit");
const API = "@opentelemetry/api@1.9.1";
const NAMES = ["tool.get_weather", "llm.claude-sonnet-4-5", "agent.forecaster", "query.forecast"];

/** The package as it would be published, installed in an empty folder beside others; the reason if the registry can't be had. */
async function installPacked(...others: string[]): Promise<string | Error> {
  const folder = await mkdtemp(join(tmpdir(), "spanfold-kit-"));
  folders.push(folder);
  await run("npm", ["pack", "--workspace", "packages/producer", "--pack-destination", folder], { cwd: ROOT });
  const packed = (await readdir(folder)).find((name) => name.endsWith(".tgz")) ?? "";
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const installing = run("npm", ["install", "--no-audit", "--no-fund", `./${packed}`, ...others], { cwd: folder });
  const unreachable = await installing.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof Error && REGISTRY_FAILURE.test(error.message)) return error;
      throw error;
    },
  );
  if (unreachable !== undefined) return unreachable;
  for (const name of await readdir(PROGRAMS)) await copyFile(join(PROGRAMS, name), join(folder, name));
  return folder;
}

/** As npm says it: no connection, an answer that is an error, or a version that a mirror lacks. Whatever else fails is our package. */
const REGISTRY_FAILURE =
  /npm error code (?:ENOTFOUND|EAI_AGAIN|ECONN\w+|E?HOSTUNREACH|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|E[45]\d\d|ETARGET)\b/;

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const folder = await installPacked(API);
if (folder instanceof Error) console.warn(`The packed kit is not tested: ${folder.message}`);

/** Each with the command that runs a program; `undefined` where npm can't install it. */
const RUNTIMES: readonly { readonly name: string; readonly command: readonly string[] | undefined }[] = [
  { name: "Node", command: [process.execPath] },
  { name: "Bun", command: await installed("bun@1.4.5", (at) => [join(at, "node_modules/bun/bin/bun.exe")]) },
  { name: "Deno", command: await installed("deno@2.9.6", (at) => [join(at, "node_modules/.bin/deno"), "run", "-A"]) },
];

async function installed(what: string, command: (folder: string) => string[]): Promise<string[] | undefined> {
  try {
    const found = command(await install({ language: "node", packages: [what] }));
    await run(found[0] ?? "", ["--version"]);
    return found;
  } catch (error) {
    console.warn(`The kit is not tried with ${what}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** Runs a program of the folder to its end, with nothing of this machine's settings but its paths. */
async function runIn(at: string, command: readonly string[], args: readonly string[], env: Record<string, string>) {
  const { PATH = "", HOME = "" } = process.env;
  const [file = "", ...rest] = command;
  // A program that a fork keeps alive would take 10 s.
  const options = { cwd: at, env: { PATH, HOME, ...env }, timeout: 9_000 };
  return await run(file, [...rest, ...args], options);
}

describe.each(RUNTIMES)("with $name", ({ name, command }) => {
  const skipped = folder instanceof Error || command === undefined;
  const title = skipped ? `, skipped: ${name} or the kit can't be installed` : "";
  const start = (args: readonly string[], env: Record<string, string>) =>
    runIn(String(folder), command ?? [], ["steps.mjs", ...args], env);

  test.skipIf(skipped)(`primary and fork get all spans${title}`, async () => {
    await using primary = await receiver();
    await using fork = await receiver();
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: primary.url,
      SPANFOLD_ENDPOINT: fork.address,
      SPANFOLD_PROTOCOL: "http/json",
    };
    const { stdout, stderr } = await start([], env);
    expect([stdout, stderr]).toEqual([`${NAMES.join()}\n`, ""]);
    expect([primary.names(), fork.names()]).toEqual([NAMES, NAMES]);
  });

  test.skipIf(skipped)(`a fork that is away or never answers keeps no program alive${title}`, async () => {
    await using primary = await receiver();
    await using hung = await receiver("hang");
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: primary.url,
      OTEL_BSP_SCHEDULE_DELAY: "50",
      ARK_BROKER_OTLP_ENDPOINT: "127.0.0.1:9",
      SPANFOLD_ENDPOINT: hung.address,
    };
    await start([], env);
    expect((await start(["ends"], env)).stdout).toContain("done");
    expect(primary.names()).toEqual([...NAMES, ...NAMES]);
    expect(hung.requests.length).toBeGreaterThan(1);
  });
});

describe("installed in an empty folder", () => {
  const skipped = folder instanceof Error;
  // `await using` came with Node 24.
  const isOld = Number.parseInt(process.versions.node, 10) < 24;

  test.skipIf(skipped || isOld)("the README's program runs", async () => {
    const readme = await readFile(join(ROOT, "packages", "producer", "README.md"), "utf8");
    const [, program = ""] = /```js\n(.*?)```/s.exec(readme) ?? [];
    await writeFile(join(String(folder), "readme.mjs"), program);
    await using fork = await receiver();
    await runIn(String(folder), [process.execPath], ["readme.mjs"], { SPANFOLD_ENDPOINT: fork.address });
    expect(fork.names()).toEqual(NAMES);
  });

  test.skipIf(skipped)("its types are found, and refuse what is wrong", async () => {
    const options = [
      "--strict",
      "--noEmit",
      "--module",
      "nodenext",
      "--target",
      "es2022",
      "--lib",
      "es2022,esnext.disposable",
    ];
    const compiler = join(ROOT, "node_modules", ".bin", "tsc");
    await run(compiler, [...options, "--skipLibCheck", "--types", "", "types.mts"], { cwd: String(folder) });
  });
});

const newest = await installPacked(
  "@opentelemetry/api@1.10.0",
  "@opentelemetry/sdk-trace@3.1.1",
  "@opentelemetry/exporter-trace-otlp-proto@0.301.1",
);
test.skipIf(newest instanceof Error)("it forks the exporter of OpenTelemetry's SDK 3", async () => {
  await using primary = await receiver();
  await using fork = await receiver();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://${primary.address}`, SPANFOLD_ENDPOINT: fork.address };
  await runIn(String(newest), [process.execPath], ["sdk-3.mjs"], env);
  expect([primary.names(), fork.names()]).toEqual([["work"], ["work"]]);
});
