import { chmodSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

// Everything runs offline: the runtime would otherwise ask for `cf` data, and wrangler would report its use.
process.env["CLOUDFLARE_CF_FETCH_ENABLED"] = "false";
process.env["WRANGLER_SEND_METRICS"] = "false";
process.env["WRANGLER_HIDE_BANNER"] = "true";

/** Tests have taken 20 MB; the browser's profiles lie there too. */
const MEMORY_BYTES = 1e9;
storeInMemory();

/** What a test waits for comes when it comes: vitest's own patience, a second, is shorter than a busy machine takes. */
const PATIENCE = { timeout: 30_000 };

/** A test that takes longer hangs: on a busy machine some take more than a minute. */
const HUNG = 300_000;

/** The runtime of the objects has no environment but what it is given. */
const SEED = process.env["SEED"] === undefined ? {} : { SEED: process.env["SEED"] };
/** Set by a run of all faults with logs that move (CONTRIBUTING.md). */
const EVERY_FAULT = process.env["EVERY_FAULT"] === undefined ? {} : { EVERY_FAULT: process.env["EVERY_FAULT"] };

/** Tests of memory and of every fault take minutes: `npm run test:slow`. */
const SLOW = ["test/**/*.slow.test.ts"];
const SLOW_TIMEOUT = 1_800_000;

const runtime = () =>
  cloudflareTest({
    wrangler: { configPath: "./wrangler.toml" },
    // The tests' own values; nothing here is a secret of anybody's.
    // Chance would decide which requests are stored as traces: the tests of those ask for all of them.
    miniflare: {
      bindings: {
        OPEN_ACCESS: "loopback",
        UPSTREAM_KEY: "a key of the tests' own",
        TELEMETRY_SAMPLING_RATE: "0",
        SHARDS: process.env["SHARDS"] ?? "16",
      },
    },
  });

export default defineConfig({
  test: {
    // Vitest alone would leave one processor free: of two, half. Tests wait as much as they work.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "test/{lib,content,facts,logs,session,overview,otlp,client,cli,deploy}/**/*.test.ts",
            "test/sinks/*.test.ts",
          ],
          exclude: SLOW,
          // Pure functions: nothing stays behind in a process. One for each file takes longer than most files.
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // The page's stores and components that need no browser.
        oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
        test: {
          name: "dashboard",
          include: ["test/dashboard/**/*.test.{ts,tsx}"],
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [runtime()],
        test: {
          name: "workerd",
          include: ["test/durable/**/*.test.ts", "test/{routes,ark,mcp,auth,api}/**/*.test.ts"],
          exclude: SLOW,
          env: SEED,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "program",
          include: ["test/program/**/*.test.ts"],
          exclude: SLOW,
          globalSetup: "test/program/build.ts",
          setupFiles: "test/program/check-answers.ts",
          testTimeout: HUNG,
          hookTimeout: 120_000,
          expect: { poll: PATIENCE },
        },
      },
      {
        // The package for other programs. Each file has a process of its own: OpenTelemetry's API is global.
        test: {
          name: "producer",
          include: ["test/producer/**/*.test.ts"],
          globalSetup: "test/program/build.ts",
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: PATIENCE },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: ["test/program/build.ts", "test/e2e/chromium.ts"],
          setupFiles: "test/program/check-answers.ts",
          testTimeout: HUNG,
          hookTimeout: 120_000,
          expect: { poll: PATIENCE },
        },
      },
      {
        // The page's components without a server: pictures of them, and what accessibility tools find.
        test: {
          name: "gallery",
          include: ["test/gallery/**/*.test.ts"],
          globalSetup: ["test/e2e/chromium.ts", "test/gallery/serve-gallery.ts"],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          expect: { poll: PATIENCE },
        },
      },
      {
        // The program in the machine's own Firefox, if there is one.
        test: {
          name: "firefox",
          include: ["test/firefox/*.test.ts"],
          globalSetup: "test/program/build.ts",
          testTimeout: 180_000,
          hookTimeout: 120_000,
          expect: { poll: PATIENCE },
        },
      },
      {
        // Real frameworks, installed into `.cache`: minutes, and the package registries.
        test: {
          name: "producers",
          include: ["test/producers/*.test.ts"],
          fileParallelism: false,
          testTimeout: 900_000,
          hookTimeout: 900_000,
          expect: { poll: PATIENCE },
        },
      },
      {
        // Programs that traces go on to: real ones, built into `.cache` from Go's modules where the machine has Go.
        test: {
          name: "sinks",
          include: ["test/sinks/real/*.test.ts"],
          globalSetup: "test/program/build.ts",
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 1_800_000,
          expect: { poll: PATIENCE },
        },
      },
      {
        // What npm packs, in empty folders: its dependencies come from the package registry.
        test: {
          name: "package",
          include: ["test/package/*.test.ts"],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 900_000,
          expect: { poll: PATIENCE },
        },
      },
      {
        // Tokens of answers: a vocabulary of 30 MB.
        test: {
          name: "tokens",
          include: ["test/tokens/*.test.ts"],
          globalSetup: "test/program/build.ts",
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: "slow",
          include: ["test/{lib,content,facts,logs,session,otlp,client,producer,cli}/**/*.slow.test.ts"],
          testTimeout: SLOW_TIMEOUT,
          hookTimeout: SLOW_TIMEOUT,
        },
      },
      {
        test: {
          name: "slow-program",
          include: ["test/program/**/*.slow.test.ts"],
          globalSetup: "test/program/build.ts",
          setupFiles: "test/program/check-answers.ts",
          testTimeout: SLOW_TIMEOUT,
          hookTimeout: SLOW_TIMEOUT,
        },
      },
      {
        plugins: [runtime()],
        test: {
          name: "slow-workerd",
          include: ["test/{durable,routes}/**/*.slow.test.ts"],
          env: { ...SEED, ...EVERY_FAULT },
          testTimeout: SLOW_TIMEOUT,
          hookTimeout: SLOW_TIMEOUT,
        },
      },
    ],
  },
});

/**
 * What tests store need not outlive the machine. On Linux it lies in memory where there is room: objects write with each
 * step, and tests of them waited for the disk most of their time.
 */
function storeInMemory(): void {
  if (process.env["TMPDIR"] !== undefined || freeBytes("/dev/shm") < MEMORY_BYTES) return;
  const directory = mkdtempSync("/dev/shm/spanfold-tests-");
  // A test of rights runs a process as another user, who must reach its folder.
  chmodSync(directory, 0o755);
  process.env["TMPDIR"] = directory;
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
