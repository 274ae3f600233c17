import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { calledAs } from "./called-as.ts";
import { playStory, startExecutor } from "./demo/controller.ts";
import { readDemoOptions } from "./demo/options.ts";
import { incident } from "./demo/stories/incident.ts";
import { release } from "./demo/stories/release.ts";
import { research } from "./demo/stories/research.ts";
import { headersIn, startTelemetry } from "./demo/telemetry.ts";
import type { Run } from "./dispatch.ts";

const STORIES = [incident, release, research] as const;

/** Plays sessions of teams of agents into a program, from two processes, as Ark would. */
export const run: Run = async (args, environment) => {
  const outcome = readDemoOptions(args, environment);
  if (!outcome.ok) return refuse(outcome.error);
  const { sessions, pace, endpoint } = outcome.options;

  // Any answer means that a server listens; the exporter reports whether it takes spans.
  const reached = await fetch(endpoint, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(5000) }).then(
    () => true,
    () => false,
  );
  if (!reached) return refuse(`Nothing listens at ${endpoint}. Start it first: ${calledAs.start}`);

  // Without a file an import stores nothing. Another receiver does not know it.
  const headers = headersIn(
    environment["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] ?? environment["OTEL_EXPORTER_OTLP_HEADERS"],
  );
  const { status, body } = await fetch(`${endpoint}/import`, { method: "POST", headers });
  await body?.cancel();
  if (status === 401 || status === 403)
    return refuse(
      `Spans could not be sent to ${endpoint}: it takes them with a token that may send.\n  Set it: export OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20<INGEST_TOKEN>`,
    );

  // Exporters read it in both processes, with the headers beside it.
  process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
  const telemetry = startTelemetry("ark-controller");
  const executor = startExecutor();

  await Promise.all(
    Array.from({ length: sessions }, async (_, index) => {
      const story = STORIES[index % STORIES.length] ?? incident;
      const session = `${story.name}-${randomBytes(3).toString("hex")}`;
      await sleep(index * 300 * pace);
      console.log(`  ${endpoint}/sessions/${session}`);
      await playStory(story, session, pace, executor);
    }),
  );

  const failures = await Promise.all([executor.end(), telemetry.end()]);
  const failure = failures.find((reason) => reason !== undefined);
  return failure === undefined ? 0 : refuse(`Spans could not be sent to ${endpoint}: ${failure}`);
};

function refuse(sentence: string): number {
  console.error(`\n  ${sentence}\n`);
  return 1;
}
