import { expect, test } from "vitest";
import { namespaceVariables } from "../../src/cli/discover/namespace-variables.ts";

test("the server is no upstream of itself, however its service is named", () => {
  const endpoints = [
    "http://spanfold.observability.svc:8787",
    "http://spanfold.observability:8787/v1/traces",
    "http://spanfold.observability.svc.cluster.local:8787/v1/traces",
    "http://spanfold.observability.svc:4318",
    "http://spanfold.other.svc:8787",
  ];
  const objects = endpoints.map((endpoint, at) => {
    const metadata = { name: "otel-environment-variables", namespace: `team-${at}` };
    return [`team-${at}`, { kind: "ConfigMap", metadata, data: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } }] as const;
  });
  const wanted = namespaceVariables(new Map(objects), new Map(), "http://spanfold.observability.svc:8787");
  expect([...wanted.keys()]).toEqual(["team-3", "team-4"]);
});
