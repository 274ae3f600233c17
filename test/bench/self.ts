import { setTimeout as sleep } from "node:timers/promises";
import { median, spread } from "./figure.ts";
import type { Figure, Section } from "./figure.ts";
import { TraceLoad } from "./ingest.ts";
import { drive } from "./load.ts";
import { processorTime, settle } from "./workerd.ts";
import type { Bench, Runtime } from "./workerd.ts";

const SHAPE = { encoding: "json", spans: 100, traces: 1, session: false } as const;

const OFF = { TELEMETRY_ENABLED: "false" };
const VARIANTS = [
  { name: "no trace is stored", variables: { TELEMETRY_SAMPLING_RATE: "0" } },
  { name: "a tenth, the default", variables: { TELEMETRY_SAMPLING_RATE: "0.1" }, target: 0.97 },
  { name: "every trace", variables: { TELEMETRY_SAMPLING_RATE: "1" } },
] as const;

type Lane = { readonly runtime: Runtime; readonly load: TraceLoad; readonly microseconds: number[] };

/** Batches until the engine has compiled what is hot. */
const WARM_UP = 1_000;
const SLICES = 6;
/** Of equal numbers of requests: what slows the machine meanwhile is not counted. */
const REQUESTS = 200;
/** Traces of the program wait so long, and a little. */
const STORED_MILLIS = 1_200;

/** Ingest with the program's own traces, beside one without: programs of their own, which take turns. */
export async function benchSelf(bench: Bench, quick: boolean): Promise<Section> {
  const lanes: Lane[] = [];
  try {
    for (const [at, variables] of [OFF, ...VARIANTS.map((variant) => variant.variables)].entries())
      lanes.push({
        runtime: await bench.start(`self-${at}`, { variables }),
        load: new TraceLoad(SHAPE),
        microseconds: [],
      });
    for (const lane of lanes) await send(lane, quick ? 500 : WARM_UP);
    await rest(lanes);
    for (let round = 0; round < (quick ? 3 : 5); round++) {
      const before = await Promise.all(lanes.map(async ({ runtime }) => await processorTime(runtime.process)));
      const slices = quick ? 2 : SLICES;
      for (let slice = 0; slice < slices; slice++) for (const lane of lanes) await send(lane, REQUESTS);
      await rest(lanes);
      for (const [at, { runtime, microseconds }] of lanes.entries()) {
        const seconds = (await processorTime(runtime.process)) - (before[at] ?? 0);
        microseconds.push((seconds / (slices * REQUESTS)) * 1e6);
      }
    }
  } finally {
    for (const { runtime } of lanes) await runtime.stop();
    for (const at of lanes.keys()) await bench.forget(`self-${at}`);
  }
  const [off, ...others] = lanes.map(({ microseconds }) => microseconds);
  return {
    bench: "self",
    title: "ingest with the program's own traces: processor time of a batch without them ÷ with them",
    figures: VARIANTS.map((variant, at) => figureOf(variant, others[at] ?? [], off ?? [])),
  };
}

async function send({ runtime, load }: Lane, requests: number): Promise<void> {
  await drive({ port: runtime.port, until: { requests }, next: (connection) => load.next(connection) });
}

/** Until the traces of all are stored. */
async function rest(lanes: readonly Lane[]): Promise<void> {
  await sleep(STORED_MILLIS);
  for (const { runtime } of lanes) await settle(runtime.process);
}

function figureOf(
  { name, target }: { readonly name: string; readonly target?: number },
  microseconds: readonly number[],
  without: readonly number[],
): Figure {
  const shares = microseconds.map((of, round) => (without[round] ?? of) / of);
  return {
    name,
    value: median(shares),
    unit: "",
    ...(target === undefined ? {} : { target }),
    detail: `${spread(shares)} over ${shares.length} runs; ${Math.round(median(microseconds))} µs a batch, ${Math.round(median(without))} without`,
  };
}
