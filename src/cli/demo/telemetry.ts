import {
  type Attributes,
  type Context,
  context,
  diag,
  DiagLogLevel,
  propagation,
  type Span,
  type SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider, type SpanProcessor } from "@opentelemetry/sdk-trace-node";

import { startLogLines } from "./log-lines.ts";

export type Telemetry = {
  /** Sends what is left; answers why exports failed, if they did. */
  readonly end: () => Promise<string | undefined>;
};

/** Sets up the official SDK as a real service would: batches, protobuf, and the exporter's own environment variables. */
export function startTelemetry(service: string): Telemetry {
  let failure: string | undefined;
  // The SDK reports an error as the JSON of all its fields.
  const noted = (message: string) => {
    failure ??= /"message":"([^"]+)"/.exec(message)?.[1] ?? message;
  };
  diag.setLogger(
    { error: noted, warn: () => {}, info: () => {}, debug: () => {}, verbose: () => {} },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": service, "service.version": "0.1.67" }),
    spanProcessors: [
      stampBaggage,
      new BatchSpanProcessor(new OTLPTraceExporter(), {
        scheduledDelayMillis: Number(process.env["OTEL_BSP_SCHEDULE_DELAY"] ?? 500),
      }),
    ],
  });
  provider.register();
  const lines = startLogLines(service);
  return {
    async end() {
      await lines.end();
      return await provider.shutdown().then(
        () => failure,
        (error: unknown) => failure ?? (error instanceof Error ? error.message : String(error)),
      );
    },
  };
}

/** Baggage never becomes an attribute by itself: Ark copies the session and the query onto each span, and so do we. */
const stampBaggage: SpanProcessor = {
  onStart(span: Span, parent: Context) {
    for (const [key, entry] of propagation.getBaggage(parent)?.getAllEntries() ?? [])
      span.setAttribute(key, entry.value);
  },
  onEnd() {},
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

/** Runs `body` inside a span that ends with it; a fault ends it in error, with an exception event. */
export function inSpan<T>(
  name: string,
  options: { readonly kind?: SpanKind; readonly attributes?: Attributes },
  body: (span: Span) => Promise<T>,
): Promise<T> {
  return trace.getTracer("ark", "0.1.67").startActiveSpan(name, options, context.active(), async (span) => {
    try {
      return await body(span);
    } catch (error) {
      const fault = error instanceof Error ? error : new Error(String(error));
      span.recordException(fault);
      span.setStatus({ code: SpanStatusCode.ERROR, message: fault.message });
      throw error;
    } finally {
      span.end();
    }
  });
}
