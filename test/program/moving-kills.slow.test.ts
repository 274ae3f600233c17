import { randomBytes } from "node:crypto";
import { access, copyFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { decodeSessionEvent } from "../../src/client/decode-event.ts";
import { openEventStream } from "../../src/client/event-stream.ts";
import { headless } from "../../src/client/platform.ts";
import type { ResourceLogs } from "../../src/otel/log-record.ts";
import type { ResourceSpans } from "../../src/otel/span.ts";
import { Random } from "../session/seeded-random.ts";
import { databaseOf } from "./damage.ts";
import { freePort } from "./free-port.ts";
import { startProgram, temporaryDirectory } from "./program.ts";
import type { Program } from "./program.ts";
import { eventually, getJson, recordsOf, spansOf } from "./read-back.ts";
import type { Export, SessionList } from "./read-back.ts";
import { runtimeOf } from "./sockets.ts";

/** With each number of shards. `KILLS=35 npm run test:slow -- moving-kills` has a hundred in all. */
const KILLS = Number(process.env["KILLS"] ?? 5);
const SHARDS = (process.env["SHARDS"] ?? "1,2,16").split(",");
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

/** Each has a writer. The last one names no session. */
const TRACES_A_ROUND = 4;
/** Maximum number of requests of a writer between two kills: the load is bounded. */
const REQUESTS = 9;
/**
 * Requests of a trace: spans or log records, and bytes of the text that each has, which no encoding makes much smaller. A log moves at 2,000
 * spans, or at 1 MB: after the fifth request, the fourth, the first. Sessions of the largest traces move in several pages.
 */
const KINDS = [
  { items: 450, bytes: 0 },
  { items: 450, bytes: 0 },
  { items: 60, bytes: 5_000 },
  { items: 400, bytes: 5_000 },
];
/** Of the JSON of the requests that a trace sends in one round, at most about. */
const BYTES_A_ROUND = 6_000_000;
const UNTRACED = { TELEMETRY_ENABLED: "false" };

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
const sessionNamed = (round: number) => `session ${round}`;

type Request = { readonly path: string; readonly ids: readonly string[]; readonly text: string };

/** A trace, what was acknowledged of it, and what its exporter sends next: a request without an answer is sent again. */
class Trace {
  readonly id: string;
  readonly session: string | undefined;
  readonly acknowledged = new Set<string>();
  readonly refusals: string[] = [];
  readonly #kind: (typeof KINDS)[number];
  /** Its first request names no session. Never of the first trace, whose own order has then no place for the end of its own session. */
  readonly #isLate: boolean;
  #made = 0;
  readonly #next: Request[] = [];

  constructor(round: number, writer: number, random: Random) {
    this.id = hex(random.below(2 ** 30) + 1, 16) + hex(round * TRACES_A_ROUND + writer + 1, 16);
    this.session = writer === TRACES_A_ROUND - 1 ? undefined : sessionNamed(round);
    this.#isLate = writer > 0 && random.chance(0.3);
    this.#kind = random.pick(KINDS);
  }

  /** Makes the requests of a round: while exports run, the test has nothing to do but to look where logs are. */
  prepare(): void {
    const { items, bytes } = this.#kind;
    const requests = Math.min(REQUESTS, Math.ceil(BYTES_A_ROUND / (items * (bytes + 1))));
    while (this.#next.length < requests) this.#next.push(this.#make(this.#made++));
  }

  /** True as long as the program answers, and there is something to send. */
  async send({ url }: Program): Promise<boolean> {
    const [next] = this.#next;
    if (next === undefined) return false;
    const { path, ids, text: body } = next;
    try {
      const response = await fetch(url + path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      const answer = `${response.status} ${await response.text()}`;
      if (answer !== "200 {}") {
        this.refusals.push(answer);
        return false;
      }
    } catch {
      return false;
    }
    for (const id of ids) this.acknowledged.add(id);
    this.#next.shift();
    return true;
  }

  /** Whether the session was named by what was acknowledged. */
  get isNamed(): boolean {
    return this.session !== undefined && this.#made - this.#next.length > (this.#isLate ? 1 : 0);
  }

  /** Spans, or log records for each fourth request. */
  #make(request: number): Request {
    const { items, bytes } = this.#kind;
    const first = request * items + 1;
    const time = String(1_790_000_000_000_000_000n + BigInt(request));
    const isNamed = this.session !== undefined && (request > 0 || !this.#isLate);
    const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
    const attributes = () => [
      ...(isNamed ? [text("session.id", this.session ?? "")] : []),
      ...(bytes === 0 ? [] : [text("note", randomBytes((bytes * 3) / 4).toString("base64"))]),
    ];
    const ids = Array.from({ length: items }, (_, n) => hex(first + n, 16));
    if (request % 4 === 3) {
      const logRecords = ids.map((id) => ({
        timeUnixNano: time,
        body: { stringValue: id },
        traceId: this.id,
        attributes: attributes(),
      }));
      return { path: "/v1/logs", ids, text: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }) };
    }
    const offloaded = text("output.value", `${request} `.repeat(5_000));
    const spans = ids.map((spanId, n) => ({
      traceId: this.id,
      spanId,
      name: "step",
      startTimeUnixNano: time,
      endTimeUnixNano: time,
      attributes: n === 0 ? [...attributes(), offloaded] : attributes(),
    }));
    return { path: "/v1/traces", ids, text: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }) };
  }
}

