import { setTimeout as sleep } from "node:timers/promises";
import type { UpstreamAnswer } from "../../src/api/upstream-schema.ts";
import { Batch, newTraceId } from "./batch.ts";
import { billOf, difference, perMillion, sendInBulk } from "./bill.ts";
import { Connection } from "./connection.ts";
import { median, quantile, spread } from "./figure.ts";
import type { Figure, Section } from "./figure.ts";
import { TraceLoad } from "./ingest.ts";
import { Batches, drive, expectOk, measure, microsecondsOf, rateOf, takeTurns } from "./load.ts";
import type { Run } from "./load.ts";
import { openReceiver } from "./receiver.ts";
import type { Receiver } from "./receiver.ts";
import { answerOf, forgetPeak, memoryOf, settle } from "./workerd.ts";
import type { Bench, Runtime } from "./workerd.ts";

const SPANS = 100;
const SHAPE = { encoding: "json", spans: SPANS, traces: 1, session: false } as const;
/** `idle`: they take no trace, so a commit calls the Worker and nothing is delivered: what ingest's own path costs. */
const LANES = [
  { name: "0", upstreams: 0, fields: {} },
  { name: "1 that takes nothing", upstreams: 1, fields: { sampling: 0 }, idle: true },
  { name: "1", upstreams: 1, fields: {} },
  { name: "4", upstreams: 4, fields: {} },
];
const VARIABLES = { PRIVATE_UPSTREAMS: "allowed", TELEMETRY_ENABLED: "false" };

/** Batches until the engine has compiled what is hot. */
const WARM_UP = 1_000;
/** Of equal numbers of requests, in turns: what slows the machine meanwhile slows all alike. */
const REQUESTS = 200;
/** Commits make an owner deliver once a second: the last delivery of a turn begins so long after it. */
const DELIVERED_MILLIS = 1_500;
const PATIENCE_MILLIS = 600_000;

export async function benchSinks(bench: Bench, quick: boolean): Promise<Section> {
  const figures = [
    ...(await ingest(bench, quick)),
    ...(await latency(bench, quick)),
    ...(await catchUp(bench, quick ? 100_000 : 1_000_000)),
    await bill(bench, quick ? 200 : 1_000),
  ];
  return { bench: "sinks", title: "upstreams on this machine, which take everything", figures };
}

/** A program of its own with so many upstreams. */
async function startWith(
  bench: Bench,
  data: string,
  receivers: readonly Receiver[],
  { counting = false, fields = {} }: { readonly counting?: boolean; readonly fields?: object } = {},
) {
  const runtime = await bench.start(data, { variables: VARIABLES, outbound: "this machine", counting });
  for (const [at, { url }] of receivers.entries()) await put(runtime, `sink-${at}`, { endpoint: url, ...fields });
  return runtime;
}

async function put({ port }: Runtime, name: string, settings: object): Promise<void> {
  const body = JSON.stringify(settings);
  const response = await fetch(`http://127.0.0.1:${port}/admin/upstreams/${name}`, { method: "PUT", body });
  if (!response.ok) throw new Error(`the program answered ${response.status}: ${await response.text()}`);
}

async function upstreamOf({ port }: Runtime, name: string): Promise<UpstreamAnswer> {
  return JSON.parse((await answerOf(port, `/admin/upstreams/${name}`)).text) as UpstreamAnswer;
}

async function delivered(runtime: Runtime, name: string, spans: number): Promise<void> {
  for (const begun = performance.now(); performance.now() - begun < PATIENCE_MILLIS; await sleep(50))
    if ((await upstreamOf(runtime, name)).delivered >= spans) return;
  throw new Error(`${name} did not get ${spans} spans: ${JSON.stringify(await upstreamOf(runtime, name))}`);
}

/** Rates of answers while deliveries go on in the same process, and the processor time of both. */
async function ingest(bench: Bench, quick: boolean): Promise<Figure[]> {
  const receivers = await Promise.all(
    Array.from({ length: Math.max(...LANES.map(({ upstreams }) => upstreams)) }, async () => await openReceiver()),
  );
  const lanes: { readonly runtime: Runtime; readonly load: TraceLoad; readonly runs: Run[] }[] = [];
  try {
    for (const { name, upstreams, fields } of LANES)
      lanes.push({
        runtime: await startWith(bench, `sinks-${name.replaceAll(" ", "-")}`, receivers.slice(0, upstreams), {
          fields,
        }),
        load: new TraceLoad(SHAPE),
        runs: [],
      });
    const warmUp = quick ? 300 : WARM_UP;
    const rounds = quick ? 3 : 15;
    const turn = async ({ runtime, load }: (typeof lanes)[number], requests: number): Promise<Run> =>
      await measure(runtime, { until: { requests }, next: (at) => load.next(at) }, DELIVERED_MILLIS);
    for (const lane of lanes) await turn(lane, warmUp);
    await takeTurns(lanes, { rounds, slices: 1 }, async (lane) => await turn(lane, REQUESTS));
    // Figures without deliveries would be none.
    for (const [lane, { runtime }] of lanes.entries())
      for (let at = 0; at < (LANES[lane]?.idle === true ? 0 : (LANES[lane]?.upstreams ?? 0)); at++)
        await delivered(runtime, `sink-${at}`, (warmUp + rounds * REQUESTS) * SPANS);
  } finally {
    for (const { runtime } of lanes) await runtime.stop();
    for (const { close } of receivers) close();
    for (const { name } of LANES) await bench.forget(`sinks-${name.replaceAll(" ", "-")}`);
  }
  const without = lanes[0]?.runs ?? [];
  return lanes.map(({ runs }, at) => {
    const rates = runs.map(rateOf);
    const shares = runs.map((run, round) => rateOf(run) / rateOf(without[round] ?? run));
    return {
      name: `ingest, upstreams: ${LANES[at]?.name}, as a share of that without`,
      value: median(shares),
      unit: "",
      ...(at === 0 ? {} : { target: 0.97 }),
      detail: [
        `${spread(shares)} over ${shares.length} turns`,
        `${Math.round((median(rates) * SPANS) / 1_000)}k spans/s`,
        `${Math.round(median(runs.map(microsecondsOf)))} µs of processor time a batch, deliveries included`,
      ].join("; "),
    };
  });
}

