import { setTimeout as sleep } from "node:timers/promises";
import { Batch, newSessionId, newTraceId } from "./batch.ts";
import type { BatchShape } from "./batch.ts";
import { Connection } from "./connection.ts";
import { quantile } from "./figure.ts";
import type { Figure, Section } from "./figure.ts";
import { drive, expectOk } from "./load.ts";
import { Watcher } from "./watcher.ts";
import { answerOf, settle } from "./workerd.ts";
import type { Bench, Runtime } from "./workerd.ts";

/** Dollars, Workers Paid plan beyond what it includes; November 2026. */
export const PRICES = {
  rowWritten: 1 / 1e6,
  rowRead: 0.001 / 1e6,
  objectRequest: 0.15 / 1e6,
  workerRequest: 0.3 / 1e6,
  /** An object has 128 MB. */
  objectSecond: (0.128 * 12.5) / 1e6,
} as const;

type Bill = {
  readonly rowsWritten: number;
  readonly rowsRead: number;
  readonly objectRequests: number;
  readonly workerRequests: number;
  readonly alarmsSet: number;
  /** Time of objects with a call or a `waitUntil` pending, which keeps them in memory and billed. */
  readonly pendingMillis: number;
  /** By object and method. */
  readonly calls: Readonly<Record<string, number>>;
};

const BULK: readonly { readonly name: string; readonly shape: BatchShape }[] = [
  { name: "100 spans of one trace", shape: { encoding: "protobuf", spans: 100, traces: 1, session: false } },
  { name: "the same, with a session key", shape: { encoding: "protobuf", spans: 100, traces: 1, session: true } },
  { name: "100 spans of ten traces", shape: { encoding: "protobuf", spans: 100, traces: 10, session: false } },
  { name: "10 spans of one trace", shape: { encoding: "protobuf", spans: 10, traces: 1, session: false } },
  { name: "1 span", shape: { encoding: "protobuf", spans: 1, traces: 1, session: false } },
];

const LIVE: readonly { readonly name: string; readonly path?: string }[] = [
  { name: "an hour of one live session" },
  { name: "the same, followed by a stream of all sessions", path: "/ark/traces?watch=true" },
];

/** A trace takes so many batches before the next begins, so that what a new trace costs is in the figure. */
const BATCHES_PER_TRACE = 100;

export async function benchBill(bench: Bench, quick: boolean): Promise<Section> {
  const runtime = await bench.start("bill", { counting: true });
  const figures: Figure[] = [];
  try {
    for (const { name, shape } of BULK) {
      const before = await billOf(runtime);
      const requests = quick ? 200 : 1_000;
      await sendInBulk(runtime, shape, requests);
      // The list gets reports every other second: the last one is part of the bill.
      await sleep(5_000);
      await settle(runtime.process);
      figures.push(
        perMillion(
          `a million spans, ${name} a batch`,
          difference(await billOf(runtime), before),
          requests * shape.spans,
        ),
      );
    }
    const seconds = quick ? 10 : 60;
    for (const { name, path } of LIVE) {
      const watcher = path === undefined ? undefined : await Watcher.open(runtime.port, path, ": connected");
      const before = await billOf(runtime);
      const behind = await liveSession(runtime, seconds, watcher);
      await sleep(5_000);
      const live = difference(await billOf(runtime), before);
      watcher?.close();
      figures.push({
        name,
        value: dollars(live) * (3_600 / seconds),
        unit: "$",
        detail: `10 spans a batch, two batches a second; ${inWords(live)} in ${seconds} s; at most ${duration(3_600)} for each object that never hibernates on top`,
      });
      if (watcher !== undefined)
        figures.push(
          ...[0.5, 0.95].map((part) => ({
            name: `its spans in that stream, behind the answer to their export, p${part * 100}`,
            value: quantile(behind, part),
            unit: "ms",
            detail: `${behind.length} exports`,
          })),
        );
    }
  } finally {
    await runtime.stop();
    await bench.forget("bill");
  }
  return { bench: "f", title: "what it costs: rows and requests, counted", figures };
}

