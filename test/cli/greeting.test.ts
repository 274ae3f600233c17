import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { IN_CLONE, IN_PACKAGE } from "../../src/cli/called-as.ts";
import { greeting } from "../../src/cli/start/greeting.ts";

const GRPC = { listening: 4317 };
const configuration = {
  host: "127.0.0.1",
  port: 80,
  grpcPort: 4317,
  dataDirectory: "/data",
  bindings: { OPEN_ACCESS: "loopback" },
};

test.each([
  ["http://127.0.0.1:8787", "http://127.0.0.1:8787"],
  ["http://127.0.0.1:80", "http://127.0.0.1"],
  ["http://[::1]:80", "http://[::1]"],
])("the address of a program at %s is printed as %s", (url, address) => {
  const lines = greeting(configuration, new URL(url), GRPC, IN_CLONE).split("\n");
  expect(lines).toContain(`  Spanfold  ${address}`);
  expect(lines).toContain(`  export OTEL_EXPORTER_OTLP_ENDPOINT=${address}`);
});

test("the address of a program at every address is printed as this machine's", () => {
  const everywhere = { ...configuration, host: "0.0.0.0" };
  expect(greeting(everywhere, new URL("http://0.0.0.0:8788"), GRPC, IN_CLONE)).toContain(
    "  Spanfold  http://127.0.0.1:8788\n",
  );
  expect(greeting(everywhere, new URL("http://0.0.0.0:80"), GRPC, IN_CLONE)).toContain(
    "  Spanfold  http://127.0.0.1\n",
  );
});

test("the README's block has the variables that the program prints", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const [block = ""] = /export OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/127[^`]*/.exec(readme) ?? [];
  const printed = greeting(configuration, new URL("http://127.0.0.1:8787"), GRPC, IN_CLONE).split("\n");
  expect(
    block
      .trim()
      .split("\n")
      .map((line) => line.replace(/ +#.*/, "")),
  ).toEqual(printed.map((line) => line.trim()).filter((line) => line.startsWith("export ")));
});

test("the exporter's header names the token's variable, never the token", () => {
  const closed = { ...configuration, bindings: { ADMIN_TOKEN: "secret-a", INGEST_TOKEN: "secret-b" } };
  expect(greeting(closed, new URL("http://127.0.0.1:8787"), GRPC, IN_CLONE)).toContain(
    '  export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20$INGEST_TOKEN"\n',
  );
  const onlyAdmin = { ...configuration, bindings: { ADMIN_TOKEN: "secret-a" } };
  expect(greeting(onlyAdmin, new URL("http://127.0.0.1:8787"), GRPC, IN_CLONE)).toContain("Bearer%20$ADMIN_TOKEN");
});

test("the address of gRPC is printed, or why there is none", () => {
  const url = new URL("http://127.0.0.1:8787");
  expect(greeting(configuration, url, { listening: 4317 }, IN_CLONE)).toContain("  gRPC      http://127.0.0.1:4317\n");
  expect(greeting(configuration, url, { unavailable: "port 4317 is taken" }, IN_CLONE)).toContain(
    "  gRPC      off: port 4317 is taken; GRPC_PORT chooses another\n",
  );
  expect(greeting(configuration, url, undefined, IN_CLONE)).toContain("  gRPC      off\n");
});

test("the demo is called as the program was", () => {
  const url = new URL("http://127.0.0.1:9000");
  const [clone, installed] = [IN_CLONE, IN_PACKAGE].map((calledAs) => greeting(configuration, url, GRPC, calledAs));
  expect(clone).toContain("see it at work: npm run demo -- --endpoint http://127.0.0.1:9000\n");
  expect(installed).toContain("see it at work: npx spanfold demo --endpoint http://127.0.0.1:9000\n");
  const usual = new URL("http://127.0.0.1:8787");
  expect(greeting(configuration, usual, GRPC, IN_PACKAGE)).toContain("see it at work: npx spanfold demo\n");
});

test.each(["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"])(
  "the upstream is printed with the variable that names it: %s",
  (variable) => {
    const url = new URL("http://127.0.0.1:8787");
    const lines = (endpoint?: string) =>
      greeting(
        { ...configuration, upstream: { variable, ...(endpoint === undefined ? {} : { endpoint }) } },
        url,
        GRPC,
        IN_CLONE,
      ).split("\n");
    expect(lines("http://a:1")).toContain(`  upstream  http://a:1 also gets all traces, by ${variable}`);
    expect(lines()).toContain(`  upstream  none: ${variable} points at this program`);
  },
);
