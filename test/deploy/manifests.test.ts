import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { isRecord, type PlainRecord } from "../../src/lib/plain-data.ts";
import { MANIFEST_NAME } from "../../src/otel/environment-manifest.ts";
import { EXPORTER_VARIABLES } from "../../src/otel/exporter-variables.ts";
import { readManifest } from "../../src/sinks/upstreams/read-settings.ts";
import { manifestFaults } from "./manifest-faults.ts";

const root = join(import.meta.dirname, "..", "..");
const FILES = (
  await Promise.all(
    ["deploy/manifests", "deploy/examples"].map(async (folder) =>
      (await readdir(join(root, folder))).map((name) => `${folder}/${name}`),
    ),
  )
).flat();

async function manifestsIn(file: string): Promise<readonly PlainRecord[]> {
  const documents = parseAllDocuments(await readFile(join(root, file), "utf8"));
  return (Array.isArray(documents) ? documents : []).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as PlainRecord;
  });
}

test.each(FILES)("%s is valid by the schemas of its kinds, without unknown fields", async (file) => {
  const manifests = await manifestsIn(file);
  expect(manifests).not.toEqual([]);
  const faults = await Promise.all(manifests.map(manifestFaults));
  expect(faults.flat()).toEqual([]);
});

test("a wrong type, a missing field, a wrong name of a field or kind are found", async () => {
  const pod = (container: object) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "a" },
    spec: { containers: [{ name: "a", image: "b", ...container }] },
  });
  expect(await manifestFaults(pod({ ports: [{ containerPort: 80 }], envFrom: [] }))).toEqual([]);
  const faults = [
    pod({ ports: [{ containerPort: "http" }] }),
    pod({ ports: [{ name: "http" }] }),
    pod({ envfrom: [] }),
    pod({ securityContext: { capabilities: { dropped: ["ALL"] } } }),
    { apiVersion: "v1", kind: "Deployment", metadata: {} },
  ].map(manifestFaults);
  expect((await Promise.all(faults)).map(([first]) => first)).toEqual([
    expect.stringContaining("containerPort"),
    expect.stringContaining("containerPort"),
    "spec.containers.0.envfrom is no field of Pod",
    "spec.containers.0.securityContext.capabilities.dropped is no field of Pod",
    "there is no kind Deployment in v1",
  ]);
});

test("the examples set the upstreams of their namespaces", async () => {
  const manifests = (await Promise.all(FILES.map(manifestsIn))).flat();
  const named = manifests.filter(({ metadata }) => isRecord(metadata) && metadata["name"] === MANIFEST_NAME);
  const endpoints = named.map((manifest) => {
    const read = readManifest(manifest, "allowed");
    return read.ok ? `${read.namespace} ${read.settings.endpoint}` : read.error;
  });
  expect(endpoints.toSorted()).toEqual([
    // The Secret of Langfuse: its endpoint stands in the ConfigMap.
    "it has no OTEL_EXPORTER_OTLP_ENDPOINT",
    "team-a http://jaeger.team-a.svc:4318/v1/traces",
    "team-b http://tempo.team-b.svc:4318/v1/traces",
    "team-c http://langfuse-web.langfuse.svc:3000/api/public/otel/v1/traces",
  ]);
});

test("the watcher may see the objects of one name, and nothing else", async () => {
  const manifests = await manifestsIn("deploy/manifests/spanfold.yaml");
  const rules = manifests.filter(({ kind }) => String(kind).endsWith("Role")).map((role) => role["rules"]);
  expect(rules).toEqual([
    [
      {
        apiGroups: [""],
        resources: ["secrets", "configmaps"],
        resourceNames: [MANIFEST_NAME],
        verbs: ["get", "list", "watch"],
      },
    ],
  ]);
});

test("each selector selects, each port is there, and the program stands where the image has it", async () => {
  for (const file of FILES) {
    const manifests = await manifestsIn(file);
    const workloads = manifests.flatMap(({ kind, spec }) =>
      kind === "Deployment" || kind === "StatefulSet" ? [spec as Workload] : [],
    );
    for (const { selector, template } of workloads)
      expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    for (const { spec } of manifests.filter(({ kind }) => kind === "Service")) {
      const { selector, ports } = spec as Service;
      const selected = workloads.filter(({ template }) =>
        Object.entries(selector).every(([key, value]) => template.metadata.labels[key] === value),
      );
      expect(selected).toHaveLength(1);
      const names = selected.flatMap(({ template }) => template.spec.containers.flatMap((one) => one.ports ?? []));
      for (const { targetPort } of ports) expect(names.map(({ name }) => name)).toContain(targetPort);
    }
  }
  const [, program] = /^CMD \["node", "([^"]+)"/m.exec(await readFile(join(root, "Dockerfile"), "utf8")) ?? [];
  expect(await readFile(join(root, "deploy/manifests/spanfold.yaml"), "utf8")).toContain(program);
});

test("the agent of the example sends to its Collector, whatever variables its namespace's upstream has", async () => {
  const manifests = await manifestsIn("deploy/examples/agent.yaml");
  const workload = manifests.find(({ kind }) => kind === "Deployment")?.["spec"] as Workload;
  const own = workload.template.spec.containers[0]?.env ?? [];
  const environment = Object.fromEntries([
    ...EXPORTER_VARIABLES.map((name) => [name, "of the upstream"]),
    ...own.map(({ name, value }) => [name, value ?? ""]),
  ]) as Readonly<Record<string, string>>;
  // Not all SDKs take an empty endpoint as unset: each one is the Collector's.
  const where = EXPORTER_VARIABLES.filter((name) => /_(ENDPOINT|HEADERS|PROTOCOL)$/.test(name));
  expect(Object.fromEntries(where.map((name) => [name, environment[name]]))).toEqual({
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318/v1/traces",
    OTEL_EXPORTER_OTLP_HEADERS: "",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: "",
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf",
  });
});

type Workload = {
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: {
      readonly containers: readonly {
        readonly ports?: readonly { readonly name: string }[];
        readonly env?: readonly { readonly name: string; readonly value?: string }[];
      }[];
    };
  };
};
type Service = {
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly targetPort: string }[];
};
