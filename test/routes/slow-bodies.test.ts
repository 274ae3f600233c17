import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aSpan, exportOf, traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";
import { fetchFrom } from "./deployment.ts";

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
  // The clock of all tests here advances only by hand.
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"], now: Date.now() });
});

afterEach(() => void vi.useRealTimers());

/** Sends a part of a body, lets some seconds pass, and reads the response. */
async function unfinished(path: string, type: string, bytes: string, seconds: number) {
  const sent = new TransformStream<Uint8Array, Uint8Array>();
  const writer = sent.writable.getWriter();
  let answer: Response | undefined;
  const answered = fetchFrom({ OPEN_ACCESS: "loopback" }, world.ORIGIN + path, {
    method: "POST",
    headers: { "content-type": type },
    body: sent.readable,
  }).then((response) => (answer = response));
  if (bytes !== "") await writer.write(new TextEncoder().encode(bytes));
  // The program waits for the body by now, also for one without any bytes.
  for (let n = 0; n < 20; n++) await scheduler.wait(0);
  for (let second = 0; second < seconds; second++) {
    vi.advanceTimersByTime(1_000);
    // Runs the consequences of the timers.
    for (let n = 0; n < 5; n++) await scheduler.wait(0);
  }
  if (answer === undefined) {
    await writer.close();
    await answered;
    return "not answered";
  }
  const end = await writer.closed.then(
    () => "read to its end",
    () => "cancelled",
  );
  expect(end).toBe("cancelled");
  return answer;
}

async function read(answer: Response | "not answered") {
  if (answer === "not answered") return answer;
  const { status, headers } = answer;
  return [status, headers.get("content-type"), await answer.text()];
}

const TOO_SLOW = "arrived too slowly: fewer than 10,000 bytes in 20 s";

test("an export that falls silent is answered with 408 after 20 s, in its own encoding", async () => {
  expect(await read(await unfinished("/v1/traces", "application/json", '{"resourceSpans":', 20))).toEqual([
    408,
    "application/json",
    `{"code":4,"message":"the body ${TOO_SLOW}"}`,
  ]);
  const [status, type, text] = await read(await unfinished("/v1/logs", "application/x-protobuf", "", 20));
  expect([status, type]).toEqual([408, "application/x-protobuf"]);
  expect(text).toContain(TOO_SLOW);
});

test("a silent export is not refused before that", async () => {
  expect(await read(await unfinished("/v1/traces", "application/json", "{}", 19))).toBe("not answered");
});

test("an event that falls silent is answered with 408 in the form of Ark's clients", async () => {
  const [status, , text] = await read(await unfinished("/ark/events", "application/json", "{", 20));
  expect([status, JSON.parse(String(text))]).toMatchObject([
    408,
    { detail: `body: the body ${TOO_SLOW}`, error: { code: "REQUEST_TIMEOUT" } },
  ]);
});

test("a file that falls silent is answered with 408, and the part before stays imported", async () => {
  const trace = traceIdOf("trace");
  const line = exportOf([aSpan(trace, 1)]);
  const [status, type, text] = await read(await unfinished("/import", "application/json", `${line}\n{"resource`, 20));
  expect([status, type]).toEqual([408, "application/problem+json"]);
  expect(JSON.parse(String(text))).toMatchObject({
    detail: `The file ${TOO_SLOW}. Imported before it: 1 spans and 0 log records.`,
    imported: { spans: 1, traces: 1, sessions: [trace] },
  });
});
