import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { expect, onTestFinished, test } from "vitest";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { withQueue } from "../../../.ci/deploy-sinks.ts";
import { buildProgram } from "../../../src/cli/start/build.ts";
import { temporaryDirectory } from "../../program/program.ts";
import { exportOf, otlpReceiver, post } from "./otlp-receiver.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");

/** The deployment that `npm run deploy:sinks` makes, on the embedded runtime with its queues. */
async function startDeployment(): Promise<string> {
  const directory = await temporaryDirectory();
  const configuration = join(directory, "wrangler.toml");
  await writeFile(configuration, withQueue(await readFile(join(ROOT, "wrangler.toml"), "utf8")));
  const { workerOptions } = unstable_getMiniflareWorkerOptions(configuration);
  const { script, options } = await buildProgram(ROOT);
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      ...workerOptions,
      ...options,
      ...("queueProducers" in workerOptions ? { queueProducers: workerOptions.queueProducers } : {}),
      ...("queueConsumers" in workerOptions ? { queueConsumers: workerOptions.queueConsumers } : {}),
      name: "spanfold",
      modules: [{ type: "ESModule", path: script }],
      bindings: { OPEN_ACCESS: "loopback", PRIVATE_UPSTREAMS: "allowed" },
      port: 0,
      cf: false,
    }),
  );
  onTestFinished(async () => await runtime.dispose());
  return (await runtime.ready).origin;
}

test("with a queue bound, messages make the consumer deliver, in order and after an outage", async () => {
  const url = await startDeployment();
  const receiver = await otlpReceiver();
  await post(url, "/admin/upstreams/one", JSON.stringify({ endpoint: receiver.url }), "PUT");
  expect(await (await fetch(`${url}/admin/upstreams`)).json()).toMatchObject({ delivery: "queue" });
  const traceId = randomBytes(16).toString("hex");
  const names = () => receiver.received.flatMap(({ spans }) => spans.map(({ name }) => name));
  await post(url, "/v1/traces", exportOf(traceId, "first"));
  await expect.poll(names).toEqual(["first"]);
  receiver.answerWith(503);
  await post(url, "/v1/traces", exportOf(traceId, "second"));
  await post(url, "/v1/traces", exportOf(traceId, "third"));
  await expect
    .poll(async () => await (await fetch(`${url}/admin/upstreams/one`)).json())
    .toMatchObject({ state: "failing" });
  receiver.answerWith(200);
  await expect.poll(names, { timeout: 60_000 }).toEqual(["first", "second", "third"]);
});
