import { median, spread } from "./figure.ts";
import type { Section } from "./figure.ts";
import { BatchesFor, fill, HELD, newTraces } from "./full-session.ts";
import { measure, rateOf } from "./load.ts";
import { settle } from "./workerd.ts";
import type { Bench, Runtime } from "./workerd.ts";

/** Several sessions at a time: one alone would reach its ceiling before a rate is known. */
const SESSIONS = 4;
/** Each session takes so many: full ones end at 70,000 spans, below their ceiling; each is reported to the list meanwhile. */
const BATCHES_EACH = 200;

export async function benchFullIngest(bench: Bench, quick: boolean): Promise<Section> {
  const ratios: number[] = [];
  const full: number[] = [];
  const empty: number[] = [];
  for (let round = 0; round < (quick ? 2 : 5); round++) {
    const runtime = await bench.start("full");
    try {
      await rate(runtime, newTraces(SESSIONS));
      const traces = newTraces(SESSIONS);
      await fill(runtime.port, traces);
      await settle(runtime.process);
      const before = await rate(runtime, newTraces(SESSIONS));
      full.push(await rate(runtime, traces));
      empty.push((before + (await rate(runtime, newTraces(SESSIONS)))) / 2);
      ratios.push((full.at(-1) ?? 0) / (empty.at(-1) ?? 1));
    } finally {
      await runtime.stop();
      await bench.forget("full");
    }
  }
  return {
    bench: "d",
    title: `ingest into sessions that hold ${HELD.toLocaleString("en-US")} spans ÷ into empty ones`,
    figures: [
      {
        name: "full ÷ empty",
        value: median(ratios),
        unit: "",
        target: 0.8,
        detail: `${spread(ratios)} over ${ratios.length} runs; ${Math.round(median(full))} and ${Math.round(median(empty))} batches/s`,
      },
    ],
  };
}

async function rate(runtime: Runtime, traces: readonly Buffer[]): Promise<number> {
  const batches = new BatchesFor("json", traces);
  const until = { requests: SESSIONS * BATCHES_EACH };
  return rateOf(await measure(runtime, { until, next: (connection) => batches.next(connection) }));
}
