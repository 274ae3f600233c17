import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { receiver } from "./receiver.ts";

/** The fork waits so long for an answer: longer than the test for the program's end. */
const ATTEMPT_MILLIS = 300_000;

test.each(["exits", "ends", "shuts down"])(
  "a program that %s in mid-batch ends by itself, and the primary has its spans",
  async (way) => {
    await using primary = await receiver();
    await using fork = await receiver("hang");
    const program = join(import.meta.dirname, "programs", "exit.ts");
    const child = spawn(process.execPath, [program, way, fork.address, String(ATTEMPT_MILLIS)], {
      env: {
        PATH: process.env["PATH"],
        OTEL_EXPORTER_OTLP_ENDPOINT: primary.url,
        OTEL_BSP_SCHEDULE_DELAY: "50",
      },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => output.push(text));
    await expect.poll(() => primary.names()).toEqual(["s0", "s1", "s2"]);
    // The fork is in the middle of a batch.
    await expect.poll(() => fork.requests.length).toBe(1);
    const closed = once(child, "close") as Promise<[number | null]>;
    child.send("end");
    const [code] = await closed;
    expect({ code, output: output.join("") }).toEqual({ code: 0, output: expect.stringContaining("done\n") });
    expect(primary.names()).toEqual(["s0", "s1", "s2"]);
  },
);
