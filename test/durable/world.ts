import { PLACES } from "../../src/durable/session/log/tables.ts";
import type { AppendOutcome, Delivery } from "../../src/facts/delivery.ts";
import { setMoveThresholds } from "../../src/durable/session/move/thresholds.ts";
import type { MoveThresholds } from "../../src/durable/session/move/thresholds.ts";
import {
  forgetPlaces,
  objectAt,
  ownName,
  placeOf,
  rememberPlace,
  rememberShards,
  sessionAt,
  shardName,
  shardOf,
} from "../../src/place.ts";
import type { LogCall, ShardCall } from "../../src/place.ts";
import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterAll, beforeAll, vi } from "vitest";
import type { Copy } from "../../src/durable/session/copy/protocol.ts";
import type { LogRecord, ResourceLogs } from "../../src/otel/log-record.ts";
import type { Resource, ResourceSpans, Span } from "../../src/otel/span.ts";
import type { SessionSummary, QuerySummary } from "../../src/session/summary.ts";
import type { SessionView } from "../../src/session/view/session-view.ts";
import { checkedResponse } from "../api/answers.ts";
import { deliveryOf } from "./deliveries.ts";
import { locatedRecord, logsExportOf, recordsOf, recordText } from "./log-records.ts";
import type { LocatedRecord, SentRecord } from "./log-records.ts";
import type { Sent } from "./spans.ts";
import { aSpan, exportOf } from "./spans.ts";

export const ORIGIN = "http://localhost:8787";

/**
 * Stops the clock, far ahead: alarms then fire only when a test fires them (`rest`), and background work is the same in
 * every run. Timers run on.
 */
export function stopClock(): void {
  // Later than any time that the last test left in the Worker.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2100, 0, (days += 30)) });
}

let days = 0;

export function pass(millis: number): void {
  vi.setSystemTime(Date.now() + millis);
}

/** A world without any session. */
export async function emptyWorld(): Promise<void> {
  // The Worker logs its calls to objects of the last test, which fail.
  vi.spyOn(console, "warn").mockReturnValue();
  await reset();
  forgetPlaces();
  rememberShards(caller());
}

/** A world without any session, in a time after all others'. */
export async function freshWorld(): Promise<void> {
  stopClock();
  await emptyWorld();
}

/** As in vitest.config.ts. */
const SHARDS = Number((env as { readonly SHARDS?: string }).SHARDS);
let shards = SHARDS;

/** Divides the logs of the next worlds into so many shards. */
export function divide(count: number = SHARDS): void {
  shards = count;
}

/** Logs of the next worlds move to objects of their own when they have grown so far; without an argument as in the program. */
export function moveLogs(thresholds?: Partial<MoveThresholds>): void {
  setMoveThresholds(thresholds);
}

/** Logs that never move. */
export const NEVER = Number.POSITIVE_INFINITY;

/** Divides the logs of a suite's worlds into so many shards, from which they move at so many items, a call for each of their chunks. */
export function useLogs({ shards: count, items }: { readonly shards: number; readonly items: number }): void {
  beforeAll(() => {
    divide(count);
    moveLogs({ items, pageBytes: 1 });
  });
  afterAll(() => {
    divide();
    moveLogs();
  });
}

/** The context of the tests' calls of a shard. */
export function caller(): ShardCall {
  return { tenant: "default", shards };
}

/** The context of the tests' calls of a log. */
export function callerOf(id: string): LogCall {
  return { ...caller(), id };
}

/** The log of a session or of a trace's owner, with the context bound. */
export function calls(id: string) {
  return sessionAt(env, caller(), id);
}

/** Delivers to the owner of the trace, as the Worker does. */
export async function append(delivery: Delivery): Promise<AppendOutcome | undefined> {
  for (let hop = 0; hop < 5; hop++) {
    const place = placeOf(caller(), delivery.traceId, shards);
    const [outcome] = await objectAt(env, caller(), place, shards).append([delivery]);
    if (outcome?.outcome !== "elsewhere") return outcome;
    rememberPlace(caller(), delivery.traceId, outcome);
  }
  throw new Error("the log moves on and on");
}

/** The name of the shard that holds the log. */
export function shardOfLog(id: string): string {
  return shardName("default", shardOf(id, shards));
}

/** The shard that holds the log, or knows that it has moved. */
export function objectOf(id: string) {
  return env.SESSIONS.get(env.SESSIONS.idFromName(shardOfLog(id)));
}

/** The log's own object, whether it holds the log or not. */
export function ownObjectOf(id: string) {
  return env.SESSIONS.get(env.SESSIONS.idFromName(ownName("default", id)));
}

/** Whether the log is in an object of its own. */
export async function hasMoved(id: string): Promise<boolean> {
  return await runInDurableObject(objectOf(id), (_, { storage: { sql } }) => timesOf(sql, id).hasMoved);
}

