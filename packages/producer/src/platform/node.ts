/** What Node, Bun and Deno use: official exporters over `node:http`, gRPC where its packages are installed. */
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type { Target } from "../fork/target.ts";
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

export async function openExporter(settings: ExporterSettings): Promise<SpanExporter> {
  const { protocol, url, headers, timeoutMillis, compression } = settings;
  // The enumeration is not exported by each exporter; its values are these words.
  const options = { url, headers, timeoutMillis, compression: compression as never };
  switch (protocol) {
    case "http/json":
      return new (await import("@opentelemetry/exporter-trace-otlp-http")).OTLPTraceExporter(options);
    case "http/protobuf":
      return new (await import("@opentelemetry/exporter-trace-otlp-proto")).OTLPTraceExporter(options);
    case "grpc":
      return await openGrpcExporter(settings);
  }
}

async function openGrpcExporter({ url, headers, timeoutMillis }: ExporterSettings): Promise<SpanExporter> {
  const missing = () => {
    throw new Error("gRPC needs the packages @grpc/grpc-js and @opentelemetry/exporter-trace-otlp-grpc");
  };
  const [{ OTLPTraceExporter }, { Metadata }] = await Promise.all([
    import("@opentelemetry/exporter-trace-otlp-grpc"),
    import("@grpc/grpc-js"),
  ]).catch(missing);
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name.toLowerCase(), value);
  return new OTLPTraceExporter({ url, metadata, timeoutMillis });
}
