/**
 * From an empty machine to the first span of one's own on the screen, as a person goes: start, point a program here, run it, look.
 * What npm downloads is installed before, since the network decides about it. Fails when the rest takes longer than a minute.
 */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { launchChromium, setup as unpackChromium } from "../e2e/chromium.ts";
import { installed, nodeOf, pack, remove, start } from "./installed.ts";

const MOST_SECONDS = 60;

/** An agent that anybody could have: OpenTelemetry's SDK as its own documentation sets it up, and no address in it. */
const AGENT = `
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] });
const span = provider.getTracer("mine").startSpan("invoke_agent greeter", {
  attributes: { "session.id": "my first session", "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "greeter" },
});
span.end();
await provider.shutdown();
`;

const run = promisify(execFile);
await unpackChromium();
const place = await installed(await pack(), await nodeOf(20));
const own = { folder: join(place.folder, "..", "agent"), environment: place.environment };
await mkdir(own.folder);
await writeFile(join(own.folder, "agent.mjs"), AGENT);
const packages = ["@opentelemetry/sdk-trace-node", "@opentelemetry/exporter-trace-otlp-proto"];
await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...packages], {
  cwd: own.folder,
  env: own.environment,
});

const begun = performance.now();
const seconds = () => ((performance.now() - begun) / 1_000).toFixed(1);
const program = await start(place);
const browser = await launchChromium();
try {
  console.log(`${seconds()} s  the program listens at ${program.url}`);
  const page = await browser.newPage();
  await page.goto(`${program.url}/sessions`);
  await page.getByText("Waiting for the first span").waitFor();
  console.log(`${seconds()} s  its page waits for the first span`);

  // In the agent's folder, by the command that was installed.
  const command = join(place.folder, "node_modules", ".bin", "spanfold");
  const written = await run(command, ["setup", "node", "--write", "--no-wait", "--url", program.url], {
    cwd: own.folder,
    env: own.environment,
  });
  console.log(`${seconds()} s  ${written.stdout.trim().split("\n", 1)[0]}`);
  await run("node", ["--env-file=.env", "agent.mjs"], { cwd: own.folder, env: own.environment });
  console.log(`${seconds()} s  the agent ended`);
  await page.getByText("invoke_agent greeter").first().waitFor();
  const taken = seconds();
  console.log(`${taken} s  its session is on the screen`);
  if (Number(taken) > MOST_SECONDS) {
    console.error(`That is longer than ${MOST_SECONDS} s.`);
    process.exitCode = 1;
  }
} finally {
  await browser.close();
  await program.end();
  await remove(place);
}