/** Reads in the object that holds the log, which may move at any time. */
async function inHolder<Found>(id: string, read: (sql: SqlStorage) => Found): Promise<Found> {
  const here = await runInDurableObject(objectOf(id), (_, { storage: { sql } }) =>
    timesOf(sql, id).hasMoved ? undefined : { found: read(sql) },
  );
  if (here !== undefined) return here.found;
  return await runInDurableObject(ownObjectOf(id), (_, { storage: { sql } }) => read(sql));
}

/** The name of the object that holds the log. */
export async function holderOf(id: string): Promise<string> {
  return (await hasMoved(id)) ? ownName("default", id) : shardOfLog(id);
}

export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const request = new Request(ORIGIN + path, { redirect: "manual", ...init });
  // What every request on a wire has.
  if (!request.headers.has("host")) request.headers.set("host", new URL(ORIGIN).host);
  const response = await exports.default.fetch(request);
  return await checkedResponse(request.method, request.url, response);
}

export async function post(body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Response> {
  pass(1);
  return await request("/v1/traces", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
}

/**
 * Delivers as an exporter does: spans, then log records, again while the answer is 503. Anything but a full success is an
 * error.
 */
export async function deliver(sent: readonly (Sent | Span | SentRecord)[]): Promise<void> {
  const spans = sent.filter((item): item is Sent | Span => !("record" in item));
  const records = sent.filter((item) => "record" in item);
  if (spans.length > 0) await untilTaken(() => post(exportOf(spans)));
  if (records.length > 0) await deliverLogs(records);
}

async function untilTaken(send: () => Promise<Response>): Promise<void> {
  for (let attempt = 0; attempt < 8; attempt++) {
    const response = await send();
    const text = await response.text();
    if (response.status === 503) continue;
    if (response.status !== 200 || text !== "{}") throw new Error(`${response.status} ${text}`);
    return;
  }
  throw new Error("503, again and again");
}

export async function postLogs(sent: readonly (SentRecord | LogRecord)[]): Promise<Response> {
  pass(1);
  const headers = { "content-type": "application/json" };
  return await request("/v1/logs", { method: "POST", headers, body: logsExportOf(sent) });
}

/** As {@link deliver}, log records. */
export async function deliverLogs(sent: readonly (SentRecord | LogRecord)[]): Promise<void> {
  await untilTaken(() => postLogs(sent));
}

/** Lets time pass until none of these objects has an alarm: all due jobs are then done. */
export async function rest(ids: readonly string[]): Promise<void> {
  let waking: readonly string[] = ids;
  for (let round = 0; round < 20; round++) {
    const armed: string[] = [];
    for (const id of ids) if (await isArmed(id)) armed.push(id);
    if (armed.length === 0) return;
    waking = armed;
    pass(61_000);
    for (const id of armed) await fireAlarm(id);
  }
  throw new Error(`never at rest: ${waking.join(", ")}`);
}

/** Fires the object's alarm now; returns whether one was set. The platform fires it again if the object died of it. */
export async function fireAlarm(id: string): Promise<boolean> {
  const wasSet = await fire(() => objectOf(id));
  return ((await hasMoved(id)) && (await fire(() => ownObjectOf(id)))) || wasSet;
}

/** The stub of an object that died calls it no more. */
async function fire(object: () => ReturnType<typeof objectOf>): Promise<boolean> {
  try {
    return await runDurableObjectAlarm(object());
  } catch {
    await runInDurableObject(object(), async (_, { storage }) => await storage.setAlarm(Date.now()));
    return true;
  }
}

/** Whether a job is due within the hour: expiry in days does not count. */
export async function isArmed(id: string): Promise<boolean> {
  const alarm = await alarmOf(id);
  return alarm !== null && alarm < Date.now() + 3_600_000;
}

/** When the alarm of its object, or of its shard, runs the log's next job, Unix milliseconds. */
export async function alarmOf(id: string): Promise<number | null> {
  const here = await runInDurableObject(objectOf(id), (_, { storage: { sql } }) => timesOf(sql, id));
  const own = here.hasMoved
    ? await runInDurableObject(ownObjectOf(id), (_, { storage: { sql } }) => timesOf(sql, id))
    : undefined;
  const all = [...here.times, ...(own?.times ?? [])];
  return all.length === 0 ? null : Math.min(...all);
}

function timesOf(sql: SqlStorage, id: string): { readonly times: readonly number[]; readonly hasMoved: boolean } {
  if (!hasTables(sql)) return { times: [], hasMoved: false };
  const sought = "SELECT at FROM due WHERE id = ? UNION ALL SELECT wake FROM log WHERE id = ? AND wake IS NOT NULL";
  const times = sql.exec<{ at: number }>(sought, id, id).toArray();
  const pointer = sql.exec("SELECT 1 FROM log WHERE id = ? AND move <> 0", id).toArray();
  return { times: times.map(({ at }) => at), hasMoved: pointer.length > 0 };
}

function hasTables(sql: SqlStorage): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'meta'").toArray().length > 0;
}

/** The log's number in its shard; 0 if there is none. */
function numberOf(sql: SqlStorage, id: string): number {
  if (!hasTables(sql)) return 0;
  return sql.exec<{ log: number }>("SELECT log FROM log WHERE id = ?", id).toArray()[0]?.log ?? 0;
}

const ROWS = {
  chunk: "SELECT *, place - ? AS revision FROM chunk WHERE place > ? AND place < ?",
  chunk_part: "SELECT *, place - ? AS revision FROM chunk_part WHERE place > ? AND place < ?",
  trace: "SELECT * FROM trace WHERE log = ?",
  value: "SELECT * FROM value WHERE log = ?",
} as const;

/** The log's rows in a table. */
export async function rowsOf<Row extends Record<string, SqlStorageValue>>(
  id: string,
  table: keyof typeof ROWS,
): Promise<Row[]> {
  return await inHolder(id, (sql) => rowsIn<Row>(sql, id, table));
}

function rowsIn<Row extends Record<string, SqlStorageValue>>(
  sql: SqlStorage,
  id: string,
  table: keyof typeof ROWS,
): Row[] {
  const log = numberOf(sql, id);
  if (log === 0) return [];
  const first = log * PLACES;
  const given = ROWS[table].includes("place") ? [first, first, first + PLACES] : [log];
  return sql.exec<Row>(ROWS[table], ...given).toArray();
}

/** Evicts the log's object from memory, as the platform does with an idle object. */
export async function evict(id: string): Promise<void> {
  // By its id: the stub of a name is one that faults strike, while they are installed.
  const object = env.SESSIONS.get(env.SESSIONS.idFromName(await holderOf(id)));
  await runInDurableObject(object, () => undefined);
  await evictDurableObject(object);
}

/** The tables of an object in which there is a row. */
export async function filled(object: ReturnType<typeof objectOf>): Promise<string[]> {
  return await runInDurableObject(object, (_, { storage: { sql } }) => {
    const tables = ["log", "due", "trace", "chunk", "chunk_part", "value"];
    const exists = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'log'").toArray().length > 0;
    return exists ? tables.filter((table) => sql.exec(`SELECT 1 FROM ${table} LIMIT 1`).toArray().length > 0) : [];
  });
}

/** Its file is lost, as after damage that was set aside: the object begins empty. */
export async function lose(object: DurableObjectStub): Promise<void> {
  await runInDurableObject(object, async (_, { storage }) => await storage.deleteAll());
  await evictDurableObject(object);
}

export type Snapshot = {
  readonly resourceVersion: string;
  readonly session: SessionSummary & { readonly status: string };
  readonly queries: readonly QuerySummary[];
  readonly resourceSpans: readonly ResourceSpans[];
  readonly resourceLogs: readonly ResourceLogs[];
};

export async function readSession(id: string): Promise<Snapshot | undefined> {
  return await readPath(`/sessions/${encodeURIComponent(id)}`);
}

/** The document at this path, if there is one. */
export async function readPath<Document = Snapshot>(path: string): Promise<Document | undefined> {
  const response = await request(path);
  if (response.status === 200) return await response.json();
  await response.body?.cancel();
  if (response.status === 404 || response.status === 307) return undefined;
  throw new Error(`GET ${path}: ${response.status}`);
}

/** A session's answer without the times of arrival. */
export type Readout = {
  readonly summary: Omit<SessionSummary, "liveness" | "watchers"> & { readonly liveness: unknown };
  readonly queries: readonly QuerySummary[];
  readonly spans: readonly string[];
  readonly records: readonly string[];
};

export async function readoutOf(id: string): Promise<Readout | undefined> {
  const snapshot = await readSession(id);
  return snapshot && readoutFrom(snapshot.session, snapshot.queries, itemsOf(snapshot));
}

type Items = { readonly spans: readonly Located[]; readonly records: readonly LocatedRecord[] };

export function itemsOf({ resourceSpans, resourceLogs }: Pick<Snapshot, "resourceSpans" | "resourceLogs">): Items {
  return { spans: spansOf(resourceSpans), records: recordsOf(resourceLogs) };
}

/** The spans and records of a viewer. Derived spans are not in the log. */
export function itemsIn(view: SessionView): Items {
  const spans = Array.from(view.spans()).filter(({ derivedFrom }) => derivedFrom === undefined);
  return {
    spans: spans.map(({ span, resource }) => located(span, resource)),
    records: view
      .logs()
      .all()
      .map(({ record, resource }) => locatedRecord(record, resource)),
  };
}

export function readoutFrom(
  session: SessionSummary,
  queries: readonly QuerySummary[],
  { spans, records }: Items,
): Readout {
  // How it came, not what came.
  const { liveness, watchers: _, ...summary } = session;
  const { status: __, ...stated } = summary as typeof summary & { status?: string };
  const { lastArrival: ___, isImported: ____, ...facts } = liveness;
  return { summary: { ...stated, liveness: facts }, queries, ...textsOf({ spans, records }) };
}

export function textsOf({ spans, records }: Items): Pick<Readout, "spans" | "records"> {
  return { spans: spans.map(textOf).toSorted(), records: records.map(recordText).toSorted() };
}

/** The readouts of those of these ids that exist. */
export async function readoutsOf(ids: readonly string[]): Promise<Record<string, Readout>> {
  const all: Record<string, Readout> = {};
  for (const id of ids) {
    const session = await readoutOf(id);
    if (session !== undefined) all[id] = session;
  }
  return all;
}

export type Located = { readonly service: string; readonly span: Span };

export function spansOf(resourceSpans: readonly ResourceSpans[]): Located[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    (scopeSpans ?? []).flatMap(({ spans }) => (spans ?? []).map((span) => located(span, resource))),
  );
}

