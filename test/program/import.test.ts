import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "./program.ts";

const empty = (count: number, element = "{}") => `[${Array.from({ length: count }, () => element).join(",")}]`;

test.each([
  ["elements without spans", `{"resourceSpans":${empty(400_000)}}`],
  ["traces of Jaeger's without spans", `{"data":${empty(100_000, '{"spans":[]}')}}`],
  ["traces of Jaeger's with an empty span", `{"data":${empty(40_000, '{"spans":[{}]}')}}`],
  ["spans of Jaeger's, each of a process of its own", `{"data":[{"spans":[${processes(40_000)}]}]}`],
  ["nothing but white space", `{"resourceSpans":[]}${"\n".repeat(20_000_000)}`],
])("while a file of %s is imported, other requests are answered", async (_, file) => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const order: string[] = [];
  const imported = fetch(`${program.url}/import`, { method: "POST", body: gzipSync(file) }).then(async (response) => {
    order.push(`import ${response.status}`);
    await response.body?.cancel();
  });
  // One after the other: a program that reads the file in one go may answer the first, but not the others.
  for (let n = 1; n <= 3; n++) {
    const response = await fetch(`${program.url}/healthz`);
    order.push(`healthz ${n}: ${await response.text()}`);
  }
  await imported;
  expect(order).toEqual(["healthz 1: ok\n", "healthz 2: ok\n", "healthz 3: ok\n", "import 200"]);
});

function processes(count: number): string {
  return Array.from({ length: count }, (_, n) => `{"processID":"p${n}"}`).join(",");
}
