import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { SessionView } from "../../src/session/view/session-view.ts";
import { spansEvent } from "../session/wire-of.ts";
import { receiver, spansIn } from "./receiver.ts";

/** The Python interpreter, for example that of a virtual environment. */
const PYTHON = process.env["PYTHON"] ?? "python3";
const probe = spawnSync(PYTHON, ["-c", "import opentelemetry.sdk.trace"], { encoding: "utf8" });
const why = probe.error?.message ?? probe.stderr.trim().split("\n").at(-1) ?? "";
const skipped = probe.status === 0 ? undefined : `${PYTHON} can't import opentelemetry-sdk (${why})`;
// Reporters hide the titles of skipped tests by default.
if (skipped !== undefined) console.warn(`The Python span processor is not tested: ${skipped}`);

test.skipIf(skipped !== undefined)(
  `with the official SDK for Python a span is exported at its start and at its end${skipped === undefined ? "" : `: skipped, ${skipped}`}`,
  { timeout: 60_000 },
  async () => {
    await using target = await receiver();
    await promisify(execFile)(PYTHON, [fileURLToPath(new URL("announce.py", import.meta.url)), target.url]);
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

    const view = new SessionView();
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
