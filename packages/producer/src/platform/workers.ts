/** What Cloudflare's runtime uses: `fetch`, and nothing of Node's. A request ends its timers and connections: the program flushes. */
import { OTLPExporterBase } from "@opentelemetry/otlp-exporter-base";
import { createLegacyOtlpBrowserExportDelegate } from "@opentelemetry/otlp-exporter-base/browser-http";
import {
  JsonTraceSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from "@opentelemetry/otlp-transformer";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import type { Target } from "../fork/target.ts";
import { fetchTransport } from "../send/fetch-transport.ts";
import type { Transport } from "../send/outcome.ts";
import type { ExporterSettings } from "../telemetry/settings.ts";

export const SENDS_IN_BACKGROUND = false;

export function setBackgroundTimer(run: () => void, millis: number): ReturnType<typeof setTimeout> {
  return setTimeout(run, millis);
}

export function openTransport(target: Target): Promise<Transport> {
  return target.protocol === "grpc" ? Promise.reject(NO_GRPC) : Promise.resolve(fetchTransport(target));
}

const NO_GRPC = new Error("gRPC does not run in Workers: use http/protobuf");

/** The official exporter of browsers: that of Node would bring its modules. */
export function openExporter({ protocol, url, headers, timeoutMillis }: ExporterSettings): Promise<SpanExporter> {
  if (protocol === "grpc") return Promise.reject(NO_GRPC);
  const [serializer, type] =
    protocol === "http/json"
      ? [JsonTraceSerializer, "application/json"]
      : [ProtobufTraceSerializer, "application/x-protobuf"];
  const delegate = createLegacyOtlpBrowserExportDelegate<ReadableSpan[], unknown>(
    { url, headers, timeoutMillis },
    serializer,
    "otlp_http_span_exporter",
    TraceExporterMetricsHelper,
    undefined,
    "v1/traces",
    { "Content-Type": type },
  );
  return Promise.resolve(new OTLPExporterBase(delegate));
}
