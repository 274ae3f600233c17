import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Batch, newTraceId } from "./batch.ts";
import { Connection, requestHead } from "./connection.ts";
import { databaseBytes } from "./database-bytes.ts";
import type { DatabaseBytes } from "./database-bytes.ts";
import { median, spread } from "./figure.ts";
import type { Figure, Section } from "./figure.ts";
import { Batches, drive, expectOk, measure, microsecondsOf, rateOf, takeTurns } from "./load.ts";
import type { Load, Run } from "./load.ts";
import type { Peer } from "./peer.ts";
import { settle } from "./workerd.ts";
import type { Bench, Runtime } from "./workerd.ts";

const CONNECTIONS = 8;
/** Existing traces, as many as a busy program has under way: bodies go to each in turn. */
const EXISTING = 256;
const SPANS = [10, 100] as const;
const WARM_UP = 1_000;
const SLICES = 8;
const SLICE_MILLIS = 250;
/** A peer says nothing of its processor: it gets this time to end what an answer left to do. */
const PEER_REST_MILLIS = 200;
/** Requests that wait at once for one trace. */
const WAITING = 64;

type Traces = "new" | "existing";

/** A receiver under one load. */
type Lane = {
  readonly name: string;
  readonly load: SpreadLoad;
  readonly peer?: Peer;
  readonly runs: Run[];
};

/** Bodies of one trace each: a new one, or the next of those that exist. */
class SpreadLoad {
  readonly #traces: Traces;
  readonly #batches: Batches;
  readonly #existing = Array.from({ length: EXISTING }, newTraceId);
  #sent = 0;

  constructor(traces: Traces, spans: number, target: { readonly path: string; readonly host: string }) {
    this.#traces = traces;
    this.#batches = new Batches(
      { encoding: "json", spans, traces: 1, session: false },
      { connections: CONNECTIONS, ...target },
    );
  }

  next(connection: number): Buffer {
    const existing = this.#existing[this.#sent++ % EXISTING];
    return this.#batches.next(connection, [this.#traces === "new" || existing === undefined ? newTraceId() : existing]);
  }
}

/** New traces beside existing ones, and both beside a peer's if one is given. */
export async function benchNewTraces(bench: Bench, quick: boolean, peer?: Peer): Promise<Section> {
  const runtime = await bench.start("new");
  try {
    const figures = await compare(runtime, quick, peer);
    if (peer === undefined)
      figures.push(...(await manyInOne(runtime, quick)), await hotTrace(runtime, quick), ...(await disk(bench, quick)));
    const beside = peer === undefined ? "" : `, beside ${peer.url}`;
    return {
      bench: peer === undefined ? "new" : "peer",
      title: `small traces: a body of one new trace${beside}`,
      figures,
    };
  } finally {
    await runtime.stop();
    await bench.forget("new");
  }
}

async function compare(runtime: Runtime, quick: boolean, peer: Peer | undefined): Promise<Figure[]> {
  const ours = { path: "/v1/traces", host: "localhost" };
  const lanes: Lane[] = SPANS.flatMap((spans) =>
    (["new", "existing"] as const).flatMap((traces) => [
      { name: `${spans} ${traces}`, load: new SpreadLoad(traces, spans, ours), runs: [] },
      ...(peer === undefined
        ? []
        : [{ name: `peer ${spans} ${traces}`, load: new SpreadLoad(traces, spans, peer), peer, runs: [] }]),
    ]),
  );
  for (const lane of lanes) await turn(runtime, lane, { requests: quick ? EXISTING : WARM_UP });
  const turns = { rounds: quick ? 2 : 5, slices: quick ? 2 : SLICES };
  await takeTurns(lanes, turns, async (lane) => await turn(runtime, lane, { millis: SLICE_MILLIS }));
  const runsOf = (name: string) => lanes.find((lane) => lane.name === name)?.runs ?? [];
  return SPANS.flatMap((spans) => {
    const [fresh, existing] = [runsOf(`${spans} new`), runsOf(`${spans} existing`)];
    const figures: Figure[] = [
      ratio(`${spans} spans of a new trace ÷ into existing ones, rate`, spans, fresh, existing),
      cost(`${spans} spans of a new trace ÷ into existing ones, processor time`, fresh, existing),
    ];
    if (peer !== undefined)
      figures.push(
        ratio(`${spans} spans of a new trace ÷ the peer's, rate`, spans, fresh, runsOf(`peer ${spans} new`)),
        ratio(
          `${spans} spans into existing ones ÷ the peer's, rate`,
          spans,
          existing,
          runsOf(`peer ${spans} existing`),
        ),
      );
    return figures;
  });
}

async function turn(runtime: Runtime, { load, peer }: Lane, until: Load["until"]): Promise<Run> {
  const next = (connection: number) => load.next(connection);
  if (peer !== undefined) {
    const { port, hostname, expect } = peer;
    const measured = await drive({ port, hostname, connections: CONNECTIONS, until, next, expect });
    await sleep(PEER_REST_MILLIS);
    return { ...measured, processorSeconds: 0 };
  }
  return await measure(runtime, { connections: CONNECTIONS, until, next });
}

function ratio(name: string, spans: number, of: readonly Run[], beside: readonly Run[]): Figure {
  const shares = of.map((run, round) => rateOf(run) / rateOf(beside[round] ?? run));
  const [own, other] = [of, beside].map((runs) => Math.round(median(runs.map(rateOf)) * spans).toLocaleString("en-US"));
  return { name, value: median(shares), unit: "", detail: `${spread(shares)}; ${own} and ${other} spans/s` };
}

