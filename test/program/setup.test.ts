import { readdir, readFile, writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run, start, startProgram, temporaryDirectory } from "./program.ts";
import { eventually, getJson } from "./read-back.ts";

const SPAN = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", name: "hello" };
const EXPORT = {
  resourceSpans: [{ scopeSpans: [{ spans: [{ ...SPAN, startTimeUnixNano: "1", endTimeUnixNano: "2" }] }] }],
};

async function post(url: string, path: string, body: object, headers: Record<string, string> = {}): Promise<number> {
  const sent = {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
  return (await fetch(url + path, sent)).status;
}

test("setup prints an agent's settings for this very address, and waits for its first export", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  // What was there before is not what is waited for.
  await post(url, "/v1/traces", EXPORT);
  await eventually(async () => {
    const { recentExports } = await getJson<{ recentExports: { last: unknown[] } }>(url, "/sessions?kind=all&limit=1");
    expect(recentExports.last).toHaveLength(1);
  });
  const setup = start("setup", ["claude-code", "--url", `${url}/`]);
  await setup.prints(`Waiting for its first export at ${url}.`);
  await post(url, "/v1/trace", EXPORT);
  await setup.prints("An export of traces was refused (404): There is no receiver at /v1/trace.");
  await post(url, "/v1/metrics", { resourceMetrics: [] });
  await setup.prints("Metrics arrive, which are not stored.");
  await post(url, "/v1/traces", {
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "claude-code" } }] },
        scopeSpans: [{ spans: [{ ...EXPORT.resourceSpans[0]?.scopeSpans[0]?.spans[0], spanId: "b7ad6b7169203332" }] }],
      },
    ],
  });
  const { code, output } = await setup.ended;
  expect(output).toContain(`  export OTEL_EXPORTER_OTLP_ENDPOINT=${url}\n`);
  expect(output).toContain("  export CLAUDE_CODE_ENABLE_TELEMETRY=1\n");
  expect(output).toContain(`Arrived: 1 span of claude-code.  ${url}/sessions/`);
  expect(code).toBe(0);
});

test("setup --write writes the agent's own file, after a copy of what stood there", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const HOME = await temporaryDirectory();
  const write = (agent: string) => run("setup", [agent, "--write", "--no-wait", "--url", url], { HOME }, HOME);

  await mkdir(join(HOME, ".claude"));
  const settings = join(HOME, ".claude", "settings.json");
  await writeFile(settings, '{"model":"large"}', { mode: 0o640 });
  const first = await write("claude-code");
  expect(first).toMatchObject({ code: 0, output: expect.stringContaining(`Written: ${settings}\n`) });
  expect(JSON.parse(await readFile(settings, "utf8"))).toMatchObject({
    model: "large",
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, CLAUDE_CODE_ENABLE_TELEMETRY: "1" },
  });
  const backup = (await readdir(join(HOME, ".claude"))).find((name) => name !== "settings.json") ?? "";
  expect(first.output).toContain(`What stood there is in ${join(HOME, ".claude", backup)}`);
  expect(await readFile(join(HOME, ".claude", backup), "utf8")).toBe('{"model":"large"}');
  expect((await write("claude-code")).output).toContain("has these settings already");

  expect((await write("codex")).code).toBe(0);
  expect(await readFile(join(HOME, ".codex", "config.toml"), "utf8")).toContain(`endpoint = "${url}/v1/logs"`);
  expect((await write("gemini")).code).toBe(0);
  expect(JSON.parse(await readFile(join(HOME, ".gemini", "settings.json"), "utf8"))).toMatchObject({
    telemetry: { enabled: true, otlpEndpoint: url },
  });
  expect((await write("python")).code).toBe(0);
  expect(await readFile(join(HOME, ".env"), "utf8")).toContain(`OTEL_EXPORTER_OTLP_ENDPOINT=${url}\n`);
  expect((await write("collector")).code).toBe(0);
  expect(await readFile(join(HOME, "spanfold-collector.yaml"), "utf8")).toContain(`endpoint: ${url}\n`);
  expect(await write("cloudflare")).toMatchObject({ code: 1, output: expect.stringContaining("set it by hand") });
});

