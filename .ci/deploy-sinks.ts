/** Makes the queue by which traces go on to sinks, and deploys with it: `npm run deploy:sinks`. */
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export const QUEUE = "spanfold-deliveries";
/** Beside wrangler.toml, whose paths are relative to it. */
const CONFIGURATION = "wrangler.sinks.toml";

/** The configuration of a deployment with the queue. */
export function withQueue(configuration: string): string {
  return `# Written by \`npm run deploy:sinks\` from wrangler.toml.
${configuration}
[[queues.producers]]
binding = "DELIVERIES"
queue = "${QUEUE}"

[[queues.consumers]]
queue = "${QUEUE}"
max_batch_size = 50
max_batch_timeout = 1
`;
}

function wrangler(...args: string[]): { readonly status: number; readonly output: string } {
  const { status, stdout, stderr } = spawnSync("npx", ["--no-install", "wrangler", ...args], {
    encoding: "utf8",
    stdio: ["inherit", "pipe", "pipe"],
  });
  return { status: status ?? 1, output: `${stdout}${stderr}` };
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "..");
  await writeFile(join(root, CONFIGURATION), withQueue(await readFile(join(root, "wrangler.toml"), "utf8")));
  const isDryRun = process.argv.includes("--dry-run");
  const made = isDryRun ? { status: 0, output: "" } : wrangler("queues", "create", QUEUE);
  const isThere = made.status === 0 || /already (exists|taken)/i.test(made.output);
  const deployed = isThere ? wrangler("deploy", "--config", CONFIGURATION, ...process.argv.slice(2)) : made;
  console.log(deployed.output);
  process.exitCode = deployed.status;
}
