import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Sampler, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Fork } from "../fork/fork.ts";
import { openForks } from "../fork/fork-exporter.ts";
import { ForkSpanProcessor } from "../fork/fork-span-processor.ts";
import type { ForkOptions } from "../fork/target.ts";
import { LiveSpanProcessor } from "../live-span-processor.ts";
import { consoleLog } from "../log.ts";
import type { Log } from "../log.ts";
import { recentSpans } from "../spans/recent.ts";
import { SessionSpanProcessor } from "../spans/session.ts";
import { EnvironmentReader, environmentOf } from "./environment.ts";
import { PrimaryExporter } from "./primary-exporter.ts";
import { readBatches, readExporter, readPropagators, readResource, readSampler } from "./settings.ts";
import type { PropagatorName, SamplerSettings } from "./settings.ts";

export type TelemetryOptions = {
  /** Other receivers, beside those of the environment. */
  readonly forks?: readonly (string | ForkOptions)[];
  /** The primary exporter announces running spans too: for receivers that read spans without an end. Forks say so themselves. */
  readonly live?: boolean;
  /** Besides those of this function. */
  readonly spanProcessors?: readonly SpanProcessor[];
  readonly log?: Log;
};

export type Telemetry = AsyncDisposable & {
  /** False if nothing was set: no span is made, and nothing is sent. */
  readonly isActive: boolean;
  /** Sends what waits. A Worker hands it to `waitUntil` in each request. Rejects only if the primary exporter fails. */
  readonly flush: () => Promise<void>;
  readonly shutdown: () => Promise<void>;
};

/**
 * Starts OpenTelemetry's SDK as the environment says, by its specification, with the forks that `ARK_BROKER_OTLP_ENDPOINT` and
 * `SPANFOLD_ENDPOINT` name. With neither an exporter nor a fork it does nothing. `env` is the process's by default, a
 * Worker's second argument there.
 */
export function startTelemetry(env: object = environmentOf(), options: TelemetryOptions = {}): Telemetry {
  const { log = consoleLog, live = false, spanProcessors = [] } = options;
  const reader = new EnvironmentReader(env, log);
  if (reader.isTrue("OTEL_SDK_DISABLED")) return INACTIVE;
  const exporter = readExporter(reader);
  const forks = openForks({ env, log, forks: options.forks ?? [] });
  if (exporter === undefined && forks.length === 0) return INACTIVE;

  const batches = readBatches(reader);
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes(readResource(reader))),
    sampler: samplerOf(readSampler(reader)),
    spanProcessors: [
      new SessionSpanProcessor(),
      recentSpans,
      ...(exporter === undefined ? [] : primaryProcessors(new PrimaryExporter(exporter), batches, live)),
      ...forkProcessors(forks),
      ...spanProcessors,
    ],
  });
  const propagators = readPropagators(reader).map((name) => PROPAGATORS[name]());
  const registered = [
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()) && context,
    propagation.setGlobalPropagator(new CompositePropagator({ propagators })) && propagation,
    trace.setGlobalTracerProvider(provider) && trace,
  ].filter((api) => api !== false);
  if (registered.length < 3) log("another SDK of OpenTelemetry is registered already; it stays");

  const shutdown = async (): Promise<void> => {
    for (const api of registered) api.disable();
    await provider.shutdown();
  };
  return { isActive: true, flush: () => provider.forceFlush(), shutdown, [Symbol.asyncDispose]: shutdown };
}

const nothing = () => Promise.resolve();
const INACTIVE: Telemetry = { isActive: false, flush: nothing, shutdown: nothing, [Symbol.asyncDispose]: nothing };

function primaryProcessors(
  exporter: SpanExporter,
  batches: ReturnType<typeof readBatches>,
  live: boolean,
): SpanProcessor[] {
  const ended = new BatchSpanProcessor({ exporter, ...batches });
  return live ? [new LiveSpanProcessor(exporter), ended] : [ended];
}

function forkProcessors(forks: readonly Fork[]): SpanProcessor[] {
  return forks.map((fork) => new ForkSpanProcessor(fork));
}

function samplerOf({ name, ratio }: SamplerSettings): Sampler {
  const root = name.endsWith("traceidratio")
    ? new TraceIdRatioBasedSampler(ratio)
    : name.endsWith("always_off")
      ? new AlwaysOffSampler()
      : new AlwaysOnSampler();
  return name.startsWith("parentbased_") ? new ParentBasedSampler({ root }) : root;
}

const PROPAGATORS: Readonly<Record<PropagatorName, () => W3CTraceContextPropagator | W3CBaggagePropagator>> = {
  tracecontext: () => new W3CTraceContextPropagator(),
  baggage: () => new W3CBaggagePropagator(),
};