type Contents = { readonly resourceSpans?: readonly ResourceSpans[]; readonly resourceLogs?: readonly ResourceLogs[] };

/** Trace and id of each span and log record. */
function itemsOf({ resourceSpans = [], resourceLogs = [] }: Contents): string[] {
  return [
    ...spansOf({ resourceSpans }).map(({ traceId, spanId }) => `${traceId}:${spanId}`),
    ...recordsOf({ resourceLogs }).map(({ traceId, body }) => `${traceId}:${body?.stringValue}`),
  ];
}

const twice = (items: readonly string[]) => {
  const seen = new Set<string>();
  return items.filter((item) => seen.size === seen.add(item).size);
};

const lost = (of: Iterable<string>, items: readonly string[]) => {
  const there = new Set(items);
  return [...of].filter((item) => !there.has(item));
};

/** A viewer who stays over kills and moves. */
function follow(url: string, path: string) {
  const items: string[] = [];
  const versions: string[] = [];
  const others: string[] = [];
  const stream = openEventStream(
    {
      url: () => url + path,
      decode: decodeSessionEvent,
      kind: "watch",
      whenMissing: "retry",
      onEvents(received) {
        for (const { event, id } of received) {
          if (id !== undefined) versions.push(id);
          if (event.type === "spans" || event.type === "logs") items.push(...itemsOf(event));
          else if (event.type !== "session" && event.type !== "bookmark") others.push(event.type);
        }
      },
    },
    headless,
  );
  return {
    path,
    close: () => stream.close(),
    /** All of these once, in versions of one generation that ascend by one. */
    expectAll(expected: readonly string[]) {
      expect({ path, lost: lost(expected, items), more: lost(items, expected), twice: twice(items), others }).toEqual({
        path,
        lost: [],
        more: [],
        twice: [],
        others: [],
      });
      const [generation = "", first = ""] = versions[0]?.split(".") ?? [];
      expect(versions).toEqual(versions.map((_, n) => `${generation}.${Number(first) + n}`));
    },
  };
}

type Where = {
  /** Places that hold the log. */
  readonly holders: readonly string[];
  /** A move that was under way. */
  readonly moving?: "arriving" | "arrived" | "stored";
  readonly faults: readonly string[];
};

/** Reads a copy of a database that no process has open. */
async function query<T>(file: string, read: (database: DatabaseSync) => T): Promise<T | undefined> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const copy = `${file}.copy`;
  for (const end of ["", "-wal"]) await copyFile(file + end, copy + end).catch(() => undefined);
  const database = new DatabaseSync(copy);
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE name = 'log'").all();
    return tables.length === 0 ? undefined : read(database);
  } finally {
    database.close();
    for (const end of ["", "-wal", "-shm"]) await rm(copy + end, { force: true });
  }
}

type LogRow = { readonly id: string; readonly log: number; readonly move: number };
const PLACES = 2 ** 28;

