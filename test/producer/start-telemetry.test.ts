import { context, propagation } from "@opentelemetry/api";
import { describe, expect, test, vi } from "vitest";
import { startTelemetry, withSpan } from "../../packages/producer/src/index.ts";
import type { TelemetryOptions } from "../../packages/producer/src/index.ts";
import { receiver } from "./receiver.ts";
import type { ResourceSpans } from "../../src/otel/span.ts";

/** Starts a program with an environment, makes one span in it, and ends it; answers what its log said. */
async function run(env: Record<string, unknown>, options: TelemetryOptions = {}): Promise<string[]> {
  const lines: string[] = [];
  const telemetry = startTelemetry(env, { log: (line) => lines.push(line), ...options });
  withSpan("work", {}, () => {});
  await telemetry.shutdown();
  return lines;
}

const resourceOf = ([first]: ResourceSpans[][]) =>
  Object.fromEntries(
    (first?.[0]?.resource?.attributes ?? [])
      .filter(({ key }) => !key.startsWith("telemetry.sdk."))
      .map(({ key, value }) => [key, value?.stringValue]),
  );

describe("the endpoint", () => {
  test.each([
    ["a base", (address: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://${address}` }), "/v1/traces"],
    [
      "a base with a path",
      (address: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://${address}/otlp/` }),
      "/otlp/v1/traces",
    ],
    [
      "the path of traces as a base",
      (address: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://${address}/v1/traces` }),
      "/v1/traces",
    ],
    [
      "one for traces, as it stands",
      (address: string) => ({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://${address}/in` }),
      "/in",
    ],
    [
      "the one for traces before the base",
      (address: string) => ({
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://${address}/in`,
      }),
      "/in",
    ],
  ])("is %s", async (_, env, path) => {
    await using target = await receiver();
    expect(await run(env(target.address))).toEqual([]);
    expect(target.requests.map(({ url }) => url)).toEqual([path]);
    expect(target.names()).toEqual(["work"]);
  });

  test.each([
    ["http/json", "application/json"],
    ["HTTP/Protobuf", "application/x-protobuf"],
    ["", "application/x-protobuf"],
  ])("takes the protocol %s as %s", async (protocol, type) => {
    await using target = await receiver();
    await run({ OTEL_EXPORTER_OTLP_ENDPOINT: target.url, OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
    expect(target.requests.map(({ headers }) => headers["content-type"])).toEqual([type]);
  });

  test("that is no URL is named, and the default taken", async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "localhost:4318", OTEL_TRACES_SAMPLER: "always_off" };
    expect(await run(env)).toEqual(["OTEL_EXPORTER_OTLP_ENDPOINT is no http(s) URL; the default is used"]);
  });

  test.each(["ftp://user:secret@broker", "http://us%er:secret@broker"])(
    "%s is named without its secret",
    async (endpoint) => {
      const env = {
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        SPANFOLD_ENDPOINT: endpoint,
        OTEL_TRACES_SAMPLER: "always_off",
      };
      const lines = await run(env);
      expect(lines).toHaveLength(2);
      expect(lines.join()).toContain("OTEL_EXPORTER_OTLP_ENDPOINT");
      expect(lines.join()).toContain("SPANFOLD_ENDPOINT");
      expect(lines.join()).not.toContain("secret");
    },
  );
});

test("headers are percent-decoded, and those for traces replace the others", async () => {
  await using target = await receiver();
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: target.url,
    OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Basic%20cGs6c2s=, x-a=1%2C2",
  };
  await run(env);
  await run({ ...env, OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-b=2" });
  expect(target.requests.map(({ headers }) => [headers.authorization, headers["x-a"], headers["x-b"]])).toEqual([
    ["Basic cGs6c2s=", "1,2", undefined],
    [undefined, undefined, "2"],
  ]);
});

test("variables of the process reach no exporter whose environment is another", async () => {
  await using target = await receiver();
  vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=of-the-process");
  vi.stubEnv("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip");
  const named = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: target.url };
  await run(named).finally(() => vi.unstubAllEnvs());
  expect(target.names()).toEqual(["work"]);
  expect(target.requests.map(({ headers }) => [headers.authorization, headers["content-encoding"]])).toEqual([
    [undefined, undefined],
  ]);
});

test("a bad pair of headers is named by its place: it may be a secret", async () => {
  await using target = await receiver();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: target.url, OTEL_EXPORTER_OTLP_HEADERS: "secret,x-a=1,x-b=%zz" };
  expect(await run(env)).toEqual([
    "OTEL_EXPORTER_OTLP_HEADERS: pair 1 is no percent-encoded key=value; it is left out",
    "OTEL_EXPORTER_OTLP_HEADERS: pair 3 is no percent-encoded key=value; it is left out",
  ]);
  expect(target.requests[0]?.headers["x-a"]).toBe("1");
});

describe("the resource", () => {
  test("has the attributes, and the service's name wins", async () => {
    await using target = await receiver();
    await run({
      OTEL_EXPORTER_OTLP_ENDPOINT: target.url,
      OTEL_RESOURCE_ATTRIBUTES: "service.name=other,deployment.environment.name=a%20b",
      OTEL_SERVICE_NAME: "weather",
    });
    expect(resourceOf(target.exports)).toEqual({ "service.name": "weather", "deployment.environment.name": "a b" });
  });

  test("is void with one bad pair", async () => {
    await using target = await receiver();
    const lines = await run({
      OTEL_EXPORTER_OTLP_ENDPOINT: target.url,
      OTEL_RESOURCE_ATTRIBUTES: "team=ops,broken",
      OTEL_SERVICE_NAME: "weather",
    });
    expect(lines).toEqual([
      "OTEL_RESOURCE_ATTRIBUTES: pair 2 is no percent-encoded key=value; all of them are left out",
    ]);
    expect(resourceOf(target.exports)).toEqual({ "service.name": "weather" });
  });
});

describe("the sampler", () => {
  const remote = (flags: string) =>
    propagation.extract(context.active(), { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-${flags}` });

  /** Names of the roots and of the children of sampled and unsampled remote parents that were exported. */
  async function sampled(env: object): Promise<string[]> {
    await using target = await receiver();
    const telemetry = startTelemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: target.url, ...env }, { log: () => {} });
    withSpan("root", {}, () => {});
    context.with(remote("01"), () => withSpan("of sampled", {}, () => {}));
    context.with(remote("00"), () => withSpan("of unsampled", {}, () => {}));
    await telemetry.shutdown();
    return target.names();
  }

  test.each([
    ["", "", ["root", "of sampled"]],
    ["always_on", "", ["root", "of sampled", "of unsampled"]],
    ["always_off", "", []],
    ["Parentbased_Always_Off", "", ["of sampled"]],
    ["traceidratio", "0", []],
    ["traceidratio", "1", ["root", "of sampled", "of unsampled"]],
    ["parentbased_traceidratio", "0", ["of sampled"]],
    ["traceidratio", "", ["root", "of sampled", "of unsampled"]],
    ["unheard_of", "", ["root", "of sampled"]],
    ["traceidratio", "1.5", ["root", "of sampled", "of unsampled"]],
  ])("%s with the argument %s", async (sampler, argument, names) => {
    expect(await sampled({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument })).toEqual(names);
  });
});

test.each<[string, object, string]>([
  ["sampler", { OTEL_TRACES_SAMPLER: "sometimes" }, 'OTEL_TRACES_SAMPLER="sometimes" is none of always_on, '],
  [
    "ratio",
    { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "half" },
    'OTEL_TRACES_SAMPLER_ARG="half" is no number from 0 to 1',
  ],
  ["timeout", { OTEL_EXPORTER_OTLP_TIMEOUT: "10s" }, 'OTEL_EXPORTER_OTLP_TIMEOUT="10s" is no whole number'],
  [
    "protocol",
    { OTEL_EXPORTER_OTLP_PROTOCOL: "thrift" },
    'OTEL_EXPORTER_OTLP_PROTOCOL="thrift" is none of http/protobuf, http/json, grpc',
  ],
  [
    "propagator",
    { OTEL_PROPAGATORS: "tracecontext,b3" },
    'OTEL_PROPAGATORS="b3" is none of tracecontext, baggage, none; it is left out',
  ],
  ["delay", { OTEL_BSP_SCHEDULE_DELAY: "-1" }, 'OTEL_BSP_SCHEDULE_DELAY="-1" is no whole number'],
  ["switch", { OTEL_SDK_DISABLED: "yes" }, 'OTEL_SDK_DISABLED="yes" is none of true, false'],
])("a bad %s is named, and spans are sent with the default", async (_, env, line) => {
  await using target = await receiver();
  expect(await run({ OTEL_EXPORTER_OTLP_ENDPOINT: target.url, ...env })).toEqual([expect.stringContaining(line)]);
  expect(target.names()).toEqual(["work"]);
});

test.each([
  ["", ["traceparent", "baggage"]],
  ["tracecontext", ["traceparent"]],
  ["baggage", ["baggage"]],
  ["none", []],
])("propagators %s", async (names, headers) => {
  const telemetry = startTelemetry({ SPANFOLD_ENDPOINT: "127.0.0.1:9", OTEL_PROPAGATORS: names }, { log: () => {} });
  const carrier = {};
  withSpan("work", {}, () => {
    const baggage = propagation.createBaggage({ a: { value: "1" } });
    propagation.inject(propagation.setBaggage(context.active(), baggage), carrier);
  });
  await telemetry.shutdown();
  expect(Object.keys(carrier).toSorted()).toEqual(headers.toSorted());
});

test.each([
  ["nothing is set", {}],
  ["the SDK is switched off", { OTEL_SDK_DISABLED: "TRUE", SPANFOLD_ENDPOINT: "127.0.0.1:9" }],
  ["no exporter is wanted", { OTEL_TRACES_EXPORTER: "none", OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" }],
  ["bindings of a Worker are no text", { SPANFOLD_ENDPOINT: { fetch: () => {} } }],
])("telemetry is off where %s", async (_, env) => {
  expect(startTelemetry(env).isActive).toBe(false);
});

test("with a fork alone spans go there, running ones too", async () => {
  await using fork = await receiver();
  const telemetry = startTelemetry({ SPANFOLD_ENDPOINT: fork.address });
  await withSpan("long", {}, async () => {
    withSpan("short", {}, () => {});
    await expect.poll(() => fork.exports.length).toBe(1);
  });
  await telemetry.shutdown();
  const states = fork.exports.map((resourceSpans) =>
    resourceSpans.flatMap(({ scopeSpans = [] }) =>
      scopeSpans.flatMap(({ spans = [] }) =>
        spans.map(({ name, endTimeUnixNano = "0" }) => `${name} ${endTimeUnixNano === "0" ? "running" : "ended"}`),
      ),
    ),
  );
  expect(states).toEqual([["long running", "short ended"], ["long ended"]]);
});

test("Ark's broker and the primary get ended spans only, unless the program wants running ones", async () => {
  await using primary = await receiver();
  await using ark = await receiver();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: primary.url, ARK_BROKER_OTLP_ENDPOINT: ark.address };
  const telemetry = startTelemetry(env);
  await withSpan("long", {}, () => telemetry.flush());
  await telemetry.shutdown();
  expect([primary.names(), ark.names()]).toEqual([["long"], ["long"]]);
  const announcing = startTelemetry(env, { live: true });
  await withSpan("announced", {}, () => announcing.flush());
  await announcing.shutdown();
  expect(primary.names()).toEqual(["long", "announced", "announced"]);
});
