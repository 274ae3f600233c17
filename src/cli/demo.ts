import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { playStory, startExecutor } from "./demo/controller.ts";
import { readDemoOptions } from "./demo/options.ts";
import { incident } from "./demo/stories/incident.ts";
import { release } from "./demo/stories/release.ts";
import { research } from "./demo/stories/research.ts";
import { startTelemetry } from "./demo/telemetry.ts";

const STORIES = [incident, release, research] as const;

function refuse(sentence: string): never {
  console.error(`\n  ${sentence}\n`);
  process.exit(1);
}

const outcome = readDemoOptions(process.argv.slice(2), process.env);
if (!outcome.ok) refuse(outcome.error);
const { sessions, pace, endpoint } = outcome.options;

// Any answer means that a server listens; the exporter reports whether it takes spans.
await fetch(endpoint, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(5000) }).catch(() =>
  refuse(`Nothing listens at ${endpoint}. Start it first: npm start`),
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
if (failure !== undefined) refuse(`Spans could not be sent to ${endpoint}: ${failure}`);