test("setup keeps a token out of the terminal, and writes it into the file", async () => {
  const tokens = { ADMIN_TOKEN: "admin-secret", INGEST_TOKEN: "ingest-secret", VIEW_TOKEN: "view-secret" };
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory(), ...tokens });
  const HOME = await temporaryDirectory();
  const setup = (args: readonly string[], environment: Record<string, string> = {}) =>
    run("setup", ["claude-code", "--url", url, ...args], { HOME, ...environment });

  const without = await setup([]);
  expect(without.output).toContain('OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20<INGEST_TOKEN>"');
  expect(without).toMatchObject({
    code: 1,
    output: expect.stringContaining("What arrives can't be seen here: Send a token"),
  });

  const SPANFOLD_TOKEN = "ingest-secret";
  const withOne = await setup(["--write"], { SPANFOLD_TOKEN });
  expect(withOne.output).not.toContain("secret");
  expect(await readFile(join(HOME, ".claude", "settings.json"), "utf8")).toContain(
    "Authorization=Bearer%20ingest-secret",
  );
  expect(withOne.output).toContain("What arrives can't be seen here: This token may write only");
  expect((await setup(["--no-wait"], { SPANFOLD_TOKEN })).output).toContain("Bearer%20$SPANFOLD_TOKEN");

  // With a token that may not send, an agent would be refused for ever: nothing is written.
  const written = await readFile(join(HOME, ".claude", "settings.json"), "utf8");
  for (const [token, why] of [
    ["view-secret", "This token may read only"],
    ["another-secret", "does not know this token"],
  ] as const) {
    const refused = await setup(["--write"], { SPANFOLD_TOKEN: token });
    expect(refused).toMatchObject({ code: 64, output: expect.stringContaining(why) as string });
    expect(refused.output).toContain("Nothing was written.");
    const printed = await setup(["--no-wait"], { SPANFOLD_TOKEN: token });
    expect(printed).toMatchObject({ code: 0, output: expect.stringContaining("Bearer%20<INGEST_TOKEN>") as string });
    expect(printed.output).toContain(why);
  }
  expect(await readFile(join(HOME, ".claude", "settings.json"), "utf8")).toBe(written);
  // Asking left nothing among the exports that the page and doctor show.
  const { output } = await run("doctor", ["--url", url], { SPANFOLD_TOKEN: "view-secret" });
  expect(output).toContain("no export has arrived yet");
  expect(output).not.toContain("refused");
  // Neither stands it there where a person has to change the file.
  await writeFile(join(HOME, ".claude", "settings.json"), "// mine\n{}");
  await mkdir(join(HOME, ".codex"));
  await writeFile(join(HOME, ".codex", "config.toml"), 'otel.environment = "dev"\n');
  for (const agent of ["claude-code", "codex"]) {
    const { code, output } = await run("setup", [agent, "--write", "--url", url], { HOME, SPANFOLD_TOKEN });
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(/so put this in by hand:[^]*Bearer(?: |%20)\$SPANFOLD_TOKEN/),
    ]);
    expect(output).not.toContain("secret");
  }
  for (const agent of ["gemini", "cloudflare"]) {
    const { output } = await run("setup", [agent, "--write", "--url", url], { HOME, SPANFOLD_TOKEN });
    expect(output).toMatch(/Bearer(?: |%20)\$SPANFOLD_TOKEN/);
    expect(output).not.toContain("secret");
  }
});

test("setup says what is wrong", async () => {
  const nowhere = await run("setup", ["codex", "--url", "http://127.0.0.1:9"]);
  expect(nowhere).toMatchObject({ code: 3, output: expect.stringContaining("Start it first: npm start.") as string });
  expect(nowhere.output).toMatch(/^\n {2}http:\/\/127\.0\.0\.1:9 cannot be reached: /);
  const list = "claude-code, codex, gemini, ai-sdk, node, python, collector, cloudflare";
  expect((await run("setup", [])).output).toContain(`Name one of: ${list}.`);
  expect((await run("setup", ["cursor"])).output).toContain(`"cursor" is none of: ${list}.`);
  expect((await run("setup", ["codex", "--url", "localhost:8787"])).code).toBe(64);

  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const silent = await run("setup", ["codex", "--wait", "2", "--url", url]);
  expect(silent).toMatchObject({ code: 1, output: expect.stringContaining("Nothing arrived in 2 s.") });
});
