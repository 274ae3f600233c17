import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { temporaryDirectory } from "../../program/program.ts";
import { goProgram } from "./go-tool.ts";

const { program, missing } = await goProgram("collector", "not built");

/** Why there is no Collector on this machine. */
export const missingCollector = missing;

/** Starts it and waits until it is ready. It ends with the test. */
export async function startCollector(configuration: string, environment: Readonly<Record<string, string>> = {}) {
  const file = join(await temporaryDirectory(), "collector.yaml");
  await writeFile(file, configuration);
  const child: ChildProcess = spawn(program, ["--config", `file:${file}`], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (text: string) => output.push(text));
  const printed = (): string => output.join("");
  const ready = (): string => {
    if (child.exitCode !== null) throw new Error(printed().slice(-2_000));
    return printed();
  };
  await expect.poll(ready).toContain("Everything is ready");
  return { printed };
}
