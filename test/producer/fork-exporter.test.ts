import { ExportResultCode } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import { afterEach, describe, expect, test, vi } from "vitest";
import { forkExporter } from "../../packages/producer/src/index.ts";
import type { ForkOptions } from "../../packages/producer/src/index.ts";
import { namesIn, receiver } from "./receiver.ts";
import type { Behaviour } from "./receiver.ts";

/** Nothing listens at the port of discarding. */
const AWAY = "127.0.0.1:9";
const QUEUE = 2_048;

afterEach(() => vi.useRealTimers());

/** A program with the SDK's batch processor on a forked exporter; each export's result, as the SDK sees it. */
function program(
  primaryUrl: string,
  forks: readonly (string | ForkOptions)[],
  env: object = {},
  timeoutMillis = 30_000,
) {
  const lines: string[] = [];
  const results: string[] = [];
  const primary = new OTLPTraceExporter({ url: primaryUrl, timeoutMillis });
  const forked = forkExporter(primary, { env, forks, log: (line) => lines.push(line) });
  const exporter: SpanExporter = {
    export: (spans, done) =>
      forked.export(spans, (result) => {
        results.push(result.code === ExportResultCode.SUCCESS ? "success" : "failure");
        done(result);
      }),
    forceFlush: () => forked.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => forked.shutdown(),
  };
  const processor = new BatchSpanProcessor({ exporter, scheduledDelayMillis: 60_000, maxQueueSize: 1_000_000 });
  const provider = new TracerProvider({ spanProcessors: [processor] });
  const tracer = provider.getTracer("program");
  return {
    lines,
    results,
    provider,
    forked,
    emit: (...names: string[]) => {
      for (const name of names) tracer.startSpan(name).end();
    },
    /** Hands all spans to the exporter and waits for the primary's result. */
    exportNow: () => processor.forceFlush(),
  };
}

const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `s${from + index}`);

test("without a fork it is the primary itself", () => {
  const primary = new OTLPTraceExporter();
  expect(forkExporter(primary, { env: {} })).toBe(primary);
  expect(forkExporter(primary, { env: { ARK_BROKER_OTLP_ENDPOINT: "", SPANFOLD_ENDPOINT: " " } })).toBe(primary);
  expect(forkExporter(primary)).toBe(primary);
});

test("an endpoint that can't be read is named in the log, and the primary stays as it is", () => {
  const primary = new OTLPTraceExporter();
  const lines: string[] = [];
  const env = { ARK_BROKER_OTLP_ENDPOINT: "ftp://broker" };
  expect(forkExporter(primary, { env, forks: ["http://[broken"], log: (line) => lines.push(line) })).toBe(primary);
  expect(lines).toEqual([
    "ARK_BROKER_OTLP_ENDPOINT: it is neither an http(s) URL nor host:port; this fork is left out",
    "forks[0]: it is neither an http(s) URL nor host:port; this fork is left out",
  ]);
});

test("both variables and the code name forks: each gets all spans, with its own headers, and the primary's never", async () => {
  await using primary = await receiver();
  await using ark = await receiver();
  await using spanfold = await receiver();
  await using third = await receiver();
  const { emit, provider, results, lines } = program(
    primary.url,
    [{ endpoint: third.url, protocol: "http/json", headers: { authorization: "Bearer third" } }],
    {
      ARK_BROKER_OTLP_ENDPOINT: ark.address,
      SPANFOLD_ENDPOINT: `http://${spanfold.address}/base/`,
      SPANFOLD_PROTOCOL: "HTTP/JSON",
      SPANFOLD_HEADERS: "Authorization=Bearer%20a%3Db,x-team=ops",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=the-primary's",
    },
  );
  emit("a", "b");
  await provider.shutdown();
  const all = [primary, ark, spanfold, third];
  expect(all.map((one) => one.names())).toEqual(all.map(() => ["a", "b"]));
  expect(
    [ark, spanfold, third].map(({ requests: [request] }) => {
      const { "content-type": type, authorization, "x-team": team } = request?.headers ?? {};
      return [request?.url, type, authorization, team].filter((word) => word !== undefined).join(" ");
    }),
  ).toEqual([
    "/v1/traces application/x-protobuf",
    "/base/v1/traces application/json Bearer a=b ops",
    "/v1/traces application/json Bearer third",
  ]);
  expect({ results, lines }).toEqual({ results: ["success"], lines: [] });
});

describe.each<[string, Behaviour | "away"]>([
  ["away", "away"],
  ["slow", "hang"],
  ["answering 500", { status: 500 }],
  ["answering 503", { status: 503 }],
  ["cutting connections", "cut"],
])("with a receiver that is %s", (_, behaviour) => {
  test("the primary gets all spans, and the SDK sees its success", async () => {
    await using primary = await receiver();
    await using broken = await receiver(behaviour === "away" ? "take" : behaviour);
    const endpoint = behaviour === "away" ? AWAY : broken.address;
    const { emit, exportNow, results, provider, lines } = program(primary.url, [endpoint]);
    for (let round = 0; round < 3; round++) {
      emit(...numbered(600, round * 600));
      await exportNow();
    }
    await provider.shutdown();
    expect(primary.names().toSorted()).toEqual(numbered(1_800).toSorted());
    expect(new Set(results)).toEqual(new Set(["success"]));
    // One line says why, and one at the end what was lost.
    expect(lines.length).toBeLessThanOrEqual(2);
    expect(lines.at(-1)).toMatch(new RegExp(`^http://${endpoint}/v1/traces: .+; [1-9]\\d* spans dropped, 0 waiting$`));
  });

  test("the SDK sees the failure of the primary, whatever the fork does", async () => {
    await using primary = await receiver({ status: 400 });
    await using broken = await receiver(behaviour === "away" ? "take" : behaviour);
    const { emit, exportNow, results, provider } = program(primary.url, [behaviour === "away" ? AWAY : broken.address]);
    emit("a");
    await exportNow().catch(() => undefined);
    expect(results).toEqual(["failure"]);
    await provider.shutdown();
  });
});

