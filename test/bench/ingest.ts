import { Batch, newSessionId, newTraceId } from "./batch.ts";
import type { BatchShape } from "./batch.ts";
import { median, spread } from "./figure.ts";
import type { Figure, Section } from "./figure.ts";
import { CONNECTIONS, drive } from "./load.ts";
import type { Measured } from "./load.ts";
import { processorTime, settle } from "./workerd.ts";
import type { Bench, Runtime } from "./workerd.ts";

const SPANS = 100;
/** Batches of a trace before the next begins: 20,000 spans, a fifth of what a session may hold. */
const BATCHES_PER_TRACE = 200;
const TRACES_PER_SESSION = 4;

type Variant = { readonly name: string; readonly shape: BatchShape; readonly target?: number };

type Run = Measured & { readonly processorSeconds: number };

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

/** Every round takes the ceiling first, then each variant: what slows the machine for a while slows both. */
async function compare(bench: Bench, quick: boolean, variants: readonly Variant[]): Promise<Figure[]> {
  const runtime = await bench.start("ingest");
  const millis = quick ? 700 : 2_000;
  const rounds = quick ? 3 : 5;
  try {
    const loads = variants.map((variant) => ({ variant, load: new TraceLoad(variant.shape), runs: [] as Run[] }));
    const jsonLoad = new TraceLoad({ encoding: "json", spans: SPANS, traces: 1, session: false });
    const ceilings: Run[] = [];
    const ceiling = () => run(runtime, runtime.ceilingPort, jsonLoad, millis);
    await ceiling();
    for (const { load } of loads) await run(runtime, runtime.port, load, millis);
    for (let round = 0; round < rounds; round++) {
      ceilings.push(await ceiling());
      for (const { load, runs } of loads) runs.push(await run(runtime, runtime.port, load, millis));
    }
    return loads.flatMap(({ variant, load, runs }) => figuresOf(variant, load, runs, ceilings));
  } finally {
    await runtime.stop();
    await bench.forget("ingest");
  }
}

async function run(runtime: Runtime, port: number, load: TraceLoad, millis: number): Promise<Run> {
  load.begin();
  const before = await processorTime(runtime.process);
  const measured = await drive({ port, until: { millis }, next: (connection) => load.next(connection) });
  await settle(runtime.process);
  return { ...measured, processorSeconds: (await processorTime(runtime.process)) - before };
}

function figuresOf(variant: Variant, load: TraceLoad, runs: readonly Run[], ceilings: readonly Run[]): Figure[] {
  const shares = runs.map((of, round) => rate(of) / rate(ceilings[round] ?? of));
  const rates = runs.map(rate);
  const cost = (of: Run) => (of.processorSeconds / of.requests) * 1e6;
  const processor = runs.map((of, round) => cost(ceilings[round] ?? of) / cost(of));
  return [
    {
      name: variant.name,
      value: median(shares),
      unit: "",
      ...(variant.target === undefined ? {} : { target: variant.target }),
      detail: [
        `${spread(shares)} over ${runs.length} runs`,
        `${Math.round(median(rates)).toLocaleString("en-US")} batches/s = ${Math.round((median(rates) * SPANS) / 1_000)}k spans/s`,
        `ceiling ${Math.round(median(ceilings.map(rate))).toLocaleString("en-US")}/s`,
        `processor time ${Math.round(median(runs.map(cost)))} µs a batch, its share ${median(processor).toFixed(2)}`,
        `${(load.bodyBytes / 1_000).toFixed(1)} kB`,
      ].join("; "),
    },
  ];
}

function rate({ requests, seconds }: Measured): number {
  return requests / seconds;
}

/** Batches for all connections: always new spans, a new trace every so often. */
class TraceLoad {
  readonly #batches: readonly Batch[];
  #sent = 0;
  #traces: readonly Buffer[] = [];
  #session = "";
  /** Which batches stand on the trace of the moment. */
  readonly #generation: number[];

  constructor(shape: BatchShape) {
    this.#batches = Array.from({ length: CONNECTIONS }, (_, seed) => new Batch(shape, "/v1/traces", seed + 1));
    this.#generation = this.#batches.map(() => -1);
  }

  get bodyBytes(): number {
    return median(this.#batches.map((batch) => batch.bodyBytes));
  }

  begin(): void {
    this.#sent =
      Math.ceil(this.#sent / (BATCHES_PER_TRACE * TRACES_PER_SESSION)) * BATCHES_PER_TRACE * TRACES_PER_SESSION;
  }

  next(connection: number): Buffer {
    const batch = this.#batches[connection];
    if (batch === undefined) throw new RangeError("a connection without a batch");
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
