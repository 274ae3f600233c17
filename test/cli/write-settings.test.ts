import { execFileSync } from "node:child_process";
import { parseEnv } from "node:util";
import { describe, expect, test } from "vitest";
import { mergeJson, mergeVariables, replaceTable } from "../../src/cli/setup/write-settings.ts";

describe("a file of JSON", () => {
  const wanted = { env: { OTEL_LOGS_EXPORTER: "otlp" } };

  test("keeps what else stands in it", () => {
    const before = '{"model":"large","env":{"EDITOR":"vi","OTEL_LOGS_EXPORTER":"none"},"hooks":[1]}';
    const merged = mergeJson(before, wanted);
    expect(typeof merged === "string" ? JSON.parse(merged) : merged).toEqual({
      model: "large",
      env: { EDITOR: "vi", OTEL_LOGS_EXPORTER: "otlp" },
      hooks: [1],
    });
  });

  test("that has the settings is not changed, whatever its form", () => {
    const before = '{ "env":\n{"OTEL_LOGS_EXPORTER":   "otlp"} }';
    expect(mergeJson(before, wanted)).toBe(before);
  });

  test("that is empty or missing is made", () => {
    expect(mergeJson(" \n", wanted)).toBe('{\n  "env": {\n    "OTEL_LOGS_EXPORTER": "otlp"\n  }\n}\n');
  });

  test.each(["// a comment\n{}", "[1]", "{"])("that can't be merged is left alone: %j", (before) => {
    expect(mergeJson(before, wanted)).toHaveProperty("refused");
  });
});

describe("a table of TOML", () => {
  const table = '[otel]\nexporter = "x"';

  test.each([
    ["", `${table}\n`],
    ['model = "a"\n', `model = "a"\n\n${table}\n`],
    [
      '# mine\n[a]\nx = 1\n\n[otel]\nold = 1\n[otel.exporter."otlp-http"]\ny = 2\n\n[b] # last\nz = "[c]"\n',
      `# mine\n[a]\nx = 1\n\n${table}\n\n[b] # last\nz = "[c]"\n`,
    ],
    ["[otelx]\na = 1\n", `[otelx]\na = 1\n\n${table}\n`],
  ])("takes the place of its like, and of no other: %j", (before, after) => {
    expect(replaceTable(before, "otel", table)).toBe(after);
    expect(replaceTable(after, "otel", table)).toBe(after);
  });
});

test("a table of TOML keeps the comments before the next one, and the file's line ends", () => {
  const before = "[otel]\r\nold = 1\r\n# of b\r\n[b]\r\nz = 1\r\n";
  expect(replaceTable(before, "otel", "[otel]\nx = 2")).toBe("[otel]\r\nx = 2\r\n\r\n# of b\r\n[b]\r\nz = 1\r\n");
});

test.each(["otel = { a = 1 }\n", 'otel.exporter = "a"\n', '["otel"]\na = 1\n', 'x = """\n[otel]\nhello\n"""\ny = 1\n'])(
  "a file of TOML in which a line does not show its tables is left alone: %j",
  (before) => {
    expect(replaceTable(before, "otel", "[otel]\nx = 2")).toHaveProperty("refused");
  },
);

test("another program does not get the token of the one before", () => {
  const headers = ["OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer%20secret"] as const;
  const at = (url: string) => [["OTEL_EXPORTER_OTLP_ENDPOINT", url] as const];
  const secured = mergeVariables("", [...at("https://one.example"), headers]);
  expect(mergeVariables(secured, at("http://127.0.0.1:8787"), "headers of another program")).not.toContain("secret");
  const json = JSON.stringify({ env: Object.fromEntries([...at("https://one.example"), headers]), model: "m" });
  const merged = mergeJson(
    json,
    { env: Object.fromEntries(at("http://127.0.0.1:8787")) },
    "headers of another program",
  );
  expect(typeof merged === "string" ? JSON.parse(merged) : merged).toEqual({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:8787" },
    model: "m",
  });
});

test("shells and Node read what stands in a file of variables as it is, and run nothing of it", () => {
  const value = 'a b$(id)`c`"\\#$HOME&;';
  const text = mergeVariables("", [["SPANFOLD_TEST", value]]);
  expect(parseEnv(text)).toEqual({ SPANFOLD_TEST: value });
  const script = `${text}printf %s "$SPANFOLD_TEST"`;
  expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(value);
});

test("variables take the place of their like in a file of variables", () => {
  const variables = [
    ["A", "http://127.0.0.1:8787"],
    ["B", "2"],
  ] as const;
  expect(mergeVariables("", variables)).toBe("A=http://127.0.0.1:8787\nB=2\n");
  const after = mergeVariables("# mine\nexport B=1\nKEY=secret # A=1\n\n", variables);
  expect(after).toBe("# mine\nB=2\nKEY=secret # A=1\nA=http://127.0.0.1:8787\n");
  expect(mergeVariables(after, variables)).toBe(after);
});
