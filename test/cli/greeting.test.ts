import { expect, test } from "vitest";
import { greeting } from "../../src/cli/start/greeting.ts";

const configuration = { host: "127.0.0.1", port: 80, dataDirectory: "/data", bindings: { OPEN_ACCESS: "loopback" } };

test.each([
  ["http://127.0.0.1:8787", "http://127.0.0.1:8787"],
  ["http://127.0.0.1:80", "http://127.0.0.1"],
  ["http://[::1]:80", "http://[::1]"],
])("the address of a program at %s is printed as %s", (url, address) => {
  const lines = greeting(configuration, new URL(url)).split("\n");
  expect(lines).toContain(`  Spanfold  ${address}`);
  expect(lines).toContain(`  export OTEL_EXPORTER_OTLP_ENDPOINT=${address}`);
});

test("the address of a program at every address is printed as this machine's", () => {
  const everywhere = { ...configuration, host: "0.0.0.0" };
  expect(greeting(everywhere, new URL("http://0.0.0.0:8788"))).toContain("  Spanfold  http://127.0.0.1:8788\n");
  expect(greeting(everywhere, new URL("http://0.0.0.0:80"))).toContain("  Spanfold  http://127.0.0.1\n");
});
