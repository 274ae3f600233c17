import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startProgram, temporaryDirectory } from "./program.ts";
import type { Program } from "./program.ts";
import { eventually, getJson } from "./read-back.ts";

/** Bytes: some 40 traces of 64 kB beside the program's own files. */
const DISK = 12 * 1024 * 1024;
const MOST_TRACES = 400;

/** A file system of its own for a data directory; `undefined` where this user may mount none. */
async function smallDisk(): Promise<string | undefined> {
  const directory = await temporaryDirectory();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK}`, "tmpfs", directory], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  // Lazily: the program that uses it ends with the test as well.
  onTestFinished(() => void execFileSync("umount", ["--lazy", directory]));
  return directory;
}

const traceOf = (n: number) => (0xf000 + n).toString(16).padStart(32, "0");

async function post({ url }: Program, n: number, bytes = 64 * 1024): Promise<{ status: number; message: string }> {
  const span = {
    traceId: traceOf(n),
    spanId: "0000000000000001",
    name: "step",
    startTimeUnixNano: "1790000000000000000",
    endTimeUnixNano: "1790000001000000000",
    attributes: [{ key: "noise", value: { stringValue: randomBytes(bytes / 2).toString("hex") } }],
  };
  const response = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  });
  const { message = "" } = (await response.json()) as { readonly message?: string };
  return { status: response.status, message };
}

type Exported = {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly { readonly traceId: string }[] }[];
  }[];
};

/** The trace ids of all spans in an export. */
const spanTracesOf = (exported: unknown) =>
  (exported as Exported).resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map(({ traceId }) => traceId)),
  );

const FULL =
  "Nothing can be stored: the disk of the data folder is full. Free some megabytes of it, or delete sessions.";

test("on a full disk health and page say so, acknowledged sessions are read, and a deletion makes room", async ({
  skip,
}) => {
  const DATA_DIR = await smallDisk();
  if (DATA_DIR === undefined) return skip("this user may not mount a file system");
  const program = await startProgram({ DATA_DIR, TELEMETRY_ENABLED: "false" });
  const read = async (path: string) => await fetch(program.url + path, { headers: { accept: "text/html" } });
  expect(await (await read("/healthz")).text()).toBe("ok\n");

  const stored: string[] = [];
  let refused = "";
  for (let n = 0; n < MOST_TRACES && refused === ""; n++) {
    const { status, message } = await post(program, n);
    if (status === 200) stored.push(traceOf(n));
    else refused = `${status} ${message}`;
  }
  expect(refused).toBe(`503 part of the export could not be stored; send it again. ${FULL}`);
  expect(stored.length).toBeGreaterThan(10);

  const health = await read("/healthz");
  expect([health.status, await health.text()]).toEqual([503, `${FULL}\n`]);
  expect(await (await read("/")).text()).toContain(FULL);
  expect(await getJson<{ retention: { problem: string } }>(program.url, "/sessions?kind=all")).toMatchObject({
    retention: { problem: FULL },
  });
  const readWhole = async (id: string) => {
    const answer = await read(`/sessions/${id}/otlp`);
    expect([answer.status, spanTracesOf(await answer.json())]).toEqual([200, [id]]);
  };
  for (const id of stored) await readWhole(id);

  // The reserve is spent by the first deletion; what it freed is used again.
  await stat(join(DATA_DIR, "reserve"));
  const [first = "", ...others] = stored;
  const deletion = await fetch(`${program.url}/sessions/${first}`, { method: "DELETE" });
  expect([deletion.status, await deletion.text()]).toEqual([204, ""]);
  for (const id of others.slice(0, 5)) await fetch(`${program.url}/sessions/${id}`, { method: "DELETE" });
  await eventually(async () => expect((await post(program, MOST_TRACES, 1_024)).status).toBe(200), 30);
  for (const id of others.slice(5)) await readWhole(id);
  expect((await read(`/sessions/${first}/otlp`)).status).toBe(404);
});