async function rest({ process }: Runtime): Promise<void> {
  await sleep(DELIVERED_MILLIS);
  await settle(process);
}

/** From an export's answer, which follows its commit, to the arrival of its span at a receiver. */
async function latency(bench: Bench, quick: boolean): Promise<Figure[]> {
  const arrivals = new Map<string, (at: number) => void>();
  const receiver = await openReceiver((body) => {
    const at = performance.now();
    for (const [, spanId = ""] of body.toString("latin1").matchAll(/"spanId":"([0-9a-f]{16})"/g)) {
      arrivals.get(spanId)?.(at);
      arrivals.delete(spanId);
    }
  });
  const runtime = await bench.start("sinks-latency", { variables: VARIABLES, outbound: "this machine" });
  const connection = await Connection.open(runtime.port);
  try {
    await put(runtime, "sink", { endpoint: receiver.url, protocol: "http/json", compression: "none" });
    const batch = new Batch({ encoding: "json", spans: 10, traces: 1, session: false });
    const post = async (): Promise<number> => {
      batch.renewSpans();
      const arrived = new Promise<number>((resolve) => arrivals.set(batch.firstSpanId, resolve));
      expectOk(await connection.send(batch.request));
      const answered = performance.now();
      return (await arrived) - answered;
    };
    const posts = quick ? 50 : 300;
    const parts: number[] = [];
    for (let at = 0; at < posts + 20; at++) {
      batch.setTraces([newTraceId()]);
      const millis = await post();
      if (at >= 20) parts.push(millis);
    }
    const live: number[] = [];
    for (let at = 0; at < (quick ? 10 : 60); at++) live.push(await post());
    return [
      { name: "answer to receiver, a new trace", all: parts },
      { name: "answer to receiver, a trace that was delivered just before", all: live },
    ].flatMap(({ name, all }) =>
      [0.5, 0.99].map((part) => ({
        name: `${name}, p${part * 100}`,
        value: quantile(all, part),
        unit: "ms",
        detail: `${all.length} posts of 10 spans`,
      })),
    );
  } finally {
    connection.close();
    await runtime.stop();
    receiver.close();
    await bench.forget("sinks-latency");
  }
}

/** Spans of a trace in the backlog. */
const SPANS_A_TRACE = 40_000;

/** An upstream that matched nothing is made to match all: each trace is then delivered from its beginning. */
async function catchUp(bench: Bench, spans: number): Promise<Figure[]> {
  const receiver = await openReceiver();
  const runtime = await bench.start("sinks-backlog", { variables: VARIABLES, outbound: "this machine" });
  try {
    await put(runtime, "sink", { endpoint: receiver.url, match: { service: "nobody" } });
    const traces = Array.from({ length: Math.ceil(spans / SPANS_A_TRACE) }, newTraceId);
    const batches = new Batches({ ...SHAPE, encoding: "protobuf" });
    /** So many batches of each trace, one trace after the other. */
    const post = async (each: number): Promise<void> => {
      let sent = 0;
      await drive({
        port: runtime.port,
        until: { requests: traces.length * each },
        next: (at) => {
          const trace = traces[Math.floor(sent++ / each)];
          if (trace === undefined) throw new RangeError("more requests than batches");
          return batches.next(at, [trace]);
        },
      });
    };
    await post(SPANS_A_TRACE / SPANS);
    await rest(runtime);
    await put(runtime, "sink", { endpoint: receiver.url });
    const total = traces.length * (SPANS_A_TRACE + SPANS);
    await forgetPeak(runtime.process);
    const before = await memoryOf(runtime.process);
    const begun = performance.now();
    await post(1);
    await delivered(runtime, "sink", total);
    const seconds = (performance.now() - begun) / 1_000;
    const { peak } = await memoryOf(runtime.process);
    const backlog = `${total.toLocaleString("en-US")} spans in ${traces.length} traces`;
    return [
      { name: "catching up", value: total / seconds, unit: "spans/s", detail: `${backlog} in ${seconds.toFixed(1)} s` },
      {
        name: "memory for it, above what the program had before",
        value: (peak - before.now) / 1_000,
        unit: "MB",
        detail: `${(before.now / 1_000).toFixed(0)} MB before`,
      },
    ];
  } finally {
    await runtime.stop();
    receiver.close();
    await bench.forget("sinks-backlog");
  }
}

async function bill(bench: Bench, requests: number): Promise<Figure> {
  const receiver = await openReceiver();
  const runtime = await startWith(bench, "sinks-bill", [receiver], { counting: true });
  try {
    const before = await billOf(runtime);
    await sendInBulk(runtime, { ...SHAPE, encoding: "protobuf" }, requests);
    await delivered(runtime, "sink-0", requests * SPANS);
    await rest(runtime);
    const made = difference(await billOf(runtime), before);
    return perMillion("a million spans with one upstream, 100 spans of one trace a batch", made, requests * SPANS);
  } finally {
    await runtime.stop();
    receiver.close();
    await bench.forget("sinks-bill");
  }
}
