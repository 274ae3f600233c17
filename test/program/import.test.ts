import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "./program.ts";

const empty = (count: number, element = "{}") => `[${Array.from({ length: count }, () => element).join(",")}]`;

test.each([
  ["elements without spans", `{"resourceSpans":${empty(400_000)}}`],
  ["Jaeger traces without spans", `{"data":${empty(100_000, '{"spans":[]}')}}`],
  ["Jaeger traces with an empty span", `{"data":${empty(40_000, '{"spans":[{}]}')}}`],
  ["Jaeger spans, each with its own process", `{"data":[{"spans":[${processes(40_000)}]}]}`],
  ["white space only", `{"resourceSpans":[]}${"\n".repeat(20_000_000)}`],
])("an import of %s does not block other requests", async (_, file) => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const body = gzipSync(file);
  const importOnce = async (): Promise<string[]> => {
    const order: string[] = [];
    const imported = fetch(`${program.url}/import`, { method: "POST", body }).then(async (response) => {
      order.push(`import ${response.status}`);
      await response.body?.cancel();
    });
    // In sequence: a program that blocks on the file may answer the first, but not the others.
    for (let n = 1; n <= 3; n++) {
      const response = await fetch(`${program.url}/healthz`);
      order.push(`healthz ${n}: ${await response.text()}`);
    }
    await imported;
    return order;
  };
  // On a busy machine this process may get its turn when the import is over. A program that blocks does so each time.
  let order = await importOnce();
  for (let again = 0; again < 9 && order.at(-1) !== "import 200"; again++) order = await importOnce();
  expect(order).toEqual(["healthz 1: ok\n", "healthz 2: ok\n", "healthz 3: ok\n", "import 200"]);
});

function processes(count: number): string {
  return Array.from({ length: count }, (_, n) => `{"processID":"p${n}"}`).join(",");
}
