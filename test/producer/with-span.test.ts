import { context, propagation, SpanStatusCode, trace } from "@opentelemetry/api";
import { hrTimeToNanoseconds } from "@opentelemetry/core";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  currentSpan,
  currentTrace,
  recent,
  session,
  startTelemetry,
  withSpan,
} from "../../packages/producer/src/index.ts";
import type { Telemetry } from "../../packages/producer/src/index.ts";

test("without telemetry the work is done, and there are no ids", async () => {
  const telemetry = startTelemetry({});
  expect(telemetry.isActive).toBe(false);
  expect(withSpan("a", {}, () => [currentTrace(), 1])).toEqual([undefined, 1]);
  expect(await session("s", () => withSpan("a", {}, () => Promise.resolve(2)))).toBe(2);
  expect(() => withSpan("a", {}, () => JSON.parse("{"))).toThrow(SyntaxError);
  expect(recent()).toEqual([]);
  await telemetry.flush();
  await telemetry.shutdown();
});

describe("with telemetry", () => {
  let telemetry: Telemetry;
  beforeAll(() => {
    telemetry = startTelemetry({ SPANFOLD_ENDPOINT: "127.0.0.1:9" }, { log: () => {} });
  });
  afterAll(() => telemetry.shutdown());

  const last = (name: string) => recent().findLast((span) => span.name === name);

  test("spans of synchronous and asynchronous work hang below each other", async () => {
    const answer = await withSpan("outer", { step: 1 }, async (outer) => {
      expect(currentSpan()).toBe(outer);
      await Promise.resolve();
      return await withSpan("inner", {}, () => Promise.resolve(currentTrace()));
    });
    const [inner, outer] = [last("inner"), last("outer")];
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
    expect(outer?.attributes).toEqual({ step: 1 });
    const { traceId, spanId } = inner?.spanContext() ?? {};
    expect(answer).toEqual({ traceId, spanId, isSampled: true, traceparent: `00-${traceId}-${spanId}-01` });
    expect(currentTrace()).toBeUndefined();
  });

  test.each([
    ["throws", () => Promise.reject(new TypeError("no such town"))],
    [
      "rejects",
      () => {
        throw new TypeError("no such town");
      },
    ],
  ])("what is thrown is the span's error, and is thrown on: it %s", async (name, work) => {
    const thrown = await (async () => await withSpan(name, {}, work))().catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(TypeError);
    expect(last(name)?.status).toEqual({ code: SpanStatusCode.ERROR, message: "no such town" });
    expect(last(name)?.events.map((event) => [event.name, event.attributes?.["exception.type"]])).toEqual([
      ["exception", "TypeError"],
    ]);
  });

  test("time does not go back with the clock of the machine", async () => {
    const wall = Date.now();
    const clock = vi.spyOn(Date, "now");
    await withSpan("outer", {}, async (outer) => {
      clock.mockReturnValue(wall - 3_600_000);
      outer.addEvent("later");
      await withSpan("inner", {}, () => Promise.resolve());
    }).finally(() => clock.mockRestore());
    const nanos = (time: ReadableSpan["startTime"] | undefined) => hrTimeToNanoseconds(time ?? [0, 0]);
    const [inner, outer] = [last("inner"), last("outer")];
    const times = [outer?.startTime, outer?.events[0]?.time, inner?.startTime, inner?.endTime, outer?.endTime].map(
      nanos,
    );
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(Math.abs((times[0] ?? 0) / 1e6 - wall)).toBeLessThan(60_000);
  });

  test("a session is on all its spans, whoever makes them, and travels as baggage", async () => {
    const carrier: Record<string, string> = {};
    await session("night shift", () =>
      withSpan("outer", {}, async () => {
        await Promise.resolve();
        trace.getTracer("another").startSpan("foreign").end();
        propagation.inject(context.active(), carrier);
      }),
    );
    withSpan("afterwards", {}, () => {});
    expect(["outer", "foreign", "afterwards"].map((name) => last(name)?.attributes["ark.session.id"])).toEqual([
      "night shift",
      "night shift",
      undefined,
    ]);
    expect(carrier).toMatchObject({
      baggage: "ark.session.id=night%20shift",
      traceparent: `00-${last("outer")?.spanContext().traceId}-${last("outer")?.spanContext().spanId}-01`,
    });

    const remote = propagation.extract(context.active(), { ...carrier, baggage: `${carrier["baggage"]},query.name=q` });
    context.with(remote, () => withSpan("far away", {}, () => {}));
    expect(last("far away")?.attributes).toEqual({ "ark.session.id": "night shift", "query.name": "q" });
  });

  test("the last 1,000 spans are at hand, the oldest out", () => {
    for (let n = 0; n < 1_500; n++) withSpan(`n${n}`, {}, () => {});
    expect(recent().map((span) => span.name)).toEqual(Array.from({ length: 1_000 }, (_, n) => `n${n + 500}`));
  });
});