export async function sendInBulk(runtime: Runtime, shape: BatchShape, requests: number): Promise<void> {
  const batch = new Batch(shape);
  let sent = 0;
  await drive({
    port: runtime.port,
    connections: 1,
    until: { requests },
    next: () => {
      if (sent++ % BATCHES_PER_TRACE === 0) {
        batch.setTraces(Array.from({ length: batch.traces }, newTraceId));
        batch.setSession(newSessionId());
      }
      batch.renewSpans();
      return batch.request;
    },
  });
}

/**
 * An agent at work: an exporter that sends what it has every half second. Answers how long after each answer the watcher had the spans,
 * milliseconds.
 */
export async function liveSession(runtime: Runtime, seconds: number, watcher?: Watcher): Promise<number[]> {
  const batch = new Batch({ encoding: "protobuf", spans: 10, traces: 1, session: false });
  batch.setTraces([newTraceId()]);
  const connection = await Connection.open(runtime.port);
  const behind: Promise<number>[] = [];
  for (let post = 0; post < seconds * 2; post++) {
    batch.renewSpans();
    const seen = watcher?.see(batch.firstSpanId);
    expectOk(await connection.send(batch.request));
    const answered = performance.now();
    if (seen !== undefined) behind.push(seen.then((at) => Math.max(0, at - answered)));
    await sleep(500);
  }
  connection.close();
  return await Promise.all(behind);
}

export async function billOf({ port }: Runtime): Promise<Bill> {
  return JSON.parse((await answerOf(port, "/bench/bill")).text) as Bill;
}

export function difference(after: Bill, before: Bill): Bill {
  const calls = Object.fromEntries(
    Object.entries(after.calls).flatMap(([call, count]) => {
      const made = count - (before.calls[call] ?? 0);
      return made === 0 ? [] : [[call, made] as const];
    }),
  );
  return {
    rowsWritten: after.rowsWritten - before.rowsWritten,
    rowsRead: after.rowsRead - before.rowsRead,
    objectRequests: after.objectRequests - before.objectRequests,
    workerRequests: after.workerRequests - before.workerRequests,
    alarmsSet: after.alarmsSet - before.alarmsSet,
    pendingMillis: after.pendingMillis - before.pendingMillis,
    calls,
  };
}

export function dollars(bill: Bill): number {
  return (
    bill.rowsWritten * PRICES.rowWritten +
    bill.rowsRead * PRICES.rowRead +
    bill.objectRequests * PRICES.objectRequest +
    bill.workerRequests * PRICES.workerRequest +
    (bill.pendingMillis / 1_000) * PRICES.objectSecond
  );
}

/** $12.50 a million GB-s. */
function duration(seconds: number): string {
  return `$${(seconds * PRICES.objectSecond).toFixed(4)}`;
}

export function perMillion(name: string, bill: Bill, spans: number): Figure {
  const by = 1e6 / spans;
  const scaled: Bill = {
    ...bill,
    rowsWritten: bill.rowsWritten * by,
    rowsRead: bill.rowsRead * by,
    objectRequests: bill.objectRequests * by,
    workerRequests: bill.workerRequests * by,
    pendingMillis: bill.pendingMillis * by,
  };
  return { name, value: dollars(scaled), unit: "$", detail: inWords(scaled) };
}

export function inWords({ rowsWritten, rowsRead, objectRequests, workerRequests, pendingMillis }: Bill): string {
  const whole = (count: number) => Math.round(count).toLocaleString("en-US");
  return `${whole(rowsWritten)} rows written, ${whole(rowsRead)} read, ${whole(objectRequests)} calls to objects, ${whole(workerRequests)} requests, ${whole(pendingMillis / 1_000)} s of objects with work pending`;
}
