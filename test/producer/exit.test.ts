import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { receiver } from "./receiver.ts";

/** The longest that a program may live on: an attempt of a fork alone takes 10 s, and a hung one would take for ever. */
const PATIENCE_MILLIS = 9_000;

test.each(["exits", "ends", "shuts down"])(
  "a program that %s in mid-batch ends by itself, and the primary has its spans",
  async (way) => {
    await using primary = await receiver();
    await using fork = await receiver("hang");
    const child = spawn(process.execPath, [join(import.meta.dirname, "programs", "exit.ts"), way], {
      env: {
        PATH: process.env["PATH"],
        OTEL_EXPORTER_OTLP_ENDPOINT: primary.url,
        OTEL_BSP_SCHEDULE_DELAY: "50",
        SPANFOLD_ENDPOINT: fork.address,
      },
      timeout: PATIENCE_MILLIS,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => output.push(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => output.push(text));
    const [code] = (await once(child, "close")) as [number | null];
    expect({ code, output: output.join("") }).toEqual({ code: 0, output: expect.stringContaining("done\n") });
    expect(fork.requests).not.toEqual([]);
    expect(primary.names()).toEqual(["s0", "s1", "s2"]);
  },
);
