import { context, trace } from "@opentelemetry/api";
import type { Span } from "@opentelemetry/api";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, NodeTracerProvider, TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace-node";
import type { TracerConfig } from "@opentelemetry/sdk-trace-node";
import { describe, expect, test } from "vitest";
import { LiveSpanProcessor } from "../../packages/producer/src/live-span-processor.ts";
import { wholeView } from "../session/whole-view.ts";
import { spansEvent } from "../session/wire-of.ts";
import { receiver, spansIn } from "./receiver.ts";

/** A program with both processors on one exporter. It exports only on a flush. */
async function program(Exporter: typeof JsonExporter | typeof ProtobufExporter, config: TracerConfig = {}) {
  const target = await receiver();
  const exporter = new Exporter({ url: target.url });
  const ended = new BatchSpanProcessor(exporter, { scheduledDelayMillis: 600_000 });
  const live = new LiveSpanProcessor(exporter, { scheduledDelayMillis: 600_000 });
  const provider = new NodeTracerProvider({ ...config, spanProcessors: [ended, live] });
  const tracer = provider.getTracer("program");
  const names = new Map<string, string>();
  return {
    target,
    live,
    ended,
    provider,
    start: (name: string, parent?: Span): Span => {
      const span = tracer.startSpan(name, {}, parent && trace.setSpan(context.active(), parent));
      names.set(span.spanContext().spanId, name);
      return span;
    },
    exported: () => target.exports.map((resourceSpans) => spansIn(resourceSpans, names)),
  };
}

describe.each([
  ["JSON", JsonExporter],
  ["protobuf", ProtobufExporter],
])("announced as %s by the official SDK", (_, Exporter) => {
  test("a span is exported at its start and at its end, with the same ids and the attributes set by then", async () => {
    const { target, live, ended, provider, start, exported } = await program(Exporter);
    await using _target = target;
    const root = start("turn");
    const call = start("chat small", root);
    call.setAttribute("gen_ai.request.model", "small");
    await live.forceFlush();
    call.end();
    await ended.forceFlush();
    root.end();
    await provider.shutdown();
    expect(exported()).toEqual([
      ["turn running", "chat small under turn running"],
      ["chat small under turn ended"],
      ["turn ended"],
    ]);

    const view = wholeView();
    const course = target.exports.map((resourceSpans, second) => {
      view.apply(spansEvent(second, resourceSpans));
      const { spans, models, liveness } = view.summary() ?? {};
      return `${spans} spans, ${liveness?.running} running, ${models?.map(({ name }) => name).join()}`;
    });
    expect(course).toEqual(["2 spans, 2 running, small", "2 spans, 1 running, small", "2 spans, 0 running, small"]);
  });
});

describe("not announced", () => {
  test("a span that ended before the flush: it is exported once", async () => {
    const { target, live, provider, start, exported } = await program(JsonExporter);
    await using _target = target;
    const root = start("turn");
    start("quick", root).end();
    await live.forceFlush();
    root.end();
    await provider.shutdown();
    expect(exported()).toEqual([["turn running"], ["quick under turn ended", "turn ended"]]);
  });

  test("a span that is not sampled", async () => {
    const { target, live, provider, start, exported } = await program(JsonExporter, {
      sampler: new TraceIdRatioBasedSampler(0),
    });
    await using _target = target;
    start("turn");
    await live.forceFlush();
    await provider.shutdown();
    expect(exported()).toEqual([]);
  });

  test("spans still running at shutdown; ended spans are still exported", async () => {
    const { target, provider, start, exported } = await program(JsonExporter);
    await using _target = target;
    const root = start("turn");
    start("left open", root);
    root.end();
    await provider.shutdown();
    expect(exported()).toEqual([["turn ended"]]);
  });
});

test("spans are announced without a flush, and a full queue of announcements loses no ended span", async () => {
  const target = await receiver();
  await using _target = target;
  const exporter = new JsonExporter({ url: target.url });
  const live = new LiveSpanProcessor(exporter, { maxQueueSize: 2, maxExportBatchSize: 2 });
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter), live] });
  const tracer = provider.getTracer("program");
  const spans = Array.from({ length: 5 }, (_, n) => tracer.startSpan(`s${n}`));
  await expect.poll(() => target.exports.length).toBeGreaterThan(0);
  for (const span of spans) span.end();
  await provider.shutdown();
  const lines = target.exports.flatMap((resourceSpans) => spansIn(resourceSpans, new Map()));
  expect(lines.filter((line) => line.endsWith("ended"))).toEqual(spans.map((_, n) => `s${n} ended`));
  expect(lines[0]).toBe("s0 running");
});