export function located(span: Span, resource: Resource | undefined): Located {
  return { service: resource?.attributes?.[0]?.value?.stringValue ?? "", span };
}

export function textOf({ service, span }: Located): string {
  return `${service} ${JSON.stringify(span)}`;
}

export type TraceDocument = {
  readonly resourceVersion: string;
  readonly session: string;
  readonly resourceSpans: readonly ResourceSpans[];
  readonly resourceLogs: readonly ResourceLogs[];
};

export async function readTrace(traceId: string): Promise<TraceDocument | undefined> {
  return await readPath(`/traces/${traceId}`);
}

/** The list, newest activity first. */
export async function listed(kind: "session" | "trace" | "all"): Promise<readonly SessionSummary[]> {
  const response = await request(`/sessions?kind=${kind}`);
  const { sessions } = await response.json<{ sessions: SessionSummary[] }>();
  return sessions;
}

/** Changes rows of the log's shard directly, and evicts it from memory. `{log}` stands for the log's number, `{first}` for the place before its first chunk. */
export async function change(id: string, sql: string, ...values: SqlStorageValue[]): Promise<void> {
  await runInDurableObject(objectOf(id), (_, { storage }) => {
    const log = numberOf(storage.sql, id);
    const text = sql.replaceAll("{log}", String(log)).replaceAll("{first}", String(log * PLACES));
    storage.sql.exec(text, ...values);
  });
  await evictDurableObject(objectOf(id));
}

