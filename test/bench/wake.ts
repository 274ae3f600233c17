import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { decodeFacts } from "../../src/facts/codec/encode.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { Batch, newTraceId } from "./batch.ts";
import { median, spread } from "./figure.ts";
import type { Section } from "./figure.ts";
import { fill, HELD, newTraces } from "./full-session.ts";
import { answerOf, memoryOf, settle } from "./workerd.ts";
import type { Bench } from "./workerd.ts";

/** Longer than the list waits for news of a session. */
const OWED_MILLIS = 5_000;
const SWEPT_MILLIS = 500;

/** An object that holds many spans: what it weighs, and how long its first reader waits after it was evicted or deployed anew. */
export async function benchWake(bench: Bench, quick: boolean): Promise<Section> {
  // First: what the requests below leave behind is given back late, and would weigh in.
  const table = await tableOfHeld();
  const [trace] = newTraces(1);
  if (trace === undefined) throw new Error("no trace");
  const filled = await bench.start("wake");
  await fill(filled.port, [trace]);
  // What the object still owes would wake it by itself as soon as the runtime starts again.
  await sleep(OWED_MILLIS);
  await settle(filled.process);
  await filled.stop();

  const woken: number[] = [];
  const read: number[] = [];
  const grown: number[] = [];
  const path = `/sessions/${trace.toString("hex")}`;
  for (let round = 0; round < (quick ? 2 : 5); round++) {
    const runtime = await bench.start("wake");
    try {
      await millisTo(runtime.port, "/sessions/nobody/values/none", 404);
      const before = await memoryOf(runtime.process);
      woken.push(await millisTo(runtime.port, `${path}/queries/none`, 404));
      grown.push(((await memoryOf(runtime.process)).now - before.now) / 1_024);
      read.push(await millisTo(runtime.port, path, 200));
    } finally {
      await runtime.stop();
    }
  }
  await bench.forget("wake");
  return {
    bench: "g",
    title: `an object that holds ${HELD.toLocaleString("en-US")} spans`,
    figures: [
      {
        name: "time to wake",
        value: median(woken),
        unit: "ms",
        detail: `${spread(woken, 0)}; folds the facts of its log, and sums them up`,
      },
      { name: "to read the whole session then", value: median(read), unit: "ms", detail: "as one JSON document" },
      {
        name: "its table of spans",
        value: table.bytes / HELD,
        unit: "bytes a span",
        detail: `${(table.bytes / 1e6).toFixed(1)} MB in rows, index and strings; ${(table.heap / 1e6).toFixed(1)} MB by the engine's count`,
      },
      { name: "the process grows by", value: median(grown), unit: "MB", detail: "waking, garbage included" },
    ],
  };
}

async function millisTo(port: number, path: string, status: number): Promise<number> {
  const begun = performance.now();
  const answer = await answerOf(port, path);
  if (answer.status !== status) throw new Error(`${path} answered ${answer.status}: ${answer.text.slice(0, 300)}`);
  return performance.now() - begun;
}

/** The table alone, as the object folds it. */
async function tableOfHeld(): Promise<{ readonly bytes: number; readonly heap: number }> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const weigh = async (): Promise<number> => {
    collect();
    // The memory of buffers is given back in the background.
    await sleep(SWEPT_MILLIS);
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const batch = new Batch({ encoding: "protobuf", spans: 100, traces: 1, session: false });
  const traceId = newTraceId();
  batch.setTraces([traceId]);
  const before = await weigh();
  const table = new SpanTable();
  for (let revision = 1; table.size < HELD; revision++) {
    batch.renewSpans();
    const decoded = decodeTraces(batch.body, "protobuf");
    if (!decoded.ok) throw new Error(`the bench's own batch is not OTLP: ${JSON.stringify(decoded.error)}`);
    for (const group of decoded.value.groups) {
      const facts = decodeFacts(encodeDelivery(group).facts) ?? [];
      facts.forEach((fact, position) => table.admit(group.traceId, fact, revision, position));
    }
  }
  return { bytes: table.bytes, heap: (await weigh()) - before };
}
