import { execFile, spawnSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { freePort } from "../program/free-port.ts";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { eventually, getJson } from "../program/read-back.ts";
import type { SessionAnswer } from "../program/read-back.ts";
import { missingCollector, startCollector } from "../sinks/real/start-collector.ts";
import { install, missingFor } from "./run-producer.ts";

// The official exporters over gRPC into `npm start`. That of JavaScript is among the tests of the program (test/program/exporters.test.ts).

const run = promisify(execFile);
const PROGRAMS = join(import.meta.dirname, "programs");
const CACHE = join(import.meta.dirname, "..", "..", ".cache", "producers");
const PYTHON = {
  language: "python",
  packages: ["opentelemetry-exporter-otlp-proto-grpc==1.45.2", "opentelemetry-sdk==1.45.2"],
} as const;
/** Minor version of Go 1: what the modules name. */
const OLDEST_GO = 25;

/** Why Go can't be used; `undefined` if it can. */
function missingGo(): string | undefined {
  const { status, stdout } = spawnSync("go", ["version"], { encoding: "utf8" });
  const minor = status === 0 ? /go1\.(\d+)/.exec(stdout)?.[1] : undefined;
  if (minor === undefined) return "Go is missing";
  return Number(minor) < OLDEST_GO ? `Go is older than 1.${OLDEST_GO}` : undefined;
}

/** Builds the program with Go's exporter into `.cache`; answers the binary. */
async function buildGo(): Promise<string> {
  const binary = join(CACHE, "grpc-go", "grpc-go");
  await mkdir(join(CACHE, "grpc-go"), { recursive: true });
  await run("go", ["build", "-o", binary, "."], { cwd: join(PROGRAMS, "grpc-go"), timeout: 800_000, maxBuffer: 1e8 });
  return binary;
}

const noPython = missingFor(PYTHON);
const noGo = missingGo();
const noCollector = noGo ?? missingCollector;
for (const [what, why] of [
  ["Python's exporter over gRPC", noPython],
  ["Go's exporter over gRPC", noGo],
  ["the Collector", noCollector],
])
  if (why !== undefined) console.warn(`Skipped: ${what}: ${why}`);

async function startWithGrpc() {
  return await startProgram({ DATA_DIR: await temporaryDirectory(), GRPC_PORT: "0" });
}

/** Two spans of an agent, as each program here sends them. */
async function expectSession(url: string, id: string): Promise<void> {
  const { session } = await eventually(() => getJson<SessionAnswer>(url, `/sessions/${encodeURIComponent(id)}`));
  expect(session).toMatchObject({ spans: 2, agents: [{ name: "forecaster" }], tools: [{ name: "get_weather" }] });
}

const onlyEndpoint = (url: string): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
});

test.skipIf(noPython !== undefined)("Python's default exporter needs nothing but the endpoint", async () => {
  const folder = await install(PYTHON);
  const { url, grpcPort } = await startWithGrpc();
  const python = join(folder, "venv", "bin", "python");
  await run(python, [join(PROGRAMS, "grpc_default.py")], { env: onlyEndpoint(`http://localhost:${grpcPort}`) });
  await expectSession(url, "python over grpc");
});

test.skipIf(noGo !== undefined)("Go's exporter needs nothing but the endpoint", async () => {
  const program = await buildGo();
  const { url, grpcPort } = await startWithGrpc();
  await run(program, [], { env: onlyEndpoint(`http://127.0.0.1:${grpcPort}`) });
  await expectSession(url, "go over grpc");
});

test.skipIf(noCollector !== undefined)("a Collector passes on what it received, over gRPC and compressed", async () => {
  const program = await buildGo();
  const { url, grpcPort } = await startWithGrpc();
  const port = await freePort();
  const { printed } = await startCollector(configuration(port, `127.0.0.1:${grpcPort}`));
  await run(program, [], { env: onlyEndpoint(`http://127.0.0.1:${port}`) });
  await expectSession(url, "go over grpc");
  expect(printed()).not.toMatch(/"level":"error"|\terror\t/);
});

/** Gzip is the exporter's default. */
const configuration = (port: number, spanfold: string): string => `
receivers: { otlp: { protocols: { grpc: { endpoint: "127.0.0.1:${port}" } } } }
processors: { batch: { timeout: 100ms } }
exporters: { otlp/spanfold: { endpoint: "${spanfold}", tls: { insecure: true } } }
service:
  telemetry: { metrics: { level: none } }
  pipelines:
    traces: { receivers: [otlp], processors: [batch], exporters: [otlp/spanfold] }
`;