/** Where the folder of a program that does not run has these logs. */
async function placesIn(folder: string, shards: number, ids: readonly string[]): Promise<Map<string, Where>> {
  const inShards: ReadonlyMap<string, LogRow>[] = [];
  const faults: string[] = [];
  for (let shard = 0; shard < shards; shard++) {
    const rows = await query(databaseOf(folder, "SessionObject", `default/shard-${shard}`), (database) => {
      // Rows of a log that has no row, or that is elsewhere.
      for (const [table, column] of [
        ["chunk", `place / ${PLACES}`],
        ["chunk_part", `place / ${PLACES}`],
        ["trace", "log"],
        ["value", "log"],
      ] as const) {
        const left = database.prepare(
          `SELECT count(*) AS count FROM ${table} WHERE ${column} NOT IN (SELECT log FROM log WHERE log <> 0)`,
        );
        const { count } = left.get() as { count: number };
        if (count > 0) faults.push(`shard ${shard} has ${count} rows of no log in ${table}`);
      }
      return database.prepare("SELECT id, log, move FROM log").all() as LogRow[];
    });
    inShards.push(new Map(rows?.map((row) => [row.id, row])));
  }
  const places = new Map<string, Where>();
  for (const id of ids) {
    const own = await query(databaseOf(folder, "SessionObject", `default/log:${id}`), (database) => {
      const row = database.prepare("SELECT value FROM meta WHERE key = 'own'").get() as { value: string } | undefined;
      return row === undefined ? undefined : (JSON.parse(row.value) as { move: number; state: string });
    });
    const holders = inShards.flatMap((rows, shard) => ((rows.get(id)?.log ?? 0) === 0 ? [] : [`shard ${shard}`]));
    const known = inShards.flatMap((rows) => rows.get(id) ?? []);
    const wrong = known.length > 1 ? [`${id} in ${known.length} shards`] : [];
    const pointer = known[0]?.move ?? 0;
    const isStored = pointer !== 0 && own?.move === pointer;
    if (pointer !== 0 && (own?.move !== pointer || !["arrived", "open"].includes(own.state)))
      wrong.push(`${id} is not where its shard says: ${pointer} ${JSON.stringify(own)}`);
    if (isStored || own?.state === "open") holders.push("own object");
    const moving =
      own === undefined || own.state === "open"
        ? undefined
        : isStored
          ? "stored"
          : (own.state as "arriving" | "arrived");
    places.set(id, { holders, ...(moving === undefined ? {} : { moving }), faults: [...faults, ...wrong] });
  }
  return places;
}

async function objectsIn(folder: string): Promise<number> {
  const names = await readdir(join(folder, "do", "spanfold-SessionObject")).catch(() => []);
  return names.filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name)).length;
}

