import { describe, expect, test } from "vitest";
import { keysIn, seal, unseal } from "../../src/sinks/cipher.ts";
import { PRESETS } from "../../src/sinks/upstreams/presets.ts";
import { readManifest, readUpstream, readVariables } from "../../src/sinks/upstreams/read-settings.ts";

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** Configurations that installations of Ark have, each as the data of its Secret or ConfigMap. */
const CONFIGURATIONS: readonly (readonly [string, Record<string, string>, string, Record<string, string>])[] = [
  [
    "Langfuse",
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://langfuse-web.telemetry.svc.cluster.local:3000/api/public/otel",
      OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Basic cGs6c2s=",
    },
    "http://langfuse-web.telemetry.svc.cluster.local:3000/api/public/otel/v1/traces",
    { Authorization: "Basic cGs6c2s=" },
  ],
  [
    "Phoenix",
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://phoenix-svc.phoenix:6006/v1/traces",
      OTEL_EXPORTER_OTLP_HEADERS: "api_key=secret",
    },
    "http://phoenix-svc.phoenix:6006/v1/traces",
    { api_key: "secret" },
  ],
  [
    "Opik",
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://www.comet.com/opik/api/v1/private/otel",
      OTEL_EXPORTER_OTLP_HEADERS: "Authorization=key,Comet-Workspace=default,projectName=my%20project",
    },
    "https://www.comet.com/opik/api/v1/private/otel/v1/traces",
    { Authorization: "key", "Comet-Workspace": "default", projectName: "my project" },
  ],
  [
    "Honeycomb",
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://api.honeycomb.io",
      OTEL_EXPORTER_OTLP_HEADERS: "x-honeycomb-team=hcaik_1",
      OTEL_SERVICE_NAME: "ark",
    },
    "https://api.honeycomb.io/v1/traces",
    { "x-honeycomb-team": "hcaik_1" },
  ],
  ["Jaeger", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://jaeger:4318/v1/traces" }, "http://jaeger:4318/v1/traces", {}],
];

describe("the Secret or ConfigMap of a namespace", () => {
  const metadata = { name: "otel-environment-variables", namespace: "team-a" };
  test.each(CONFIGURATIONS)("%s", (_, variables, endpoint, headers) => {
    const data = Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, base64(value)]));
    const manifests = [
      { kind: "Secret", metadata, data },
      { kind: "Secret", metadata, stringData: variables },
      { kind: "ConfigMap", metadata, data: variables },
    ];
    for (const manifest of manifests) {
      expect(readManifest(manifest, "allowed")).toMatchObject({
        ok: true,
        namespace: "team-a",
        headers,
        settings: { endpoint, match: { by: "namespace", value: "team-a" } },
      });
    }
  });

  test("any other object is refused with the reason", () => {
    const errors = [
      {},
      { kind: "Deployment", metadata },
      { kind: "Secret", metadata: { ...metadata, name: "other" } },
      { kind: "Secret", metadata: { name: metadata.name } },
      { kind: "Secret", metadata, data: { OTEL_EXPORTER_OTLP_ENDPOINT: "%%" } },
      { kind: "ConfigMap", metadata, data: {} },
    ].map((manifest) => {
      const outcome = readManifest(manifest, "allowed");
      return outcome.ok ? "ok" : outcome.error;
    });
    expect(errors).toEqual([
      "the body must be a Secret or a ConfigMap as JSON",
      "the body must be a Secret or a ConfigMap as JSON",
      "metadata.name must be otel-environment-variables",
      "metadata.namespace must be the name of a namespace",
      "data.OTEL_EXPORTER_OTLP_ENDPOINT must be base64",
      "it has no OTEL_EXPORTER_OTLP_ENDPOINT",
    ]);
  });
});

test("the program's variables: those of traces come before the general ones", () => {
  expect(readVariables({}, "allowed", { by: "all" })).toBeUndefined();
  expect(
    readVariables(
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
        OTEL_EXPORTER_OTLP_HEADERS: "a=1",
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: "b=2=3",
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json",
        OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
        OTEL_EXPORTER_OTLP_TIMEOUT: "3000",
        OTEL_LOGS_EXPORTER: "console, otlp",
        OTEL_METRICS_EXPORTER: "none",
      },
      "allowed",
      { by: "all" },
    ),
  ).toEqual({
    ok: true,
    headers: { b: "2=3" },
    settings: {
      endpoint: "http://collector:4318/v1/traces",
      protocol: "http/json",
      compression: "gzip",
      timeout: 3_000,
      match: { by: "all" },
      sampling: 1,
      errors: "sampled",
      running: "held",
      logs: "sent",
      metrics: "omitted",
    },
  });
  expect(
    readVariables({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4317", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, "allowed", {
      by: "all",
    }),
  ).toEqual({ ok: false, error: "the protocol is grpc: it must be http/protobuf or http/json" });
});

