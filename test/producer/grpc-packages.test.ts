import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");

/** What primary and fork say where the packages of gRPC are as `prepare` leaves them. */
async function failuresWith(prepare: (modules: string) => Promise<unknown>) {
  const folder = await mkdtemp(join(tmpdir(), "spanfold-grpc-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const modules = join(folder, "node_modules");
  await mkdir(modules);
  const producer = join(folder, "packages/producer");
  await cp(join(ROOT, "packages/producer/src"), join(producer, "src"), { recursive: true });
  await cp(join(ROOT, "packages/producer/package.json"), join(producer, "package.json"));
  await symlink(join(ROOT, "src"), join(folder, "src"));
  await symlink(join(ROOT, "node_modules/@opentelemetry"), join(modules, "@opentelemetry"));
  await prepare(modules);
  const program = `
    import { startTelemetry, withSpan } from "./src/index.ts";
    import { openExporter, openTransport } from "./src/platform/node.ts";
    const to = { protocol: "grpc", url: new URL("http://127.0.0.1:9"), headers: {}, timeoutMillis: 1000 };
    const failures = [];
    for (const open of [openExporter, openTransport])
      await open(to).catch(({ message, cause }) => failures.push([message, cause?.message ?? ""]));
    const log = (line) => failures.push(line.replace(/^.*?: /, ""));
    const telemetry = startTelemetry({}, { forks: [{ endpoint: "http://127.0.0.1:9", protocol: "grpc" }], log });
    withSpan("work", {}, () => {});
    await telemetry.shutdown();
    console.log(JSON.stringify(failures));`;
  await writeFile(join(producer, "program.ts"), program);
  const { stdout } = await promisify(execFile)(process.execPath, ["program.ts"], { cwd: producer });
  return JSON.parse(stdout) as unknown;
}

test("gRPC without its packages names them", async () => {
  expect(await failuresWith(async () => {})).toEqual([
    [
      "gRPC needs the packages @grpc/grpc-js and @opentelemetry/exporter-trace-otlp-grpc",
      expect.stringContaining("Cannot find package '@grpc/grpc-js'"),
    ],
    ["gRPC needs the package @grpc/grpc-js", expect.stringContaining("Cannot find package '@grpc/grpc-js'")],
    expect.stringMatching(/^gRPC needs the package @grpc\/grpc-js; /),
  ]);
});

test("packages of gRPC that are there but fail are not called missing", async () => {
  const breakPackage = async (modules: string) => {
    await mkdir(join(modules, "@grpc/grpc-js"), { recursive: true });
    await writeFile(join(modules, "@grpc/grpc-js/index.js"), 'throw new Error("no HTTP/2 here");');
  };
  expect(await failuresWith(breakPackage)).toEqual([
    ["no HTTP/2 here", ""],
    ["no HTTP/2 here", ""],
    expect.stringMatching(/^no HTTP\/2 here; /),
  ]);
});
