import { setTimeout as sleep } from "node:timers/promises";
import { Batch, newSessionId, newTraceId } from "./batch.ts";
import { Connection } from "./connection.ts";
import { median, quantile, spread } from "./figure.ts";
import type { Figure, Section } from "./figure.ts";
import { TraceLoad } from "./ingest.ts";
import { Batches, CONNECTIONS, drive, expectOk, measure, microsecondsOf, rateOf } from "./load.ts";
import { Watcher } from "./watcher.ts";
import { settle } from "./workerd.ts";
import type { Bench, Runtime } from "./workerd.ts";

/** Logs beside the hot one, and spans of a body to one of them. */
const QUIET = 1_000;
const QUIET_SPANS = 10;
/** Between two posts to quiet logs. */
const PAUSE_MILLIS = 20;
const VIEWERS = 50;

/** What a busy log does to the others, and what viewers of a trace cost beside viewers of its session. */
export async function benchHotLog(bench: Bench, quick: boolean): Promise<Section> {
  const runtime = await bench.start("hot");
  try {
    return {
      bench: "hot",
      title: `one log at half of the program's capacity beside ${QUIET.toLocaleString("en-US")} quiet ones; viewers of a trace`,
      figures: [...(await besideHotLog(runtime, quick)), ...(await viewersOfTrace(runtime, quick))],
    };
  } finally {
    await runtime.stop();
    await bench.forget("hot");
  }
}

async function besideHotLog(runtime: Runtime, quick: boolean): Promise<Figure[]> {
  const traces = Array.from({ length: QUIET }, newTraceId);
  const batches = new Batches({ encoding: "json", spans: QUIET_SPANS, traces: 1, session: false });
  let made = 0;
  const fill = (connection: number) => batches.next(connection, [traces[made++ % QUIET] ?? newTraceId()]);
  await drive({ port: runtime.port, until: { requests: QUIET }, next: fill });
  const hot = new TraceLoad({ encoding: "json", spans: 100, traces: 1, session: false });
  const next = (connection: number) => hot.next(connection);
  await drive({ port: runtime.port, until: { requests: quick ? 500 : 2_000 }, next });
  const capacity = rateOf(await drive({ port: runtime.port, until: { millis: quick ? 2_000 : 5_000 }, next }));

  const alone: number[] = [];
  const beside: number[] = [];
  const posts = quick ? 150 : 500;
  for (let round = 0; round < (quick ? 2 : 5); round++) {
    await settle(runtime.process);
    alone.push(quantile(await latencies(runtime, traces, posts), 0.99));
    const paced = new PacedLoad(runtime.port, capacity / 2, next);
    await paced.open();
    beside.push(quantile(await latencies(runtime, traces, posts), 0.99));
    await paced.close();
  }
  const ratios = beside.map((value, round) => value / (alone[round] ?? value));
  return [
    {
      name: "p99 of posts to quiet logs beside the hot one ÷ without it",
      value: median(ratios),
      unit: "",
      detail: `${spread(ratios)} over ${ratios.length}; ${median(beside).toFixed(1)} and ${median(alone).toFixed(1)} ms; the hot one takes ${Math.round(capacity / 2)} batches/s of 100 spans`,
    },
  ];
}

/** Milliseconds from sending to the answer, of one post after the other. */
async function latencies(runtime: Runtime, traces: readonly Buffer[], posts: number): Promise<number[]> {
  const connection = await Connection.open(runtime.port);
  const batch = new Batch({ encoding: "json", spans: QUIET_SPANS, traces: 1, session: false });
  const millis: number[] = [];
  for (let post = 0; post < posts; post++) {
    batch.setTraces([traces[(post * 7) % traces.length] ?? newTraceId()]);
    batch.renewSpans();
    const sent = performance.now();
    expectOk(await connection.send(batch.request));
    millis.push(performance.now() - sent);
    await sleep(PAUSE_MILLIS);
  }
  connection.close();
  return millis;
}

/** So many requests a second, as far as the program keeps up. */
class PacedLoad {
  readonly #port: number;
  readonly #rate: number;
  readonly #next: (connection: number) => Buffer;
  #ends: Promise<void>[] = [];
  #isOver = false;

  constructor(port: number, rate: number, next: (connection: number) => Buffer) {
    this.#port = port;
    this.#rate = rate;
    this.#next = next;
  }

  async open(): Promise<void> {
    const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => Connection.open(this.#port)));
    const began = performance.now();
    let sent = 0;
    this.#ends = connections.map(async (connection, at) => {
      while (!this.#isOver) {
        if (sent > ((performance.now() - began) / 1_000) * this.#rate) {
          await sleep(1);
          continue;
        }
        sent++;
        expectOk(await connection.send(this.#next(at)));
      }
      connection.close();
    });
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#ends);
  }
}

/** Processor time of a batch while many watch its trace, beside as many who watch the session that shows it. */
async function viewersOfTrace(runtime: Runtime, quick: boolean): Promise<Figure[]> {
  const costs = { trace: [] as number[], session: [] as number[] };
  for (let round = 0; round < (quick ? 2 : 5); round++) {
    for (const watched of ["trace", "session"] as const) {
      const batches = new Batches({ encoding: "json", spans: 10, traces: 1, session: true }, { connections: 1 });
      const traceId = newTraceId();
      const session = newSessionId();
      batches.of(0).setSession(session);
      const next = () => batches.next(0, [traceId]);
      await drive({ port: runtime.port, connections: 1, until: { requests: 10 }, next });
      await settle(runtime.process);
      const path = watched === "trace" ? `/traces/${traceId.toString("hex")}` : `/sessions/${session}`;
      const viewers = await Promise.all(
        Array.from({ length: VIEWERS }, async () => await Watcher.open(runtime.port, `${path}?watch=true`)),
      );
      await settle(runtime.process);
      const load = { connections: 1, until: { requests: quick ? 100 : 300 }, next };
      costs[watched].push(microsecondsOf(await measure(runtime, load)));
      for (const viewer of viewers) viewer.close();
    }
  }
  const ratios = costs.trace.map((value, round) => value / (costs.session[round] ?? value));
  return [
    {
      name: `${VIEWERS} viewers of a trace ÷ ${VIEWERS} of its session, processor time a batch of 10 spans`,
      value: median(ratios),
      unit: "",
      detail: `${spread(ratios)} over ${ratios.length}; ${Math.round(median(costs.trace))} and ${Math.round(median(costs.session))} µs`,
    },
  ];
}
