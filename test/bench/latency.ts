import { setTimeout as sleep } from "node:timers/promises";
import { Batch, newTraceId } from "./batch.ts";
import { Connection } from "./connection.ts";
import { quantile } from "./figure.ts";
import type { Section } from "./figure.ts";
import { expectOk } from "./load.ts";
import { Watcher } from "./watcher.ts";
import type { Bench } from "./workerd.ts";

const SPANS = 10;
/** Between two posts, as exporters of one running agent would leave it. */
const PAUSE_MILLIS = 20;

/** From the first byte sent to the event's arrival at a viewer of the session, and to the POST's own answer. */
export async function benchLatency(bench: Bench, quick: boolean): Promise<Section> {
  const runtime = await bench.start("latency");
  const connection = await Connection.open(runtime.port);
  const batch = new Batch({ encoding: "protobuf", spans: SPANS, traces: 1, session: false });
  const traceId = newTraceId();
  batch.setTraces([traceId]);
  const seen: number[] = [];
  const answered: number[] = [];
  try {
    batch.renewSpans();
    expectOk(await connection.send(batch.request));
    const watcher = await Watcher.open(runtime.port, `/sessions/${traceId.toString("hex")}?watch=true`);
    const posts = quick ? 200 : 1_000;
    const warmUp = posts / 10;
    for (let post = 0; post < posts + warmUp; post++) {
      batch.renewSpans();
      const event = watcher.see(batch.firstSpanId);
      const sent = performance.now();
      const answer = connection.send(batch.request).then((given) => {
        expectOk(given);
        return performance.now();
      });
      const [seenAt, answeredAt] = await Promise.all([event, answer]);
      if (post >= warmUp) {
        seen.push(seenAt - sent);
        answered.push(answeredAt - sent);
      }
      await sleep(PAUSE_MILLIS);
    }
    watcher.close();
    return {
      bench: "c",
      title: `from sending ${SPANS} spans to their event at a viewer, beside the POST's own answer`,
      figures: [
        { name: "send to event", parts: seen },
        { name: "send to answer", parts: answered },
      ].flatMap(({ name, parts }) =>
        [0.5, 0.95, 0.99].map((part) => ({
          name: `${name}, p${part * 100}`,
          value: quantile(parts, part),
          unit: "ms",
          detail: `${parts.length} posts`,
        })),
      ),
    };
  } finally {
    connection.close();
    await runtime.stop();
    await bench.forget("latency");
  }
}
