import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startProgram, temporaryDirectory } from "../../program/program.ts";
import { freePort } from "../../program/free-port.ts";
import { goTool } from "./go-tool.ts";
import { exportOf, post } from "./otlp-receiver.ts";

const { program: JAEGER, missing } = await goTool(
  "jaeger",
  "v1.76.0",
  "github.com/jaegertracing/jaeger/cmd/jaeger",
  "built",
);
if (missing !== undefined) console.warn(`Jaeger is not tested: ${missing}`);

/** Jaeger with its traces in memory. */
async function startJaeger(): Promise<{ readonly otlp: string; readonly api: string }> {
  const [otlp, http, grpc] = [await freePort(), await freePort(), await freePort()];
  const directory = await temporaryDirectory();
  const file = join(directory, "jaeger.yaml");
  await writeFile(
    file,
    `
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines: { traces: { receivers: [otlp], exporters: [jaeger_storage_exporter] } }
  telemetry: { metrics: { level: none } }
extensions:
  jaeger_query: { storage: { traces: memory }, http: { endpoint: "127.0.0.1:${http}" }, grpc: { endpoint: "127.0.0.1:${grpc}" } }
  jaeger_storage: { backends: { memory: { memory: { max_traces: 1000 } } } }
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${otlp}" } } } }
exporters: { jaeger_storage_exporter: { trace_storage: memory } }
`,
  );
  const child = spawn(JAEGER, ["--config", file], { stdio: ["ignore", "ignore", "pipe"] });
  const output: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => output.push(text));
  onTestFinished(() => void child.kill("SIGKILL"));
  const api = `http://127.0.0.1:${http}/api`;
  const isReady = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(output.join("").slice(-2_000));
    return await fetch(`${api}/services`).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  await expect.poll(isReady, { timeout: 60_000 }).toBe(true);
  return { otlp: `http://127.0.0.1:${otlp}`, api };
}

test.skipIf(missing !== undefined)("Jaeger has what a trace has, by both encodings", async () => {
  const jaeger = await startJaeger();
  const program = await startProgram({
    DATA_DIR: await temporaryDirectory(),
    OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.otlp,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  });
  await post(
    program.url,
    "/admin/upstreams/again",
    JSON.stringify({ preset: "jaeger", endpoint: jaeger.otlp, match: { namespace: "b" } }),
    "PUT",
  );
  const traceId = randomBytes(16).toString("hex");
  const other = randomBytes(16).toString("hex");
  const large = "large ".repeat(20_000);
  await post(program.url, "/v1/traces", exportOf(traceId, "agent", { "input.value": large }));
  await post(program.url, "/v1/traces", exportOf(other, "query", { "query.namespace": "b" }));
  type Found = { data?: { spans: { operationName: string; tags: { key: string; value: unknown }[] }[] }[] };
  const spans = async (id: string) => {
    const found = (await (await fetch(`${jaeger.api}/traces/${id}`)).json()) as Found;
    return (found.data ?? []).flatMap((one) => one.spans);
  };
  await expect.poll(async () => (await spans(traceId)).map(({ operationName }) => operationName)).toContain("agent");
  expect((await spans(traceId))[0]?.tags).toContainEqual(expect.objectContaining({ key: "input.value", value: large }));
  await expect.poll(async () => (await spans(other)).map(({ operationName }) => operationName)).toContain("query");
  const state = async (name: string) => await (await fetch(`${program.url}/admin/upstreams/${name}`)).json();
  // A receiver has a trace before the program has read its answer.
  await expect.poll(() => state("primary")).toMatchObject({ state: "on", delivered: 2, rejected: 0 });
  await expect.poll(() => state("again")).toMatchObject({ state: "on", delivered: 1, rejected: 0 });
});
