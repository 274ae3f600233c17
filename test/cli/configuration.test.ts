import { expect, test } from "vitest";
import { readConfiguration } from "../../src/cli/start/configuration.ts";

const read = (environment: Record<string, string>) => {
  const outcome = readConfiguration(environment, { directory: "/home/ada/spanfold", data: ".data" });
  return outcome.ok ? outcome.configuration : outcome.error;
};

test("an empty environment serves this machine alone, with its data in the project", () => {
  const expected = {
    host: "127.0.0.1",
    port: 8787,
    grpcPort: 4317,
    dataDirectory: "/home/ada/spanfold/.data",
    bindings: { OPEN_ACCESS: "loopback", PRIVATE_UPSTREAMS: "allowed" },
  };
  expect(read({})).toEqual(expected);
  expect(read({ HOST: "", PORT: " ", DATA_DIR: "", ADMIN_TOKEN: "" })).toEqual(expected);
});

test("PORT and DATA_DIR are honoured", () => {
  expect(read({ PORT: "9000", DATA_DIR: "../elsewhere" })).toMatchObject({
    port: 9000,
    dataDirectory: "/home/ada/elsewhere",
  });
  expect(read({ PORT: "0", DATA_DIR: "/var/lib/spanfold" })).toMatchObject({
    port: 0,
    dataDirectory: "/var/lib/spanfold",
  });
});

test("SHARDS is honoured, and must be a number of objects", () => {
  expect(read({ SHARDS: "16" })).toMatchObject({ bindings: { SHARDS: "16" } });
  for (const wrong of ["0", "1025", "many"])
    expect(read({ SHARDS: wrong })).toBe(`SHARDS is "${wrong}": it must be a number from 1 to 1024.`);
});

test("LOCATION_HINT is checked, and has no meaning on one machine", () => {
  expect(read({ LOCATION_HINT: "weur" })).toEqual(read({}));
  expect(read({ LOCATION_HINT: "europe" })).toBe(
    'LOCATION_HINT is "europe": it must be one of wnam, enam, sam, weur, eeur, apac, apac-ne, apac-se, oc, afr, me.',
  );
});

test("GRPC_PORT is honoured, and off is none", () => {
  expect(read({ GRPC_PORT: "14317" })).toMatchObject({ grpcPort: 14_317 });
  expect(read({ GRPC_PORT: " Off " })).toMatchObject({ grpcPort: undefined });
  expect(read({ GRPC_PORT: "none" })).toBe('GRPC_PORT is "none": it must be a number from 0 to 65535, or off.');
});

test("the program's exporter variables are its upstream, unless they point at itself", () => {
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: "https://api.honeycomb.io", OTEL_EXPORTER_OTLP_HEADERS: "a=b" };
  const upstream = { variable: "OTEL_EXPORTER_OTLP_ENDPOINT", endpoint: "https://api.honeycomb.io" };
  expect(read(variables)).toMatchObject({ upstream, bindings: variables });
  const ofTraces = { ...variables, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://localhost:4318/v1/traces" };
  expect(read(ofTraces)).toMatchObject({
    upstream: { variable: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint: "http://localhost:4318" },
    bindings: ofTraces,
  });
  const at = (HOST: string, PORT = "8787") => ({ HOST, PORT, ADMIN_TOKEN: "a" });
  for (const [endpoint, where] of [
    ["http://localhost:8787", {}],
    ["http://127.0.0.1:4317", {}],
    ["http://[::1]:8787/v1/traces", {}],
    ["http://localhost", at("127.0.0.1", "80")],
    ["https://localhost", at("127.0.0.1", "443")],
    ["http://192.168.1.4:8787", at("192.168.1.4")],
    ["http://box.example:8787", at("Box.example")],
    ["http://[fd00::1]:8787", at("fd00::1")],
  ] as const) {
    const configuration = read({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...where });
    expect(configuration, endpoint).toMatchObject({ upstream: { variable: "OTEL_EXPORTER_OTLP_ENDPOINT" } });
    expect(configuration).not.toHaveProperty("upstream.endpoint");
    expect(configuration).not.toHaveProperty("bindings.OTEL_EXPORTER_OTLP_ENDPOINT");
  }
  for (const [endpoint, where] of [
    ["http://localhost:4318", {}],
    ["https://localhost", at("127.0.0.1", "80")],
    ["http://192.168.1.5:8787", at("192.168.1.4")],
  ] as const)
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...where })).toMatchObject({ upstream: { endpoint } });
});

test.each(["http", "-1", "65536", "80.5", "1e9"])("PORT=%s is refused by name", (PORT) => {
  expect(read({ PORT })).toBe(`PORT is "${PORT}": it must be a number from 0 to 65535.`);
});

test.each(["0.0.0.0", "::", "192.168.1.4"])("HOST=%s is refused without ADMIN_TOKEN, and served with it", (HOST) => {
  expect(read({ HOST })).toMatch(/ADMIN_TOKEN/);
  expect(read({ HOST, ADMIN_TOKEN: "s3cret" })).toMatchObject({ host: HOST, bindings: { ADMIN_TOKEN: "s3cret" } });
});

test("settings of the program's own traces reach the Worker as they are, which names a wrong one", () => {
  const telemetry = { TELEMETRY_ENABLED: "maybe", TELEMETRY_SERVICE_NAME: "edge", TELEMETRY_SAMPLING_RATE: "1" };
  expect(read(telemetry)).toMatchObject({ bindings: { ...telemetry, OPEN_ACCESS: "loopback" } });
});

test.each(["two words", "ключ"])("a token that no header carries is refused: %s", (token) => {
  expect(read({ ADMIN_TOKEN: "a", VIEW_TOKEN: token })).toBe(
    "VIEW_TOKEN must be printable ASCII, without blanks: a header carries it.",
  );
});

test("ADMIN_TOKEN closes access, on loopback too", () => {
  expect(read({ ADMIN_TOKEN: "a", INGEST_TOKEN: "i", VIEW_TOKEN: "v" })).toMatchObject({
    bindings: { ADMIN_TOKEN: "a", INGEST_TOKEN: "i", VIEW_TOKEN: "v" },
  });
  expect(read({ ADMIN_TOKEN: "a" })).not.toHaveProperty("bindings.OPEN_ACCESS");
});

test.each(["INGEST_TOKEN", "VIEW_TOKEN"])(
  "%s alone is refused: without ADMIN_TOKEN it would protect nothing",
  (name) => {
    expect(read({ [name]: "t" })).toBe(`${name} needs ADMIN_TOKEN: set it too, or none of them.`);
  },
);

test("PRICES is passed to the Worker, and refused if it is wrong", () => {
  const PRICES = '{"house-model": {"input": 1, "output": 2}}';
  expect(read({ PRICES })).toMatchObject({ bindings: { OPEN_ACCESS: "loopback", PRICES } });
  expect(read({ PRICES: '{"house-model": {"input": 1}}' })).toBe(
    "PRICES: house-model needs input and output, in US dollars per million tokens.",
  );
});

test("retention is passed to the Worker, and refused if it is wrong", () => {
  expect(read({ RETENTION_DAYS: "7", MAX_TENANT_BYTES: "500MB" })).toMatchObject({
    bindings: { RETENTION_DAYS: "7", MAX_TENANT_BYTES: "500MB" },
  });
  expect(read({ RETENTION_DAYS: "a week" })).toBe(
    'RETENTION_DAYS must be a number of days up to 36500, or 0 or "forever".',
  );
});
