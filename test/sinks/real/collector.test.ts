import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { startProgram, temporaryDirectory } from "../../program/program.ts";
import { freePort } from "../../program/free-port.ts";
import { exportOf, otlpReceiver, post } from "./otlp-receiver.ts";
import { missingCollector, startCollector } from "./start-collector.ts";

if (missingCollector !== undefined) console.warn(`The Collector is not tested: ${missingCollector}`);

const trace = (): string => randomBytes(16).toString("hex");

test.skipIf(missingCollector !== undefined)(
  "a Collector's exporters tell what arrived, whole and by both encodings",
  async () => {
    const port = await freePort();
    const file = join(await temporaryDirectory(), "traces.json");
    const { printed } = await startCollector(`
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${port}" } } } }
exporters:
  file: { path: ${JSON.stringify(file)}, flush_interval: 100ms }
  debug: { verbosity: detailed }
service:
  telemetry: { metrics: { level: none } }
  pipelines: { traces: { receivers: [otlp], exporters: [file, debug] } }
`);
    const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
    const endpoint = `http://127.0.0.1:${port}`;
    for (const [namespace, protocol, compression] of [
      ["a", "http/protobuf", "gzip"],
      ["b", "http/json", "none"],
    ])
      await post(
        program.url,
        `/admin/upstreams/${namespace}`,
        JSON.stringify({ endpoint, protocol, compression, match: { namespace } }),
        "PUT",
      );
    const traces = { a: trace(), b: trace() };
    const large = "large ".repeat(20_000);
    for (const [namespace, traceId] of Object.entries(traces))
      await post(
        program.url,
        "/v1/traces",
        exportOf(traceId, `agent ${namespace}`, { "query.namespace": namespace, "input.value": large }),
      );
    type Line = {
      resourceSpans: { scopeSpans: { spans: { traceId: string; name: string; attributes: unknown[] }[] }[] }[];
    };
    const arrived = async () =>
      (await readFile(file, "utf8"))
        .split("\n")
        .filter((line) => line.endsWith("}"))
        .flatMap((line) => (JSON.parse(line) as Line).resourceSpans)
        .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
        .toSorted((one, other) => (one.name < other.name ? -1 : 1));
    await expect.poll(arrived).toHaveLength(2);
    const spans = await arrived();
    expect(spans.map(({ traceId, name }) => [traceId, name])).toEqual([
      [traces.a, "agent a"],
      [traces.b, "agent b"],
    ]);
    for (const { attributes } of spans)
      expect(attributes).toContainEqual({ key: "input.value", value: { stringValue: large } });
    for (const namespace of ["a", "b"]) await expect.poll(printed).toMatch(new RegExp(`Name +: agent ${namespace}\\n`));
  },
);

test.skipIf(missingCollector !== undefined)(
  "the sidecar of the example forwards to Spanfold, and names the namespace",
  async () => {
    const documents = parseAllDocuments(
      await readFile(join(import.meta.dirname, "..", "..", "..", "deploy", "examples", "agent.yaml"), "utf8"),
    );
    const [first] = Array.isArray(documents) ? documents : [];
    if (first === undefined) throw new Error("the example has no document");
    const { data } = first.toJS() as { readonly data: { readonly "collector.yaml": string } };
    const receiver = await otlpReceiver();
    const program = await startProgram({
      DATA_DIR: await temporaryDirectory(),
      ADMIN_TOKEN: "admin-secret",
      INGEST_TOKEN: "ingest-secret",
    });
    const put = await fetch(`${program.url}/admin/upstreams/team`, {
      method: "PUT",
      headers: { authorization: "Bearer admin-secret" },
      body: JSON.stringify({ endpoint: receiver.url, match: { namespace: "team-a" } }),
    });
    expect(put.status).toBe(200);
    const [grpc, http] = [await freePort(), await freePort()];
    const configuration = data["collector.yaml"]
      .replace("http://spanfold.spanfold.svc:8787", program.url)
      .replace("127.0.0.1:4317", `127.0.0.1:${grpc}`)
      .replace("127.0.0.1:4318", `127.0.0.1:${http}`);
    const environment = { POD_NAMESPACE: "team-a", POD_NAME: "agent-1", SPANFOLD_TOKEN: "ingest-secret" };
    const { printed } = await startCollector(configuration, environment);
    const traceId = trace();
    await post(`http://127.0.0.1:${http}`, "/v1/traces", exportOf(traceId, "agent"));
    await expect
      .poll(() => receiver.received.flatMap(({ spans }) => spans.map((span) => [span.traceId, span.name])))
      .toEqual([[traceId, "agent"]]);
    expect(printed()).not.toMatch(/\t(warn|error)\t/);
  },
);
