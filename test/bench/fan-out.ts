import { setTimeout as sleep } from "node:timers/promises";
import { Batch, newTraceId } from "./batch.ts";
import { Connection } from "./connection.ts";
import { median, quantile, spread } from "./figure.ts";
import type { Section } from "./figure.ts";
import { expectOk } from "./load.ts";
import { Watcher } from "./watcher.ts";
import { memoryOf, settle } from "./workerd.ts";
import type { Bench } from "./workerd.ts";

const WATCHERS = 1_000;
/** Opened at a time: the system's queue of new connections is short. */
const AT_ONCE = 50;

export async function benchFanOut(bench: Bench, quick: boolean): Promise<Section> {
  const runtime = await bench.start("fan-out", { tracing: true });
  const connection = await Connection.open(runtime.port);
  const batch = new Batch({ encoding: "protobuf", spans: 1, traces: 1, session: false });
  const traceId = newTraceId();
  batch.setTraces([traceId]);
  const watchers: Watcher[] = [];
  try {
    batch.renewSpans();
    expectOk(await connection.send(batch.request));
    await settle(runtime.process);
    const without = await memoryOf(runtime.process);
    while (watchers.length < WATCHERS) {
      const path = `/sessions/${traceId.toString("hex")}?watch=true`;
      watchers.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => Watcher.open(runtime.port, path)))));
    }
    const first: number[] = [];
    const half: number[] = [];
    const all: number[] = [];
    for (let post = 0; post < (quick ? 5 : 20); post++) {
      await sleep(500);
      batch.renewSpans();
      const events = watchers.map((watcher) => watcher.see(batch.firstSpanId));
      const sent = performance.now();
      expectOk(await connection.send(batch.request));
      const seen = (await Promise.all(events)).map((at) => at - sent);
      first.push(Math.min(...seen));
      half.push(median(seen));
      all.push(Math.max(...seen));
    }
    const watched = await memoryOf(runtime.process);
    return {
      bench: "e",
      title: `${WATCHERS.toLocaleString("en-US")} viewers of one session`,
      figures: [
        { name: "a span at the first viewer", value: median(first), unit: "ms" },
        { name: "at half of them", value: median(half), unit: "ms" },
        {
          name: "at all of them",
          value: median(all),
          unit: "ms",
          detail: `${spread(all, 0)} over ${all.length} posts, p95 ${quantile(all, 0.95).toFixed(0)} ms`,
        },
        {
          name: "memory a viewer",
          value: (watched.now - without.now) / WATCHERS,
          unit: "kB",
          detail: `the whole process: ${mega(without.now)} MB without viewers, ${mega(watched.now)} MB with them; its isolate held ${mega(runtime.heap.peak)} MB`,
        },
      ],
    };
  } finally {
    for (const watcher of watchers) watcher.close();
    connection.close();
    await runtime.stop();
    await bench.forget("fan-out");
  }
}

function mega(kilobytes: number): string {
  return (kilobytes / 1_024).toFixed(0);
}
