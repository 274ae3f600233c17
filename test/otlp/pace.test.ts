import { describe, expect, test } from "vitest";
import { readBody } from "../../src/otlp/body.ts";
import { EXPORT_SECONDS, Pace, RATE_BYTES, RATE_SECONDS } from "../../src/otlp/pace.ts";
import { statusOf } from "../../src/otlp/refusals.ts";
import { codeOf, encodeStatus } from "../../src/otlp/response.ts";
import { readOptions } from "./read-options.ts";

/** The verdict on a body with so many bytes in each second, and its time; "never" after an hour. */
function verdictOn(bytesASecond: (second: number) => number, most?: number): string {
  const pace = new Pace(most);
  for (let second = 1; second <= 3_600; second++) {
    pace.arrive(bytesASecond(second));
    const late = pace.wait();
    if (late !== undefined) return `${late.reason} after ${second} s`;
  }
  return "never";
}

describe("the pace of a body", () => {
  test("a body without any bytes is too slow after 20 s", () => {
    expect(verdictOn(() => 0)).toBe("too-slow after 20 s");
  });

  test("a body that stalls after many bytes is too slow at the end of the next 20 s", () => {
    expect(verdictOn((second) => (second === 1 ? 16_000_000 : 0))).toBe("too-slow after 40 s");
  });

  // spec: OTLP-12
  test("10,000 bytes in 20 s are enough, 9,999 are not", () => {
    expect(RATE_BYTES).toBe(10_000);
    const once = (bytes: number) => verdictOn((second) => (second % RATE_SECONDS === 0 ? bytes : 0));
    expect([once(RATE_BYTES), once(RATE_BYTES - 1)]).toEqual(["never", "too-slow after 20 s"]);
  });

  test("a file at 1 kB/s is never too slow, evenly or in bursts", () => {
    expect(verdictOn(() => 1_000)).toBe("never");
    expect(verdictOn((second) => (second % 10 === 0 ? 10_000 : 0))).toBe("never");
  });

  // spec: OTLP-12
  test("an export has 60 s at any speed", () => {
    expect(verdictOn(() => 1_000_000, EXPORT_SECONDS)).toBe("overdue after 60 s");
    const pace = new Pace(EXPORT_SECONDS);
    pace.arrive(1_000_000);
    for (let second = 1; second < EXPORT_SECONDS; second++) {
      pace.arrive(1_000_000);
      expect(pace.wait()).toBeUndefined();
    }
    expect(pace.wait()).toEqual({ reason: "overdue", seconds: 60 });
  });
});

/** A body that stalls after these bytes. `second()` lets one second pass. */
function silentAfter(bytes: string) {
  let isCancelled = false;
  let listener = () => {};
  let isStopped = false;
  const stream = new ReadableStream<Uint8Array>({
    type: "bytes",
    start: (controller) => controller.enqueue(new TextEncoder().encode(bytes)),
    cancel: () => void (isCancelled = true),
  });
  const held: number[] = [];
  return {
    body: readBody(stream, null, {
      limit: 1_000,
      pace: new Pace(),
      hold: (length) => held.push(length) > 0,
      seconds: (second) => {
        listener = second;
        return () => void (isStopped = true);
      },
    }),
    held,
    second: async () => {
      listener();
      await new Promise((resolve) => setImmediate(resolve));
    },
    state: () => ({ isCancelled, isStopped }),
  };
}

test("a stalled body is an error, its connection is closed, and only arrived bytes were held", async () => {
  const sent = silentAfter("{}");
  for (let second = 1; second < RATE_SECONDS; second++) await sent.second();
  expect(sent.state()).toEqual({ isCancelled: false, isStopped: false });
  await sent.second();
  expect(await sent.body).toEqual({ ok: false, error: { reason: "too-slow", bytes: 10_000, seconds: 20 } });
  expect(sent.state()).toEqual({ isCancelled: true, isStopped: true });
  expect(sent.held).toEqual([2]);
});

test("time without a pending read does not count", async () => {
  const pace = new Pace();
  let listener = () => {};
  const stream = new Blob(["{}"]).stream();
  const body = await readBody(stream, null, {
    ...readOptions(1_000),
    pace,
    seconds: (second) => ((listener = second), () => {}),
  });
  for (let second = 0; second < RATE_SECONDS - 1; second++) listener();
  expect([body.ok, pace.wait()]).toEqual([true, undefined]);
});

test("a slow body is answered with 408 in the request's encoding", () => {
  const { http, message } = statusOf({ reason: "too-slow", bytes: 10_000, seconds: 20 });
  expect([http, message]).toEqual([408, "the body arrived too slowly: fewer than 10,000 bytes in 20 s"]);
  expect(statusOf({ reason: "overdue", seconds: 60 }).message).toBe("the body was not complete after 60 s");
  expect(new TextDecoder().decode(encodeStatus("json", { code: codeOf(408), message: "late" }))).toBe(
    '{"code":4,"message":"late"}',
  );
  expect(Array.from(encodeStatus("protobuf", { code: codeOf(408), message: "late" }))).toEqual([
    8,
    4,
    18,
    4,
    ...Buffer.from("late"),
  ]);
});

test("a body with a Content-Length is complete without waiting for its end", async () => {
  const open = new ReadableStream<Uint8Array>({
    type: "bytes",
    start: (controller) => controller.enqueue(new TextEncoder().encode("spans")),
  });
  const body = await readBody(open, null, { ...readOptions(1_000), announced: 5 });
  expect(body.ok && new TextDecoder().decode(body.value)).toBe("spans");
});
