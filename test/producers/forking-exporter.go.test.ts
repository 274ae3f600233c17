import { execFile } from "node:child_process";
import { copyFile, cp, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { receiver } from "../producer/receiver.ts";
import type { Behaviour } from "../producer/receiver.ts";
import { isForMachine } from "../sinks/real/go-tool.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..", "..");
const CACHE = join(ROOT, ".cache", "producers", "go-forking");
const MINUTES = 10 * 60_000;

/** The example of the docs in a program, built with Go's SDK. */
async function build(): Promise<string> {
  const partial = `${CACHE}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(join(partial, "forking"), { recursive: true });
  await cp(join(import.meta.dirname, "programs", "go-forking"), partial, { recursive: true });
  await copyFile(
    join(ROOT, "docs", "examples", "forking_exporter.go"),
    join(partial, "forking", "forking_exporter.go"),
  );
  const options = { cwd: partial, timeout: MINUTES, env: { ...process.env, GOFLAGS: "-mod=mod -buildvcs=false" } };
  await run("go", ["mod", "tidy"], options);
  await run("go", ["vet", "./..."], options);
  const { stdout } = await run("gofmt", ["-l", "."], options);
  if (stdout !== "") throw new Error(`gofmt would change ${stdout}`);
  await run("go", ["build", "-o", "program", "."], options);
  await rm(CACHE, { recursive: true, force: true });
  await rename(partial, CACHE);
  return join(CACHE, "program");
}

/** Why the example can't be built here: a machine without Go or its modules must not fail for it. */
const reason = await run("go", ["version"]).then(
  () => undefined,
  () => "go is missing",
);
const program = reason === undefined ? await build().catch((error: unknown) => modulesMissing(error)) : undefined;
const skipped = program === undefined ? (reason ?? "Go's modules can't be downloaded") : undefined;
if (skipped !== undefined) console.warn(`The Go example is not tested: ${skipped}`);

/** Any other failure of the build is the example's. */
function modulesMissing(error: unknown): undefined {
  if (isForMachine(error)) return undefined;
  throw error;
}

async function emit(spans: number, env: Record<string, string>) {
  const { PATH = "", HOME = "" } = process.env;
  const { stdout, stderr } = await run(String(program), [String(spans)], {
    env: { PATH, HOME, ...env },
    timeout: 30_000,
  });
  return { stdout, lines: stderr.split("\n").filter((line) => line !== "") };
}

const names = (count: number) => Array.from({ length: count }, (_, n) => `s${n}`).toSorted();

describe.skipIf(skipped !== undefined)(
  `the forking exporter for Go${skipped === undefined ? "" : `: skipped, ${skipped}`}`,
  () => {
    test("without a variable it is the primary itself", async () => {
      await using primary = await receiver();
      const { stdout, lines } = await emit(3, { OTEL_EXPORTER_OTLP_ENDPOINT: `http://${primary.address}` });
      expect([stdout, lines]).toEqual(["same true\ndone\n", []]);
      expect(primary.names().toSorted()).toEqual(names(3));
    });

    test("each receiver gets all spans, and no header of the primary", async () => {
      await using primary = await receiver();
      await using ark = await receiver();
      await using spanfold = await receiver();
      const { stdout, lines } = await emit(600, {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://${primary.address}`,
        OTEL_EXPORTER_OTLP_HEADERS: "authorization=secret",
        ARK_BROKER_OTLP_ENDPOINT: `http://${ark.address}/ark/`,
        SPANFOLD_ENDPOINT: spanfold.address,
      });
      expect([stdout, lines]).toEqual(["same false\ndone\n", []]);
      for (const one of [primary, ark, spanfold]) expect(one.names().toSorted()).toEqual(names(600));
      const sent = (one: typeof primary) =>
        one.requests.map(({ url, headers }) => `${url} ${headers.authorization ?? "-"}`);
      expect(new Set([...sent(primary), ...sent(ark), ...sent(spanfold)])).toEqual(
        new Set(["/v1/traces secret", "/ark/v1/traces -", "/v1/traces -"]),
      );
    });

    test.each<[string, Behaviour | "away"]>([
      ["away", "away"],
      ["slow", "hang"],
      ["answering 500", { status: 500 }],
      ["cutting connections", "cut"],
    ])("a receiver that is %s costs the primary nothing, and one line says what was lost", async (_, behaviour) => {
      await using primary = await receiver();
      await using broken = await receiver(behaviour === "away" ? "take" : behaviour);
      const endpoint = behaviour === "away" ? "127.0.0.1:9" : broken.address;
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://${primary.address}`, ARK_BROKER_OTLP_ENDPOINT: endpoint };
      const { stdout, lines } = await emit(3_000, env);
      expect(stdout).toBe("same false\ndone\n");
      expect(primary.names().toSorted()).toEqual(names(3_000));
      expect(lines.length).toBeLessThanOrEqual(2);
      const dropped = lines.map((line) => Number(/(\d+) spans dropped/.exec(line)?.[1]));
      expect(dropped.reduce((sum, count) => sum + count, 0)).toBe(3_000);
      expect(lines.at(-1)).toContain(`http://${endpoint}/v1/traces: shut down before all was sent; `);
    });
  },
);