test("a primary that fails takes nothing from the fork", async () => {
  await using fork = await receiver();
  const { emit, provider, results } = program(`http://${AWAY}/v1/traces`, [fork.address], {}, 2_000);
  emit("a", "b");
  await provider.shutdown().catch(() => undefined);
  expect(results).toEqual(["failure"]);
  expect(fork.names()).toEqual(["a", "b"]);
});

test("a receiver that comes back gets what waited, once", async () => {
  await using primary = await receiver();
  await using fork = await receiver({ status: 503, headers: { "retry-after": "0" } });
  const { emit, exportNow, provider, lines } = program(primary.url, [fork.address]);
  emit(...numbered(700));
  await exportNow();
  await expect.poll(() => fork.requests.length).toBeGreaterThan(0);
  fork.answer("take");
  await expect.poll(() => fork.names().length).toBe(700);
  expect(fork.names()).toEqual(numbered(700));
  await provider.shutdown();
  expect(lines).toEqual([expect.stringMatching(/: the receiver answers 503; 0 spans dropped, \d+ waiting$/)]);
});

test("the queue keeps the newest 2,048 spans, the oldest leave first", async () => {
  await using primary = await receiver();
  // After this answer nothing is sent but by a flush.
  await using fork = await receiver({ status: 503, headers: { "retry-after": "300" } });
  const { forked, emit, exportNow, provider, lines } = program(primary.url, [fork.address]);
  emit("first");
  await exportNow();
  await expect.poll(() => lines.length).toBe(1);
  for (let round = 0; round < 100; round++) {
    emit(...numbered(100, round * 100));
    await exportNow();
  }
  fork.answer("take");
  await forked.forceFlush?.();
  expect(fork.names()).toEqual(numbered(QUEUE, 10_000 - QUEUE));
  await provider.shutdown();
  expect(primary.names()).toHaveLength(10_001);
  expect(lines.map((line) => line.replace(fork.url, ""))).toEqual([
    ": the receiver answers 503; 0 spans dropped, 1 waiting",
    ": the queue is full; 7953 spans dropped, 0 waiting",
  ]);
});

test("what is dropped is counted in one line a minute", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  await using primary = await receiver();
  await using fork = await receiver({ status: 400 });
  const { emit, exportNow, provider, lines } = program(primary.url, [fork.address]);
  for (let round = 1; round <= 4; round++) {
    emit("a", "b");
    await exportNow();
    await expect.poll(() => fork.requests.length).toBe(round);
    if (round === 3) vi.advanceTimersByTime(60_000);
  }
  await expect.poll(() => lines.length).toBe(2);
  await provider.shutdown();
  expect(lines.map((line) => line.replace(fork.url, ""))).toEqual([
    ": the receiver answers 400; 2 spans dropped, 0 waiting",
    ": the receiver answers 400; 6 spans dropped, 0 waiting",
  ]);
});

test("a receiver that failed five times is left in peace, even by a flush, and tried again after half a minute", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  await using primary = await receiver();
  await using fork = await receiver({ status: 400 });
  const { emit, exportNow, forked, provider } = program(primary.url, [fork.address]);
  const tryOnce = async (name: string) => {
    emit(name);
    await exportNow();
    await forked.forceFlush?.();
    return fork.requests.length;
  };
  const attempts: number[] = [];
  for (let round = 0; round < 8; round++) attempts.push(await tryOnce(`r${round}`));
  expect(attempts).toEqual([1, 2, 3, 4, 5, 5, 5, 5]);
  fork.answer("take");
  vi.advanceTimersByTime(31_000);
  await forked.forceFlush?.();
  expect(fork.names()).toEqual(["r5", "r6", "r7"]);
  await provider.shutdown();
});

test("a flush ends though the receiver never answers", async () => {
  await using primary = await receiver();
  await using fork = await receiver("hang");
  const { emit, exportNow, forked, provider, lines } = program(primary.url, [fork.address]);
  emit("a");
  await exportNow();
  await forked.forceFlush?.();
  expect(primary.names()).toEqual(["a"]);
  // What was not answered is sent again.
  fork.answer("take");
  await provider.shutdown();
  expect(fork.exports.map(namesIn)).toEqual([["a"]]);
  expect(lines.length).toBeLessThanOrEqual(1);
});

test("a log that throws harms nothing", async () => {
  await using primary = await receiver();
  await using fork = await receiver({ status: 400 });
  const forked = forkExporter(new OTLPTraceExporter({ url: primary.url }), {
    env: {},
    forks: [fork.url],
    log: () => {
      throw new Error("no log");
    },
  });
  const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter: forked })] });
  provider.getTracer("program").startSpan("a").end();
  await provider.shutdown();
  expect(primary.names()).toEqual(["a"]);
});
