import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryDirectory } from "./program.ts";

const root = join(import.meta.dirname, "..", "..");
const ADDRESS = /Spanfold +(http:\S+)/;

test("a signal to npm also ends the program", async () => {
  const npm = spawn("npm", ["start"], {
    cwd: root,
    env: { ...process.env, PORT: "0", GRPC_PORT: "off", DATA_DIR: await temporaryDirectory() },
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void npm.kill("SIGKILL"));
  const output: string[] = [];
  npm.stdout.setEncoding("utf8").on("data", (text: string) => output.push(text));
  await expect.poll(() => output.join(""), { timeout: 60_000 }).toMatch(ADDRESS);
  const url = ADDRESS.exec(output.join(""))?.[1] ?? "";
  expect(await isServed(url)).toBe(true);

  npm.kill("SIGTERM");
  await expect.poll(() => isServed(url)).toBe(false);
});

async function isServed(url: string): Promise<boolean> {
  return fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}
