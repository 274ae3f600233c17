import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../program/free-port.ts";
import { startProgram, temporaryDirectory } from "../program/program.ts";

// Debian's Prometheus (`apt-get install prometheus`), or PROMETHEUS and PROMTOOL with their paths.

const PROMETHEUS = process.env["PROMETHEUS"] ?? "prometheus";
const PROMTOOL = process.env["PROMTOOL"] ?? "promtool";

async function isInstalled(command: string): Promise<boolean> {
  try {
    await promisify(execFile)(command, ["--version"]);
    return true;
  } catch (error) {
    if (Reflect.get(Object(error), "code") !== "ENOENT") throw error;
    console.warn(`Skipped: there is no ${command} on this machine. apt-get install prometheus brings it.`);
    return false;
  }
}

const hasPromtool = await isInstalled(PROMTOOL);
const hasPrometheus = await isInstalled(PROMETHEUS);

/** What `promtool check metrics` says of a text: nothing if it is clean. */
async function check(text: string): Promise<string> {
  const promtool = spawn(PROMTOOL, ["check", "metrics"]);
  const said: string[] = [];
  for (const stream of [promtool.stdout, promtool.stderr])
    stream.setEncoding("utf8").on("data", (part: string) => said.push(part));
  promtool.stdin.end(text);
  const [code] = (await once(promtool, "close")) as [number];
  return `${said.join("")}${code === 0 ? "" : `exit ${code}`}`;
}

/** A program with spans, most of which have hostile names. */
async function busyProgram() {
  const tokens = { ADMIN_TOKEN: "admin-secret", VIEW_TOKEN: "view-secret" };
  const program = await startProgram({ DATA_DIR: await temporaryDirectory(), ...tokens });
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const names = ['"}', "\\", "a\nb", "\ud800", "\ud801", "", "x".repeat(500), "# TYPE a b", "日本 🚀", "search"];
  const now = BigInt(Date.now()) * 1_000_000n;
  const spans = names.map((name, at) => ({
    traceId: "5b8aa5a2d2c872e8321cf37308d69dfc",
    spanId: String(at + 1).padStart(16, "0"),
    name,
    kind: 2,
    startTimeUnixNano: String(now - 1_000_000n),
    endTimeUnixNano: String(now),
    attributes: [
      attribute("http.route", name),
      attribute("http.request.method", "GET"),
      attribute("gen_ai.tool.name", name),
      attribute("session.id", "hostile"),
    ],
  }));
  const headers = { authorization: `Bearer ${tokens.ADMIN_TOKEN}` };
  const response = await fetch(`${program.url}/v1/traces`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  expect(response.status).toBe(200);
  const scrape = async () => await (await fetch(`${program.url}/metrics`, { headers })).text();
  await expect.poll(scrape).toContain("日本 🚀");
  return { program, scrape, viewToken: tokens.VIEW_TOKEN };
}

test.skipIf(!hasPromtool)("promtool finds nothing in /metrics", async () => {
  const { scrape } = await busyProgram();
  expect(await check(await scrape())).toBe("");
  // It would find something.
  expect(await check("# TYPE spanfoldSpans_total gauge\nspanfoldSpans_total 1\n")).not.toBe("");
});

test.skipIf(!hasPrometheus)(
  "Prometheus scrapes /metrics with the view token, and answers with the same numbers",
  async () => {
    const { program, scrape, viewToken } = await busyProgram();
    const folder = await temporaryDirectory();
    const configuration = join(folder, "prometheus.yml");
    await writeFile(
      configuration,
      `global: { scrape_interval: 1s }
scrape_configs:
  - job_name: spanfold
    authorization: { credentials: ${viewToken} }
    static_configs: [{ targets: ["127.0.0.1:${program.port}"] }]
`,
    );
    const at = `127.0.0.1:${await freePort()}`;
    const prometheus = spawn(
      PROMETHEUS,
      [`--config.file=${configuration}`, `--storage.tsdb.path=${join(folder, "data")}`, `--web.listen-address=${at}`],
      { stdio: "ignore" },
    );
    onTestFinished(async () => {
      const ended = once(prometheus, "close");
      prometheus.kill();
      await ended;
    });
    type Answer = {
      readonly data?: {
        readonly result: readonly { readonly metric: object; readonly value: readonly [number, string] }[];
      };
    };
    const query = async (expression: string) => {
      const response = await fetch(`http://${at}/api/v1/query?query=${encodeURIComponent(expression)}`).catch(
        () => undefined,
      );
      const { data } = response === undefined ? {} : ((await response.json()) as Answer);
      return data?.result ?? [];
    };
    await expect.poll(async () => (await query('up{job="spanfold"}'))[0]?.value[1], { timeout: 60_000 }).toBe("1");
    const samples = (await scrape()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    await expect
      .poll(async () => (await query('count({job="spanfold",__name__=~"spanfold_.*"})'))[0]?.value[1])
      .toBe(String(samples.length));
    const [p95] = await query('spanfold_tool_duration_seconds{tool="search",quantile="0.95"}');
    expect(samples).toContain(`spanfold_tool_duration_seconds{tool="search",quantile="0.95"} ${p95?.value[1]}`);
    const hostile = await query("spanfold_route_requests");
    expect(hostile.map(({ metric }) => Reflect.get(metric, "route") as string)).toContain("GET a\nb");
  },
);
