/** A program that exports spans, in turns that its parent asks for. Its argument is the fork's endpoint, if it has one. */
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { forkExporter } from "../../../packages/producer/src/index.ts";

const [, , primary = "", fork] = process.argv;
const exporter = new OTLPTraceExporter({ url: primary });
const forked = forkExporter(exporter, { env: {}, forks: fork === undefined ? [] : [fork], log: () => {} });
if ((fork === undefined) !== (forked === exporter)) throw new Error("the fork is not as it was asked for");
const processor = new BatchSpanProcessor({ exporter: forked, maxQueueSize: 100_000, scheduledDelayMillis: 100 });
const tracer = new TracerProvider({ spanProcessors: [processor] }).getTracer("bench");

const INPUT = "What is the weather in Zürich this afternoon, and do I need an umbrella? ".repeat(8);
/** Spans between two exports of a turn: a batch of the SDK. */
const BATCH = 512;

/** Makes spans and exports them; answers the processor time of this process in microseconds, the exports' own included. */
async function turn(spans: number): Promise<number> {
  const before = process.cpuUsage();
  for (let made = 0; made < spans; made += BATCH) {
    for (let n = 0; n < BATCH; n++) {
      const attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "claude-sonnet-4-5",
        "gen_ai.usage.input_tokens": made + n,
        "input.value": INPUT,
      };
      tracer.startSpan("llm.claude-sonnet-4-5", { attributes }).end();
    }
    // The processor's flush waits for the primary's answer, as a program does that is not in a hurry; forks send in between.
    await processor.forceFlush();
  }
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

process.on("message", (spans: number) => {
  void turn(spans).then((micros) => process.send?.(micros));
});
process.send?.("ready");