function cost(name: string, of: readonly Run[], beside: readonly Run[]): Figure {
  const shares = of.map((run, round) => microsecondsOf(run) / microsecondsOf(beside[round] ?? run));
  const [own, other] = [of, beside].map((runs) => Math.round(median(runs.map(microsecondsOf))));
  return { name, value: median(shares), unit: "", detail: `${spread(shares)}; ${own} and ${other} µs a body` };
}

/** One request with many new traces, on a program that does nothing else. */
async function manyInOne(runtime: Runtime, quick: boolean): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const traces of [500, 2_000]) {
    const batch = new Batch({ encoding: "json", spans: traces, traces, session: false });
    const millis: number[] = [];
    for (let time = 0; time < (quick ? 2 : 7); time++) {
      batch.setTraces(Array.from({ length: traces }, newTraceId));
      batch.renewSpans();
      const connection = await Connection.open(runtime.port);
      const begun = performance.now();
      expectOk(await connection.send(batch.request));
      millis.push(performance.now() - begun);
      connection.close();
      await settle(runtime.process);
    }
    figures.push({
      name: `one request of ${traces} new traces of a span`,
      value: median(millis),
      unit: "ms",
      detail: `${spread(millis, 0)} over ${millis.length}`,
    });
  }
  return figures;
}

/** Waiting admissions of one trace commit together. */
async function hotTrace(runtime: Runtime, quick: boolean): Promise<Figure> {
  const costs = { waiting: [] as number[], alone: [] as number[] };
  for (let round = 0; round < (quick ? 2 : 5); round++) {
    for (const [name, connections] of [
      ["waiting", WAITING],
      ["alone", 1],
    ] as const) {
      const batches = new Batches({ encoding: "json", spans: 10, traces: 1, session: false }, { connections });
      const trace = [newTraceId()];
      const next = (connection: number) => batches.next(connection, trace);
      costs[name].push(microsecondsOf(await measure(runtime, { connections, until: { requests: 1_000 }, next })));
    }
  }
  const shares = costs.waiting.map((value, round) => value / (costs.alone[round] ?? value));
  return {
    name: `one hot trace, ${WAITING} requests waiting ÷ one, processor time a batch of 10 spans`,
    value: median(shares),
    unit: "",
    detail: `${spread(shares)}; ${Math.round(median(costs.waiting))} and ${Math.round(median(costs.alone))} µs`,
  };
}

/** What small traces take on disk, and what a deletion leaves of them: pages of the databases, whatever their journals hold. */
async function disk(bench: Bench, quick: boolean): Promise<Figure[]> {
  const count = quick ? 1_000 : 5_000;
  // The program's own traces of these requests would count as theirs.
  const runtime = await bench.start("disk", { variables: { TELEMETRY_ENABLED: "false" } });
  const folder = join(bench.directory, "disk");
  try {
    const first = await fillBare(runtime, count);
    const once = await databaseBytes(folder);
    await fillBare(runtime, count);
    const twice = await databaseBytes(folder);
    await deleteAll(runtime, first);
    const deleted = await databaseBytes(folder);
    await fillBare(runtime, count);
    const again = await databaseBytes(folder);
    const each = (bytes: number) => bytes / count / 1_000;
    const steps = [once, twice, deleted, again];
    const detail = (of: keyof DatabaseBytes) => steps.map((bytes) => kB(bytes[of])).join(", ");
    return [
      {
        name: "disk that a bare trace of 10 spans takes, idle",
        value: each(twice.used - once.used),
        unit: "kB",
        detail: `in use ${detail("used")}: ${count} traces, twice as many, after the deletion of half, and filled again`,
      },
      {
        name: "disk that a deleted one leaves in use, for some days",
        value: each(deleted.used - once.used),
        unit: "kB",
      },
      {
        name: "disk that files grow by for one that takes the room of a deleted one",
        value: each(again.whole - deleted.whole),
        unit: "kB",
        detail: `files ${detail("whole")}; beside them journals of ${detail("journals")}`,
      },
    ];
  } finally {
    await runtime.stop();
    await bench.forget("disk");
  }
}

async function deleteAll(runtime: Runtime, ids: readonly string[]): Promise<void> {
  const connection = await Connection.open(runtime.port);
  for (const id of ids) {
    const { status } = await connection.send(
      requestHead(`/sessions/${id}`, "application/json", 0, "", { method: "DELETE" }),
    );
    if (status !== 204 && status !== 202) throw new Error(`a deletion was answered with ${status}`);
  }
  connection.close();
  await idle(runtime);
}

/** The ids of the traces. */
async function fillBare(runtime: Runtime, count: number): Promise<string[]> {
  const batches = new Batches({ encoding: "json", spans: 100, traces: 10, session: false }, { connections: 1 });
  const ids: string[] = [];
  await drive({
    port: runtime.port,
    connections: 1,
    until: { requests: count / 10 },
    next(connection) {
      const traces = Array.from({ length: 10 }, newTraceId);
      ids.push(...traces.map((id) => id.toString("hex")));
      return batches.next(connection, traces);
    },
  });
  await idle(runtime);
  return ids;
}

/** Later than the last report to the list. */
async function idle(runtime: Runtime): Promise<void> {
  await sleep(3_000);
  await settle(runtime.process);
}

const kB = (bytes: number): string => `${Math.round(bytes / 1_000).toLocaleString("en-US")} kB`;