test("the endpoint of traces is used as it is, and the general one is a base", () => {
  const endpoint = (variables: Record<string, string>): string => {
    const outcome = readVariables(variables, "allowed", { by: "all" });
    return outcome?.ok === true ? outcome.settings.endpoint : "none";
  };
  const general = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://general:4318/otlp/" };
  expect(endpoint(general)).toBe("http://general:4318/otlp/v1/traces");
  expect(endpoint({ ...general, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://own:4318/ingest/otel?key=1" })).toBe(
    "http://own:4318/ingest/otel?key=1",
  );
  expect(endpoint({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://own:4318" })).toBe("http://own:4318/");
  expect(endpoint({ ...general, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: " " })).toBe("http://general:4318/otlp/v1/traces");
});

describe("an upstream as it is put", () => {
  const read = (body: unknown): string => {
    const outcome = readUpstream(body, "refused");
    return outcome.ok ? outcome.settings.endpoint : outcome.error;
  };
  const endpoint = "https://a.example.com";

  test.each(Object.keys(PRESETS))(
    "the preset %s needs its headers, and an endpoint where each user has another",
    (preset) => {
      const { endpoint: hosted, headers } = PRESETS[preset] ?? { headers: [] };
      const all = Object.fromEntries(headers.map(([name = ""]) => [name, "x"]));
      expect(read({ preset, headers: all, ...(hosted === undefined ? { endpoint } : {}) })).toMatch(/\/v1\/traces$/);
      if (headers.length > 0)
        expect(read({ preset, endpoint, headers: {} })).toMatch(new RegExp(`^${preset} needs the header`));
      if (hosted === undefined) expect(read({ preset, headers: all })).toMatch(/^endpoint must be/);
    },
  );

  test("faults are named, and no value of a header is", () => {
    const errors = [
      [],
      { endpoint, header: {} },
      { preset: "other" },
      { endpoint: "http://169.254.169.254/latest" },
      { endpoint, headers: { "x-key": "sk-secret\r\nhost: elsewhere" } },
      { endpoint, headers: { "bad name": "sk-secret" } },
      { endpoint, headers: { "Content-Type": "text/plain" } },
      { endpoint, headers: { a: 1 } },
      { endpoint, headers: "sk-secret" },
      { endpoint, headers: "a=%0d%0asecret" },
      { endpoint, headers: { "x-key": "sk-ł" } },
      { endpoint, headers: { "x-key": "sk-secret", "X-Key": "sk-secret" } },
      { preset: "honeycomb", headers: { "x-honeycomb-team": " " } },
      { endpoint, headers: "a=%zzsecret" },
      { endpoint, match: { namespace: "a", service: "b" } },
      { endpoint, match: { attribute: { key: "a" } } },
      { endpoint, sampling: 2 },
      { endpoint, timeout: "1s" },
      { endpoint, protocol: "grpc" },
    ].map(read);
    expect(errors).toEqual([
      "the body must be a JSON object",
      "header is no field of an upstream",
      "preset must be one of langfuse, phoenix, opik, honeycomb, jaeger, tempo, langsmith, braintrust, logfire, spanfold",
      "the endpoint is refused: 169.254.169.254 is an address: name the host",
      "the value of x-key has a line break or another control character",
      "header 1 has no valid name",
      "the header Content-Type is written by the exporter",
      "headers must be an object of texts, or name=value,name=value",
      "header 1 must be a percent-encoded name=value",
      "the value of a has a line break or another control character",
      "the value of x-key has a character outside Latin-1",
      "the header X-Key is given twice",
      "honeycomb needs the header x-honeycomb-team",
      "header 1 must be a percent-encoded name=value",
      'match must be {"namespace": …}, {"service": …} or {"attribute": {"key": …, "value": …}}; without it all traces match',
      'match must be {"namespace": …}, {"service": …} or {"attribute": {"key": …, "value": …}}; without it all traces match',
      "sampling must be a number from 0 to 1",
      "timeout must be a number from 100 to 60000",
      "protocol must be http/protobuf or http/json",
    ]);
  });
});

test("header values open with each of the keys, for their upstream only", async () => {
  const [old] = keysIn("an old secret of some length");
  if (old === undefined) throw new Error("no key");
  const headers = { authorization: "Basic cGs6c2s=" };
  const sealed = await seal(old, headers, "default/a");
  expect(JSON.stringify(sealed)).not.toContain("cGs6c2s");
  const rotated = keysIn("a new secret of some length, an old secret of some length");
  expect(await unseal([old], sealed, "default/a")).toEqual({ state: "open", texts: headers, isCurrent: true });
  expect(await unseal(rotated, sealed, "default/a")).toEqual({ state: "open", texts: headers, isCurrent: false });
  expect(await unseal(rotated.slice(0, 1), sealed, "default/a")).toEqual({ state: "no-key" });
  expect(await unseal(rotated, sealed, "default/b")).toEqual({ state: "damaged" });
  expect(keysIn("short")).toEqual([]);
});
