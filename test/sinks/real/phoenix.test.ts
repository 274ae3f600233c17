import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { startProgram, temporaryDirectory } from "../../program/program.ts";
import { freePort } from "../../program/free-port.ts";
import { exportOf, post } from "./otlp-receiver.ts";
import { pythonTool } from "./python-tool.ts";

const { python, missing } = await pythonTool("arize-phoenix", "20.26.1");
if (missing !== undefined) console.warn(`Phoenix is not tested: ${missing}`);

/** Phoenix with its data in a folder of the test. */
async function startPhoenix(): Promise<string> {
  const [http, grpc] = [await freePort(), await freePort()];
  const child = spawn(python, ["-m", "phoenix.server.main", "serve"], {
    env: {
      ...process.env,
      PHOENIX_HOST: "127.0.0.1",
      PHOENIX_PORT: String(http),
      PHOENIX_GRPC_PORT: String(grpc),
      PHOENIX_WORKING_DIR: await temporaryDirectory(),
      PHOENIX_TELEMETRY_ENABLED: "false",
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => output.push(text));
  const url = `http://127.0.0.1:${http}`;
  const isReady = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(output.join("").slice(-2_000));
    return await fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  await expect.poll(isReady, { timeout: 120_000 }).toBe(true);
  return url;
}

test.skipIf(missing !== undefined)("Phoenix has what a trace has", async () => {
  const phoenix = await startPhoenix();
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const metadata = { name: "otel-environment-variables", namespace: "team-a" };
  const stringData = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `${phoenix}/v1/traces`,
    OTEL_EXPORTER_OTLP_HEADERS: "api_key=secret",
  };
  await post(program.url, "/admin/upstreams", JSON.stringify({ kind: "Secret", metadata, stringData }));
  const traceId = randomBytes(16).toString("hex");
  const large = "large ".repeat(20_000);
  await post(
    program.url,
    "/v1/traces",
    exportOf(traceId, "agent", { "query.namespace": "team-a", "input.value": large }),
  );
  type Found = { readonly data?: readonly { name: string; context: { trace_id: string }; attributes: object }[] };
  const spans = async () => {
    const response = await fetch(`${phoenix}/v1/projects/default/spans`);
    return response.ok ? (((await response.json()) as Found).data ?? []) : [];
  };
  await expect.poll(spans).toHaveLength(1);
  const [span] = await spans();
  expect([span?.context.trace_id, span?.name]).toEqual([traceId, "agent"]);
  expect(JSON.stringify(span?.attributes)).toContain(large);
  // A receiver has a trace before the program has read its answer.
  await expect
    .poll(async () => await (await fetch(`${program.url}/admin/upstreams/namespace.team-a`)).json())
    .toMatchObject({ state: "on", delivered: 1, rejected: 0 });
});
