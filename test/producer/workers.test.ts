import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { beforeAll, expect, test } from "vitest";
import { receiver } from "./receiver.ts";

const HERE = join(import.meta.dirname, "worker");

/** The Worker as it is deployed, in one module. */
let script: string;
beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), "spanfold-test-"));
  const wrangler = join(createRequire(import.meta.url).resolve("wrangler/package.json"), "..", "bin", "wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--config", join(HERE, "wrangler.toml"), "--outdir", directory];
  await promisify(execFile)(process.execPath, args, { cwd: HERE });
  script = await readFile(join(directory, "worker.js"), "utf8");
  await rm(directory, { recursive: true });
});

async function start(bindings: Record<string, string>) {
  const worker = new Miniflare(
    convertV4MiniflareOptions({
      modules: [{ type: "ESModule", path: "worker.js", contents: script }],
      compatibilityDate: "2026-10-23",
      compatibilityFlags: ["nodejs_compat"],
      bindings,
      cf: false,
    }),
  );
  const { href } = await worker.ready;
  return {
    get: (path: string) => worker.dispatchFetch(`${href}${path}`),
    [Symbol.asyncDispose]: () => worker.dispose(),
  };
}

test("a Worker sends the spans of each request, to the primary and to a fork", async () => {
  await using primary = await receiver();
  await using fork = await receiver();
  await using worker = await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: primary.url,
    OTEL_SERVICE_NAME: "traced",
    SPANFOLD_ENDPOINT: `http://${fork.address}`,
  });
  for (const path of ["a", "b", "c"]) {
    const response = await worker.get(path);
    expect(await response.text()).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  }
  // One request's spans may overtake another's.
  const names = ["a", "b", "c"].flatMap((path) => ["tool.wait", "agent.clerk", `GET /${path}`]).toSorted();
  await expect.poll(() => primary.names().toSorted()).toEqual(names);
  await expect.poll(() => fork.names().toSorted()).toEqual(names);
});

test("a Worker answers while nothing takes its spans, and sends them with a later request", async () => {
  await using fork = await receiver("hang");
  await using worker = await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
    SPANFOLD_ENDPOINT: `http://${fork.address}`,
  });
  for (const path of ["a", "b"]) expect((await worker.get(path)).status).toBe(200);
  await expect.poll(() => fork.requests.length).toBeGreaterThan(0);
  fork.answer("take");
  await worker.get("c");
  await expect.poll(() => fork.names()).toContain("GET /c");
});
