/**
 * `npm run release:data`: keeps data as the version in package.json writes them, for the test that later releases open them. What it sends is
 * the same in every run.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { ENVIRONMENT, keepReadouts, packData, readSessions, releaseFolder } from "./release-data.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PRODUCERS = ["ai-sdk-7", "claude-code", "claude-code-records", "pydantic-ai"];
/** Longer than a session waits with its next report to the list. */
const REPORTED_MILLIS = 5_000;

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, "0");
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

function span(trace: number, id: number, attributes: readonly object[], end?: number) {
  const start = 1_796_000_000_000 + trace * 1_000 + id;
  return {
    traceId: hex(trace, 32),
    spanId: hex(id, 16),
    ...(id === 1 ? {} : { parentSpanId: hex(1, 16) }),
    name: `step ${id % 20}`,
    startTimeUnixNano: `${start}000000`,
    ...(end === undefined ? {} : { endTimeUnixNano: `${start + end}000000` }),
    attributes,
  };
}

async function post(url: string, path: string, body: BodyInit, headers: Record<string, string>): Promise<void> {
  const response = await fetch(url + path, { method: "POST", headers, body });
  const answer = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${answer}`);
}

async function postSpans(url: string, spans: readonly object[]): Promise<void> {
  const body = JSON.stringify({
    resourceSpans: [{ resource: { attributes: [text("service.name", "kept")] }, scopeSpans: [{ spans }] }],
  });
  await post(url, "/v1/traces", body, { "content-type": "application/json" });
}

/** What a program has on disk after a while: captured exports, and each sort of row. */
async function fill(url: string): Promise<void> {
  for (const producer of PRODUCERS) {
    const folder = join(ROOT, "test", "fixtures", "producers", producer);
    for (const name of (await readdir(folder)).toSorted()) {
      const [, signal = "", encoding] = /^\d+-(traces|logs)\.(pb|json)\.gz$/.exec(name) ?? [];
      if (signal === "") continue;
      const type = encoding === "pb" ? "application/x-protobuf" : "application/json";
      const headers = { "content-type": type, "content-encoding": "gzip" };
      await post(url, `/v1/${signal}`, await readFile(join(folder, name)), headers);
    }
  }
  // Bare traces, and a session of several.
  await postSpans(
    url,
    [1, 2, 3].flatMap((trace) => [span(trace, 1, [], 10), span(trace, 2, [], 5)]),
  );
  await postSpans(
    url,
    [4, 5].flatMap((trace) => [span(trace, 1, [text("session.id", "several")], 10), span(trace, 2, [], 5)]),
  );
  // It moves to another session, and leaves a tombstone.
  await postSpans(url, [
    span(6, 1, [text("gen_ai.conversation.id", "before")], 10),
    span(7, 1, [text("session.id", "before")], 10),
  ]);
  await sleep(1_000);
  await postSpans(url, [span(6, 2, [text("ark.session.id", "after ü/")], 10)]);
  // Running, then ended; a large value; one that still runs.
  const work = [text("session.id", "work"), text("gen_ai.operation.name", "chat")];
  await postSpans(url, [span(8, 1, work)]);
  await postSpans(url, [span(8, 1, [...work, text("output.value", "large ".repeat(5_000))], 10), span(8, 2, work)]);
  // A large trace.
  for (let first = 1; first <= 2_100; first += 700)
    await postSpans(
      url,
      Array.from({ length: 700 }, (_, n) => span(9, first + n, [text("session.id", "large")], 1)),
    );
  // Deleted, and another one that began anew.
  for (const trace of [10, 11]) await postSpans(url, [span(trace, 1, [text("session.id", `gone-${trace}`)], 10)]);
  await sleep(1_000);
  for (const trace of [10, 11]) await fetch(`${url}/sessions/gone-${trace}`, { method: "DELETE" });
  await postSpans(url, [span(11, 2, [text("session.id", "gone-11")], 10)]);
}

/** What is read when nothing changes any more. */
async function readAtRest(url: string) {
  for (let before = await readSessions(url); ;) {
    await sleep(REPORTED_MILLIS);
    const after = await readSessions(url);
    if (isDeepStrictEqual(before, after)) return after;
    before = after;
  }
}

/** The journal of a small database is larger than the database. */
async function mergeJournals(dataFolder: string): Promise<void> {
  for (const name of await readdir(dataFolder, { recursive: true })) {
    if (!name.endsWith(".sqlite")) continue;
    const database = new DatabaseSync(join(dataFolder, name));
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    database.close();
  }
}

const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { readonly version: string };
const DATA_DIR = await mkdtemp(join(tmpdir(), "spanfold-release-"));
const program = spawn(process.execPath, [join(ROOT, "src", "cli", "npm-start.ts")], {
  cwd: ROOT,
  env: { PATH: process.env["PATH"], PORT: "0", GRPC_PORT: "off", SHARDS: "2", DATA_DIR, ...ENVIRONMENT },
  stdio: ["ignore", "pipe", "inherit"],
});
const ended = once(program, "exit");
try {
  let printed = "";
  program.stdout.setEncoding("utf8").on("data", (more: string) => (printed += more));
  let url: string | undefined;
  while (url === undefined) {
    if (program.exitCode !== null) throw new Error(`The program ended:\n${printed}`);
    await sleep(50);
    [, url] = /Spanfold +(http:\S+:\d+)\n/.exec(printed) ?? [];
  }
  await fill(url);
  const readouts = await readAtRest(url);
  program.kill("SIGTERM");
  await ended;
  await mergeJournals(DATA_DIR);
  await rm(releaseFolder(version), { recursive: true, force: true });
  await packData(DATA_DIR, version);
  await keepReadouts(version, readouts);
  console.log(`${version}: ${readouts.length} sessions in ${releaseFolder(version)}`);
} finally {
  program.kill("SIGKILL");
  await rm(DATA_DIR, { recursive: true, force: true });
}
