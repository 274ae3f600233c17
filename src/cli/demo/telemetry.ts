import { context, diag, DiagLogLevel, propagation, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Attributes, Context, Span, SpanKind } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import type { SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { headerPairs } from "../../otel/exporter-variables.ts";
import { LiveSpanProcessor } from "../../../packages/producer/src/live-span-processor.ts";

export type Telemetry = {
  /** Sends the remaining spans; answers the reason of a failed export. */
  readonly end: () => Promise<string | undefined>;
};

/**
 * Sets up the official SDK as a live service would: batches, running spans announced, protobuf, and the exporter's own
 * environment variables.
 */
export function startTelemetry(service: string): Telemetry {
  let failure: string | undefined;
  // The SDK reports an error as the JSON of all its fields.
  const recordFailure = (message: string) => {
    failure ??= /"message":"([^"]+)"/.exec(message)?.[1] ?? message;
  };
  diag.setLogger(
    { error: recordFailure, warn: () => {}, info: () => {}, debug: () => {}, verbose: () => {} },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
  const exporter = new OTLPTraceExporter();
  const batches = { scheduledDelayMillis: Number(process.env["OTEL_BSP_SCHEDULE_DELAY"] ?? 500) };
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": service, "service.version": "0.1.67" }),
    spanProcessors: [stampBaggage, new BatchSpanProcessor(exporter, batches), new LiveSpanProcessor(exporter, batches)],
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

/** Copies baggage onto each span: Ark does so with the session and the query, OpenTelemetry's SDK does not. */
const stampBaggage: SpanProcessor = {
  onStart(span: Span, parent: Context) {
    for (const [key, entry] of propagation.getBaggage(parent)?.getAllEntries() ?? [])
      span.setAttribute(key, entry.value);
  },
  onEnd() {},
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

/** Runs `body` inside a span that ends with it. If it throws, the span ends in error, with an exception event. */
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

/** OTLP's severity numbers. */
export const SEVERITY = { debug: 5, info: 9, warn: 13 } as const;

type Line = Readonly<Record<string, unknown>>;

/** Milliseconds for which lines are gathered. */
const DELAY = 500;
const NANOS_A_MILLI = 1_000_000n;

let pending: Line[] = [];
let send: ((lines: readonly Line[]) => Promise<void>) | undefined;
let timer: NodeJS.Timeout | undefined;

/**
 * Sends lines of a program's log as OTLP log records, in JSON: few services log by an SDK. A line that cannot be sent is
 * lost. Endpoint and headers come from the environment, as those of exporters.
 */
export function startLogLines(service: string): { readonly end: () => Promise<void> } {
  const url = `${process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? ""}/v1/logs`;
  const resource = { attributes: [{ key: "service.name", value: { stringValue: service } }] };
  send = async (logRecords) => {
    const resourceLogs = [{ resource, scopeLogs: [{ scope: { name: "log" }, logRecords }] }];
    const headers = {
      "content-type": "application/json",
      ...headersIn(process.env["OTEL_EXPORTER_OTLP_HEADERS"]),
    };
    await fetch(url, { method: "POST", headers, body: JSON.stringify({ resourceLogs }) }).catch(() => undefined);
  };
  return {
    async end() {
      clearTimeout(timer);
      await flush();
    },
  };
}

/** The headers in the value of an exporter's variable. */
export function headersIn(value = ""): Record<string, string> {
  return Object.fromEntries(headerPairs(value).filter((pair) => pair !== undefined));
}

/** Logs a line about the active span. */
export function log(severityNumber: number, text: string, attributes: Readonly<Record<string, string>> = {}): void {
  const span = trace.getSpan(context.active())?.spanContext();
  if (send === undefined || span === undefined) return;
  pending.push({
    timeUnixNano: String(BigInt(Date.now()) * NANOS_A_MILLI),
    severityNumber,
    body: { stringValue: text },
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
    traceId: span.traceId,
    spanId: span.spanId,
  });
  timer ??= setTimeout(() => void flush(), DELAY);
}

async function flush(): Promise<void> {
  timer = undefined;
  const lines = pending;
  pending = [];
  if (lines.length > 0) await send?.(lines);
}
