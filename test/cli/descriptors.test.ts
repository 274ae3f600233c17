import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { descriptorWarning } from "../../src/cli/start/descriptors.ts";

const MODULE = new URL("../../src/cli/start/descriptors.ts", import.meta.url).href;

/** What a process that may open so many files says at its start. */
function warningUnder(limit: number): string {
  const program = `
    const { descriptorWarning, openFilesLimit } = await import(${JSON.stringify(MODULE)});
    process.stdout.write(descriptorWarning(openFilesLimit(), "npm start") ?? "none");`;
  const script = `ulimit -n ${limit} && exec "$0" --input-type=module --eval "$1"`;
  return execFileSync("sh", ["-c", script, process.execPath, program], { encoding: "utf8" });
}

test.skipIf(process.platform === "win32")("a start with few descriptors says how many are needed", () => {
  expect(warningUnder(1_023)).toBe(
    "This program may open 1023 files and connections only (ulimit -n): requests fail beyond it. Allow 1024 or more: ulimit -n 4096 && npm start",
  );
  expect(warningUnder(1_024)).toBe("none");
});

test("without a known limit there is no warning", () => {
  expect(descriptorWarning(undefined, "npm start")).toBe(undefined);
});