// spec: MOVE-3
test.runIf(process.platform === "linux").each(SHARDS)(
  `killed ${KILLS} times while logs of shared sessions move from %s shards, the program has everything once and in one place (SEED=${seed})`,
  { timeout: (KILLS + 5) * 60_000 },
  async (shards) => {
    const random = new Random(seed + Number(shards));
    const environment = {
      DATA_DIR: await temporaryDirectory(),
      PORT: String(await freePort()),
      SHARDS: shards,
      ...UNTRACED,
    };
    const { DATA_DIR } = environment;
    const rounds: Trace[][] = [];
    const viewers = new Map<number, ReturnType<typeof follow>[]>();
    const met = { arriving: 0, arrived: 0, stored: 0, runtime: 0, interrupted: 0 };

    let program = await startProgram(environment);

    const idsOf = (traces: readonly Trace[]) => [
      ...new Set(traces.flatMap(({ id, session }) => (session === undefined ? [id] : [id, session]))),
    ];
    const expectOnePlace = (places: ReadonlyMap<string, Where>, traces: readonly Trace[]) => {
      const owners = new Set(traces.filter(({ acknowledged }) => acknowledged.size > 0).map(({ id }) => id));
      for (const [id, { holders, faults }] of places) {
        expect([id, faults]).toEqual([id, []]);
        expect(holders.length, `${id}: ${holders.join(", ")}`).toBeLessThanOrEqual(1);
        if (owners.has(id)) expect([id, holders.length]).toEqual([id, 1]);
      }
    };

    /** What a session has is what its traces have, and those have all that was acknowledged. */
    const expectWhole = async (round: number) => {
      const traces = rounds[round] ?? [];
      const inTraces = new Map<Trace, string[]>();
      for (const trace of traces.filter(({ acknowledged }) => acknowledged.size > 0)) {
        const items = itemsOf(await getJson<Export>(program.url, `/traces/${trace.id}`));
        const wanted = [...trace.acknowledged].map((id) => `${trace.id}:${id}`);
        expect([trace.id, lost(wanted, items), twice(items)]).toEqual([trace.id, [], []]);
        inTraces.set(trace, items);
      }
      const bySession = Map.groupBy(
        [...inTraces].filter(([trace]) => trace.session === undefined || trace.isNamed),
        ([{ id, session = id }]) => session,
      );
      for (const [session, own] of bySession) {
        const expected = own.flatMap(([, items]) => items);
        const path = `/sessions/${encodeURIComponent(session)}`;
        await eventually(async () => {
          const items = itemsOf(await getJson<Export>(program.url, `${path}/otlp`));
          expect([session, lost(expected, items), twice(items)]).toEqual([session, [], []]);
        }, 60);
        await eventually(async () => {
          const { sessions } = await getJson<SessionList>(program.url, "/sessions?kind=all&limit=500");
          const found = sessions.find(({ id }) => id === session);
          const items = itemsOf(await getJson<Export>(program.url, `${path}/otlp`));
          expect([session, (found?.spans ?? 0) + (found?.logRecords ?? 0)]).toEqual([session, items.length]);
          const bound = own.filter(([{ id }]) => id !== session && sessions.some((listed) => listed.id === id));
          expect([session, bound.map(([{ id }]) => id)]).toEqual([session, []]);
          for (const viewer of viewers.get(round) ?? []) if (viewer.path === path) viewer.expectAll(items);
        }, 60);
      }
      for (const viewer of viewers.get(round) ?? []) {
        const seen = [...inTraces].find(([{ id }]) => viewer.path === `/traces/${id}`);
        if (seen !== undefined) await eventually(async () => viewer.expectAll(seen[1]), 60);
      }
    };

    for (let round = 0; round < KILLS; round++) {
      rounds.push(Array.from({ length: TRACES_A_ROUND }, (_, writer) => new Trace(round, writer, random)));
      const fresh = rounds[round] ?? [];
      const [first, last] = [fresh[0]?.id ?? "", fresh.at(-1)?.id ?? ""];
      viewers.set(
        round,
        [`/sessions/${encodeURIComponent(sessionNamed(round))}`, `/sessions/${last}`, `/traces/${first}`].map((path) =>
          follow(program.url, path),
        ),
      );
      const active = [...fresh, ...(rounds[round - 1] ?? [])];
      for (const trace of active) trace.prepare();
      const runtime = await runtimeOf(program);

      // When a log is on its way, or after some requests: counted, not timed.
      const objects = (await objectsIn(DATA_DIR)) + 1 + random.below(4);
      const most = 1 + random.below(30);
      const isByRequests = random.chance(0.25);
      const run = { requests: 0, isOver: false };
      const writers = Promise.all(
        active.map(async (trace) => {
          while (await trace.send(program)) run.requests++;
        }),
      ).then(() => (run.isOver = true));
      const isReached = async () => (isByRequests ? run.requests >= most : (await objectsIn(DATA_DIR)) >= objects);
      while (!run.isOver && !(await isReached())) await sleep(1);
      await sleep(random.below(random.chance(0.5) ? 4 : 60));
      if (!run.isOver) met.interrupted++;
      process.kill(runtime, "SIGKILL");
      // The program starts another runtime by itself.
      const isWhole = random.chance(0.75);
      if (isWhole) await program.kill();
      await writers;
      if (isWhole) {
        const places = await placesIn(DATA_DIR, Number(shards), idsOf(active));
        for (const { moving } of places.values()) if (moving !== undefined) met[moving]++;
        expectOnePlace(places, active);
        program = await startProgram(environment);
      } else {
        met.runtime++;
        const { url } = program;
        await eventually(async () => expect((await fetch(`${url}/healthz`)).status).toBe(200), 60);
      }
      for (const checked of [round - 1, round]) if (checked >= 0) await expectWhole(checked);
      for (const viewer of viewers.get(round - 1) ?? []) viewer.close();
    }

    for (const viewer of viewers.get(KILLS - 1) ?? []) viewer.close();
    for (let round = 0; round < KILLS; round++) {
      viewers.delete(round);
      await expectWhole(round);
    }
    await program.stop();
    const all = rounds.flat();
    const places = await placesIn(DATA_DIR, Number(shards), idsOf(all));
    expectOnePlace(places, all);
    const moved = [...places.values()].filter(({ holders }) => holders.includes("own object")).length;
    const items = all.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
    console.log(
      `SHARDS=${shards} SEED=${seed}: ${KILLS} kills, ${met.runtime} of them of the runtime alone, ${met.interrupted} while exports ran; ` +
        `${items} spans and log records acknowledged; ${moved} of ${places.size} logs moved; at kills of all, logs met: ` +
        `${met.arriving} arriving, ${met.arrived} arrived and not stored, ${met.stored} stored and not open`,
    );
    // An exporter may be asked to wait while bodies have no room.
    expect(all.flatMap(({ refusals }) => refusals).filter((answer) => !answer.startsWith("503 "))).toEqual([]);
    // The test is valid only if the kills hit exports and moves. Of four kills some three wait until a log moves.
    expect(moved).toBeGreaterThan(KILLS / 4);
    expect(met.interrupted).toBeGreaterThan(KILLS / 2);
  },
);
