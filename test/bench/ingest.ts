import { newSessionId, newTraceId } from "./batch.ts";
import type { BatchShape } from "./batch.ts";
import { median, spread } from "./figure.ts";
import type { Figure, Section } from "./figure.ts";
import { Batches, measure, microsecondsOf, rateOf, takeTurns } from "./load.ts";
import type { Load, Run } from "./load.ts";
import type { Bench } from "./workerd.ts";

const SPANS = 100;
/** Batches of a trace before the next begins: two such traces are 80,000 spans, and a session may hold 90,000. */
const BATCHES_PER_TRACE = 400;
const TRACES_PER_SESSION = 2;

type Variant = { readonly name: string; readonly shape: BatchShape; readonly target?: number };

type Lane = { readonly port: number; readonly load: TraceLoad; readonly runs: Run[] };

/** Batches until the engine has compiled what is hot. */
const WARM_UP = 2_000;
/** Turns of a run. */
const SLICES = 8;
const SLICE_MILLIS = 250;

export async function benchIngest(bench: Bench, quick: boolean): Promise<Section> {
  const shape = { spans: SPANS, traces: 1 } as const;
  const figures = await compare(bench, quick, [
    { name: "JSON, no session key", shape: { ...shape, encoding: "json", session: false }, target: 0.2 },
    { name: "protobuf, no session key", shape: { ...shape, encoding: "protobuf", session: false }, target: 0.2 },
    { name: "JSON, with a session key", shape: { ...shape, encoding: "json", session: true }, target: 0.17 },
    { name: "protobuf, with a session key", shape: { ...shape, encoding: "protobuf", session: true }, target: 0.17 },
  ]);
  return {
    bench: "a",
    title: `acknowledged and durable ingest, ${SPANS}-span batches of one trace, as a share of req.json() alone`,
    figures,
  };
}

export async function benchTenTraces(bench: Bench, quick: boolean): Promise<Section> {
  const shape = { spans: SPANS, traces: 10, session: false } as const;
  const figures = await compare(bench, quick, [
    { name: "JSON, ten traces a batch", shape: { ...shape, encoding: "json" } },
    { name: "protobuf, ten traces a batch", shape: { ...shape, encoding: "protobuf" } },
  ]);
  return { bench: "b", title: `the same with ten traces in each ${SPANS}-span batch`, figures };
}

/** Rates of the variants over the rate of the ceiling, each a median of runs. */
async function compare(bench: Bench, quick: boolean, variants: readonly Variant[]): Promise<Figure[]> {
  const runtime = await bench.start("ingest");
  const { port, ceilingPort } = runtime;
  const ceiling: Lane = {
    port: ceilingPort,
    load: new TraceLoad({ encoding: "json", spans: SPANS, traces: 1, session: false }),
    runs: [],
  };
  const lanes = variants.map((variant) => ({ variant, port, load: new TraceLoad(variant.shape), runs: [] as Run[] }));
  const all: readonly Lane[] = [ceiling, ...lanes];
  try {
    const turn = async (lane: Lane, until: Load["until"]): Promise<Run> =>
      await measure(runtime, { port: lane.port, until, next: (connection) => lane.load.next(connection) });
    for (const lane of all) await turn(lane, { requests: quick ? 500 : WARM_UP });
    const turns = { rounds: quick ? 3 : 5, slices: quick ? 3 : SLICES };
    await takeTurns(all, turns, async (lane) => await turn(lane, { millis: SLICE_MILLIS }));
    return lanes.map(({ variant, load, runs }) => figureOf(variant, load, runs, ceiling.runs));
  } finally {
    await runtime.stop();
    await bench.forget("ingest");
  }
}

function figureOf(variant: Variant, load: TraceLoad, runs: readonly Run[], ceilings: readonly Run[]): Figure {
  const shares = runs.map((of, round) => rateOf(of) / rateOf(ceilings[round] ?? of));
  const rates = runs.map(rateOf);
  const processor = runs.map((of, round) => microsecondsOf(ceilings[round] ?? of) / microsecondsOf(of));
  return {
    name: variant.name,
    value: median(shares),
    unit: "",
    ...(variant.target === undefined ? {} : { target: variant.target }),
    detail: [
      `${spread(shares)} over ${runs.length} runs`,
      `${Math.round(median(rates)).toLocaleString("en-US")} batches/s = ${Math.round((median(rates) * SPANS) / 1_000)}k spans/s`,
      `ceiling ${Math.round(median(ceilings.map(rateOf))).toLocaleString("en-US")}/s`,
      `processor time ${Math.round(median(runs.map(microsecondsOf)))} µs a batch, its share ${median(processor).toFixed(2)}`,
      `${(load.bodyBytes / 1_000).toFixed(1)} kB`,
    ].join("; "),
  };
}

/** Batches for all connections: always new spans, a new trace every so often. */
export class TraceLoad {
  readonly #batches: Batches;
  #sent = 0;
  #traces: readonly Buffer[] = [];
  #session = "";
  /** Which batches stand on the trace of the moment. */
  readonly #generation: number[] = [];

  constructor(shape: BatchShape) {
    this.#batches = new Batches(shape);
  }

  get bodyBytes(): number {
    return median(this.#batches.bodyBytes);
  }

  next(connection: number): Buffer {
    const batch = this.#batches.of(connection);
    const generation = Math.floor(this.#sent / BATCHES_PER_TRACE);
    if (this.#sent % (BATCHES_PER_TRACE * TRACES_PER_SESSION) === 0) this.#session = newSessionId();
    if (this.#sent % BATCHES_PER_TRACE === 0) this.#traces = Array.from({ length: batch.traces }, newTraceId);
    this.#sent += 1;
    if (this.#generation[connection] !== generation) {
      this.#generation[connection] = generation;
      batch.setTraces(this.#traces);
      batch.setSession(this.#session);
    }
    batch.renewSpans();
    return batch.request;
  }
}
