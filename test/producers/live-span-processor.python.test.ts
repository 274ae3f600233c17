import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { wholeView } from "../session/whole-view.ts";
import { receiver, spansIn } from "../producer/receiver.ts";
import { spansEvent } from "../session/wire-of.ts";
import { install, missingFor } from "./run-producer.ts";

const SDK = { language: "python", packages: ["opentelemetry-sdk==1.45.2"] } as const;
const PROGRAM = join(import.meta.dirname, "..", "producer", "announce.py");

const missing = missingFor(SDK);
// A machine without the package registry must not fail for it.
const folder =
  missing === undefined ? await install(SDK).catch((error: unknown) => new Error(String(error))) : undefined;
const skipped = folder instanceof Error ? `pip can't install ${SDK.packages.join()}: ${folder.message}` : missing;
// Reporters hide the titles of skipped tests by default.
if (skipped !== undefined) console.warn(`The Python span processor is not tested: ${skipped}`);

test.skipIf(skipped !== undefined)(
  `with the official SDK for Python a span is exported at its start and at its end${skipped === undefined ? "" : `: skipped, ${skipped}`}`,
  { timeout: 60_000 },
  async () => {
    await using target = await receiver();
    await promisify(execFile)(join(String(folder), "venv", "bin", "python"), [PROGRAM, target.url]);
    const names = new Map<string, string>();
    const all = target.exports.flat().flatMap(({ scopeSpans = [] }) => scopeSpans.flatMap(({ spans = [] }) => spans));
    for (const span of all) names.set(span.spanId, span.name ?? "");
    const exported = target.exports.map((resourceSpans) => spansIn(resourceSpans, names));
    expect(exported.slice(0, 2)).toEqual([
      ["turn running", "chat small under turn running"],
      ["quick under turn ended", "chat small under turn ended"],
    ]);
    const busy = (state: string): string[] => Array.from({ length: 50 }, (_, n) => `busy ${n} under turn ${state}`);
    expect(exported.slice(2)).toEqual([busy("running"), [...busy("ended"), "turn ended"]]);

    const view = wholeView();
    const course = target.exports.map((resourceSpans, second) => {
      view.apply(spansEvent(second, resourceSpans));
      const { spans, models, liveness } = view.summary() ?? {};
      return `${spans} spans, ${liveness?.running} running, ${models?.map(({ name }) => name).join()}`;
    });
    expect(course).toEqual([
      "2 spans, 2 running, small",
      "3 spans, 1 running, small",
      "53 spans, 51 running, small",
      "53 spans, 0 running, small",
    ]);
  },
);
