/** What Node, Bun and Deno use: official exporters over `node:http`, gRPC where its packages are installed. */
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import type { Target } from "../fork/target.ts";
import { throwImportFailure } from "../send/missing-packages.ts";
import { headersOf } from "../send/outcome.ts";
import type { Transport } from "../send/outcome.ts";
import type { ExporterSettings } from "../telemetry/settings.ts";

/** Forks send by themselves: spans that wait need no flush. */
export const SENDS_IN_BACKGROUND = true;

/** A timer that does not keep the process alive. */
export function setBackgroundTimer(run: () => void, millis: number): ReturnType<typeof setTimeout> {
  return setTimeout(run, millis).unref();
}

export async function openTransport(target: Target): Promise<Transport> {
  return target.protocol === "grpc"
    ? (await import("../send/grpc-transport.ts")).grpcTransport(target)
    : (await import("../send/node-transport.ts")).nodeTransport(target);
}

/** The official exporter, by the parts that read no variables: `settings` has them all, and those of the process may be another's. */
export async function openExporter(settings: ExporterSettings): Promise<SpanExporter> {
  const { protocol, url, timeoutMillis, compression } = settings;
  if (protocol === "grpc") return await openGrpcExporter(settings);
  const [{ OTLPExporterBase }, { createOtlpHttpExportDelegate, httpAgentFactoryFromOptions }, encoders] =
    await Promise.all([
      import("@opentelemetry/otlp-exporter-base"),
      import("@opentelemetry/otlp-exporter-base/node-http"),
      import("@opentelemetry/otlp-transformer"),
    ]);
  const headers = headersOf(settings);
  const agentFactory = httpAgentFactoryFromOptions({ keepAlive: true, ...(await readCertificates(settings)) });
  const delegate = createOtlpHttpExportDelegate<ReadableSpan[], unknown>(
    {
      url,
      headers: () => Promise.resolve(headers),
      timeoutMillis,
      compression,
      concurrencyLimit: CONCURRENCY,
      agentFactory,
    },
    protocol === "http/json" ? encoders.JsonTraceSerializer : encoders.ProtobufTraceSerializer,
    "otlp_http_span_exporter",
    encoders.TraceExporterMetricsHelper,
    undefined,
  );
  return new OTLPExporterBase(delegate);
}

/** Exports at once, as in the official exporters. */
const CONCURRENCY = 30;

async function readCertificates({ certificates }: ExporterSettings): Promise<Readonly<Record<string, Buffer>>> {
  const named = Object.entries(certificates);
  if (named.length === 0) return {};
  const { readFile } = await import("node:fs/promises");
  return Object.fromEntries(await Promise.all(named.map(async ([option, path]) => [option, await readFile(path)])));
}

async function openGrpcExporter({ url, headers, timeoutMillis }: ExporterSettings): Promise<SpanExporter> {
  const [{ OTLPTraceExporter }, { Metadata }] = await Promise.all([
    import("@opentelemetry/exporter-trace-otlp-grpc"),
    import("@grpc/grpc-js"),
  ]).catch((error: unknown) =>
    throwImportFailure(error, "the packages @grpc/grpc-js and @opentelemetry/exporter-trace-otlp-grpc"),
  );
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name.toLowerCase(), value);
  return new OTLPTraceExporter({ url, metadata, timeoutMillis });
}
