import { expect, test } from "vitest";
import { readDemoOptions } from "../../src/cli/demo/options.ts";

const read = (args: string[], environment: Record<string, string> = {}) => {
  const outcome = readDemoOptions(args, environment);
  return outcome.ok ? outcome.options : outcome.error;
};

test("without arguments one session goes to npm start's address", () => {
  expect(read([])).toMatchObject({ sessions: 1, endpoint: "http://127.0.0.1:8787" });
});

test("--endpoint wins over OTEL_EXPORTER_OTLP_ENDPOINT, and neither keeps a last slash", () => {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: "https://spanfold.example/" };
  expect(read([], environment)).toMatchObject({ endpoint: "https://spanfold.example" });
  expect(read(["--endpoint", "http://127.0.0.1:9000/"], environment)).toMatchObject({
    endpoint: "http://127.0.0.1:9000",
  });
});

test("--fast plays the same session in less time", () => {
  const [usual, fast] = [read([]), read(["--fast"])];
  expect(typeof usual === "object" && typeof fast === "object" && fast.pace < usual.pace / 10).toBe(true);
});

test("a wrong option is refused by name", () => {
  expect(read(["--sessions", "0"])).toBe('--sessions is "0": it must be a number from 1 to 500.');
  expect(read(["--sessions", "many"])).toBe('--sessions is "many": it must be a number from 1 to 500.');
  expect(read(["--endpoint", "localhost:4317"])).toBe('"localhost:4317" is no http address to send spans to.');
  expect(read(["--quick"])).toMatch(/Unknown option '--quick'/);
});
