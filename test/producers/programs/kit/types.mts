import type { Span } from "@opentelemetry/api";
import { forkExporter, llm, startTelemetry, withSpan } from "@spanfold/producer";
import type { ForkOptions, Telemetry } from "@spanfold/producer";

const fork: ForkOptions = { endpoint: "127.0.0.1:9", protocol: "http/json" };
export const telemetry: Telemetry = startTelemetry(
  { SPANFOLD_ENDPOINT: "127.0.0.1:9" },
  { forks: [fork, "127.0.0.1:9"] },
);
export const answer: Promise<number> = withSpan("work", { a: 1 }, (span: Span) =>
  Promise.resolve(span.isRecording() ? 1 : 2),
);
export const text: string = llm(
  "model",
  { input: [{ role: "user", content: "?" }] },
  (call) => call.usage({ input: 1 }) && "yes",
);
export const exporter = forkExporter({
  export: (_spans, done) => done({ code: 0 }),
  shutdown: () => Promise.resolve(),
});
// @ts-expect-error -- a protocol that does not exist
export const wrong: ForkOptions = { endpoint: "", protocol: "http" };