/** Copies this number of traces of one span to a session, as their owners do; returns the outcomes. */
export async function copies(session: string, count: number): Promise<string[]> {
  const copy = (n: number): Copy => {
    const traceId = `c${n.toString(16).padStart(31, "0")}`;
    const { facts, encoding, body, receipt } = deliveryOf([aSpan(traceId, 1)]);
    const chunk = {
      traceId,
      traceRevision: 1,
      kind: "spans",
      received: Date.now(),
      encoding,
      receipt,
      hashes: [],
      facts,
      body,
    } as const;
    return { session, traceId, epoch: 1, chunks: [chunk], values: [] };
  };
  const outcomes: string[] = [];
  /** Within an object, since an RPC each takes longer: until the log is elsewhere. */
  const copyIn = async (object: ReturnType<typeof objectOf>, move?: number) =>
    await runInDurableObject(object, async (instance) => {
      const context = { ...callerOf(session), ...(move === undefined ? {} : { move }) };
      while (outcomes.length < count) {
        const answer = await instance.storeCopy(context, copy(outcomes.length));
        if (answer.outcome === "elsewhere") return answer.move;
        outcomes.push(answer.outcome);
      }
      return undefined;
    });
  const move = await copyIn(objectOf(session));
  if (move !== undefined) await copyIn(ownObjectOf(session), move);
  return outcomes;
}

/** The tables in which anything of the log is left, but the fences of a deleted one. */
export async function tables(id: string): Promise<string[]> {
  return await inHolder(id, (sql) => {
    if (!hasTables(sql)) return [];
    const left = (Object.keys(ROWS) as (keyof typeof ROWS)[]).filter((table) => rowsIn(sql, id, table).length > 0);
    return numberOf(sql, id) === 0 ? left : ["log", ...left];
  });
}

/** Waits in real time until background work makes this true. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 3_000; turn++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("the condition never became true");
}

/** The sessions that the traces of a session moved to. */
export async function moved(id: string): Promise<readonly string[]> {
  const page = await calls(id).peek("session");
  return page.state === "moved" ? page.sessions : [];
}
