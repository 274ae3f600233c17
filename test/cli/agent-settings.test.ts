import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { agentSettings } from "../../src/otel/agent-settings.ts";
import { exporterVariables, headerPairs, shellExports } from "../../src/otel/exporter-variables.ts";

const texts = (token?: string) =>
  agentSettings("https://spans.example:8443", token).map(({ agent, snippets }) => ({
    agent,
    text: snippets.map(({ into, text }) => `${into}\n${text}`).join("\n"),
  }));

test("each agent's settings have this very address, and no token where none is needed", () => {
  expect(texts().map(({ agent }) => agent)).toEqual([
    "Claude Code",
    "Codex",
    "Gemini CLI",
    "AI SDK",
    "Node",
    "Python",
    "Collector",
    "Cloudflare Workers",
  ]);
  for (const { agent, text } of texts()) {
    expect(text, agent).toContain("https://spans.example:8443");
    expect(text, agent).not.toMatch(/authorization|bearer/i);
  }
});

test("each agent's settings have the placeholder of the write token where one is needed", () => {
  for (const { agent, text } of texts("<INGEST_TOKEN>"))
    expect(text, agent).toMatch(/Authorization.*Bearer(?: |%20)<INGEST_TOKEN>/);
});

test("a write token with any characters arrives as it is, whatever the format", () => {
  const secret = "a b$(id)`c`\"'\\#%,=$HOME";
  const settings = Object.fromEntries(
    agentSettings("https://spans.example", { secret }).map(({ id, ...rest }) => [id, rest]),
  );
  const headers = new Map(settings["node"]?.variables).get("OTEL_EXPORTER_OTLP_HEADERS") ?? "";
  expect(headerPairs(headers)).toEqual([["Authorization", `Bearer ${secret}`]]);
  expect(headers).toMatch(/^[\w%.~=-]+$/);

  // A string of JSON is one of TOML.
  const [, quoted = ""] = /Authorization = (".*") \} \} \}$/m.exec(settings["codex"]?.snippets[0]?.text ?? "") ?? [];
  expect(JSON.parse(quoted)).toBe(`Bearer ${secret}`);
  // The Collector reads a doubled dollar sign as one.
  expect(parseYaml(settings["collector"]?.snippets[0]?.text ?? "")).toMatchObject({
    exporters: {
      "otlp_http/spanfold": { headers: { Authorization: `Bearer ${secret.replaceAll("$", "$$$$")}` } },
    },
  });
});

test("a list of headers is read pair by pair, and says which is none", () => {
  expect(headerPairs(" x-a = 1%2C2 ,,b=2=3,secret,=4,c=%zz,")).toEqual([
    ["x-a", "1,2"],
    ["b", "2=3"],
    undefined,
    undefined,
    undefined,
  ]);
});

test("settings that are JSON are valid", () => {
  const gemini = agentSettings("https://spans.example", undefined).find(({ agent }) => agent === "Gemini CLI");
  expect(JSON.parse(gemini?.snippets[0]?.text ?? "")).toMatchObject({
    telemetry: { otlpEndpoint: "https://spans.example" },
  });
});

/** Their blocks in the docs have the variables on fewer lines, a table, or more options. */
const WRITTEN_OTHERWISE: ReadonlySet<string> = new Set(["claude-code", "cloudflare", "ai-sdk"]);

test("docs/producers.md has the settings as they are printed", () => {
  const docs = readFileSync(new URL("../../docs/producers.md", import.meta.url), "utf8");
  const general = new Set(shellExports(exporterVariables("http://127.0.0.1:8787", undefined)).split("\n"));
  const lines = agentSettings("http://127.0.0.1:8787", undefined).flatMap(({ id, snippets, variables = [] }) => [
    ...snippets.flatMap(({ text }) => (WRITTEN_OTHERWISE.has(id) ? [] : text.split("\n"))),
    ...variables.map(([name, value]) => `${name}=${value}`),
  ]);
  const missing = lines.filter((line) => !general.has(line) && !general.has(`export ${line}`) && !docs.includes(line));
  expect(missing).toEqual([]);
});
