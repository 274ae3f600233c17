import { context, propagation, SpanKind } from "@opentelemetry/api";
import type { Assignment, Report } from "./story.ts";
import { performQuery } from "./perform.ts";
import { inSpan, startTelemetry } from "./telemetry.ts";

// The second process of the demo, and therefore a file of its own. Its exporter sends children first, before the first process sends their parents.
const telemetry = startTelemetry("ark-completions");

function report(message: Report): void {
  process.send?.(message);
}

async function perform({ id, carrier, namespace, pace, query }: Assignment): Promise<void> {
  const remote = propagation.extract(context.active(), carrier);
  const stage = { namespace, pace, usage: { input: 0, output: 0 } };
  const answer = await context.with(remote, () =>
    inSpan("executor.completions", { kind: SpanKind.SERVER }, () => performQuery(stage, query)),
  );
  report({ id, answer });
}

process.on("message", (message: Assignment | "end") => {
  if (message !== "end") return void perform(message);
  void telemetry.end().then((failure) => {
    report({ ended: true, ...(failure === undefined ? {} : { failure }) });
    process.disconnect();
  });
});
