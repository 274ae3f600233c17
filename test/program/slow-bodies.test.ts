import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startProgram, temporaryDirectory } from "./program.ts";
import type { Program } from "./program.ts";

const HEAD = "content-type: application/json\r\ncontent-length: 16777216\r\n";

/** A request that stays incomplete during the test. */
async function unfinished(program: Program, path: string, part: string): Promise<Socket> {
  const socket = connect(Number(program.port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  await once(socket, "connect");
  await new Promise((resolve) =>
    socket.write(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${program.port}\r\n${part}`, resolve),
  );
  return socket;
}

async function post(program: Program, path: string, body: string): Promise<number> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(program.url + path, { method: "POST", headers, body });
  await response.body?.cancel();
  return response.status;
}

const span = (n: number) => ({
  traceId: "5b8efff798038103d269b633813fc60c",
  spanId: n.toString(16).padStart(16, "0"),
  name: "step",
  startTimeUnixNano: "1790000000000000000",
  endTimeUnixNano: "1790000001000000000",
});
const exportOf = (n: number, note = "") =>
  JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span(n)] }] }], note });

test("large announced bodies without data, and slow imports, do not block other requests", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const open = await Promise.all([
    ...["/v1/traces", "/v1/traces", "/v1/logs", "/v1/metrics"].map((path) => unfinished(program, path, `${HEAD}\r\n`)),
    ...["/v1/traces", "/import", "/import"].map((path) => unfinished(program, path, `${HEAD}\r\n{"resourceSpans":[{`)),
  ]);
  for (const socket of open) expect(socket.write(" ")).toBe(true);
  const answers = {
    "a small export": await post(program, "/v1/traces", exportOf(1)),
    "an export of 7 MiB": await post(program, "/v1/traces", exportOf(2, " ".repeat(7 * 1024 * 1024))),
    logs: await post(program, "/v1/logs", "{}"),
    "an import": await post(program, "/import", exportOf(3)),
    "exports at once": await Promise.all([4, 5, 6, 7].map(async (n) => await post(program, "/v1/traces", exportOf(n)))),
  };
  expect(answers).toEqual({
    "a small export": 200,
    "an export of 7 MiB": 200,
    logs: 200,
    "an import": 200,
    "exports at once": [200, 200, 200, 200],
  });
  expect(open.map(({ destroyed }) => destroyed)).toEqual(open.map(() => false));
});
