import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { ResourceLogs } from "../../src/otel/log-record.ts";
import type { ResourceSpans } from "../../src/otel/span.ts";

/** A folder for each release: `data`, a data folder as it wrote it, each file compressed, and `sessions.json.gz`, what it read of it. */
export const RELEASES = import.meta.dirname;

/** What every later release reads of a session: its data as they were sent. Titles, kinds and costs may become better. */
export type SessionReadout = {
  readonly id: string;
  readonly traces: number;
  readonly spans: number;
  readonly logRecords: number;
  readonly start: string;
  readonly end: string;
  /** Each span and log record with its resource and scope, as JSON, sorted. */
  readonly items: readonly string[];
};

/** A test of data that are older than a month. */
export const ENVIRONMENT = { RETENTION_DAYS: "forever", TELEMETRY_ENABLED: "false" };

/** The folder of a release. */
export const releaseFolder = (version: string): string => join(RELEASES, version);

type Listed = { readonly sessions: readonly SessionReadout[]; readonly nextCursor?: string };
type Exported = { readonly resourceSpans: readonly ResourceSpans[]; readonly resourceLogs: readonly ResourceLogs[] };

/** All sessions of a program, by id. */
export async function readSessions(url: string): Promise<SessionReadout[]> {
  const { sessions } = await json<Listed>(`${url}/sessions?kind=all&limit=1000`);
  const readouts: SessionReadout[] = [];
  for (const { id, traces, spans, logRecords = 0, start, end } of sessions) {
    const exported = await json<Exported>(`${url}/sessions/${encodeURIComponent(id)}/otlp`);
    readouts.push({ id, traces, spans, logRecords, start, end, items: itemsOf(exported) });
  }
  return readouts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function itemsOf({ resourceSpans, resourceLogs }: Exported): string[] {
  const spans = resourceSpans.flatMap(({ resource, scopeSpans = [] }) =>
    scopeSpans.flatMap(({ scope, spans: all = [] }) => all.map((span) => [resource, scope, span])),
  );
  const records = resourceLogs.flatMap(({ resource, scopeLogs = [] }) =>
    scopeLogs.flatMap(({ scope, logRecords = [] }) => logRecords.map((record) => [resource, scope, record])),
  );
  return [...spans, ...records].map((item) => JSON.stringify(item)).toSorted();
}

async function json<Answer>(url: string): Promise<Answer> {
  const response = await fetch(url, { headers: { accept: "application/json" } });
  if (response.status !== 200) throw new Error(`GET ${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

/** What has to be in a data folder: not the locks of a running program, its secrets, and what it makes anew. */
const KEPT = /^(schema|do\/.*\.sqlite)$/;

/** Keeps a data folder of a program that has ended. */
export async function packData(dataFolder: string, version: string): Promise<void> {
  for (const name of await readdir(dataFolder, { recursive: true })) {
    if (!KEPT.test(name)) continue;
    const file = join(releaseFolder(version), "data", `${name}.gz`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, gzipSync(await readFile(join(dataFolder, name)), { level: 9 }));
  }
}

/** Writes the data folder of a release to an empty folder. */
export async function unpackData(version: string, dataFolder: string): Promise<void> {
  const packed = join(releaseFolder(version), "data");
  for (const name of await readdir(packed, { recursive: true })) {
    if (!name.endsWith(".gz")) continue;
    const file = join(dataFolder, name.slice(0, -".gz".length));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, gunzipSync(await readFile(join(packed, name))));
  }
}

const readoutsFile = (version: string): string => join(releaseFolder(version), "sessions.json.gz");

export async function keepReadouts(version: string, readouts: readonly SessionReadout[]): Promise<void> {
  await writeFile(readoutsFile(version), gzipSync(JSON.stringify(readouts), { level: 9 }));
}

/** What the release itself read of its data. */
export async function readReadouts(version: string): Promise<SessionReadout[]> {
  return JSON.parse(gunzipSync(await readFile(readoutsFile(version))).toString()) as SessionReadout[];
}
