/** A fork beside the exporter of another version of OpenTelemetry's SDK. */
import { forkExporter } from "@spanfold/producer";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

const exporter = forkExporter(new OTLPTraceExporter());
const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
provider.getTracer("program").startSpan("work").end();
await provider.shutdown();
