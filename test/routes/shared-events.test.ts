import { expect, test } from "vitest";
import { SessionSource } from "../../src/routes/stream/session-source.ts";
import { encodeFrame } from "../../src/session/contract/log-page.ts";
import type { Frame } from "../../src/session/contract/log-page.ts";
import { aSpan, someSpans, traceIdOf } from "../durable/spans.ts";
import type { Span } from "../../src/otel/span.ts";
import * as world from "../durable/world.ts";

const TRACE = traceIdOf("trace");

/** Sources that have read the log, and the frame of a delivery after it. */
async function caughtUp(
  count: number,
  last: readonly Span[],
): Promise<{ readonly sources: readonly SessionSource[]; readonly frame: Frame }> {
  await world.freshWorld();
  await world.deliver(someSpans(TRACE, 1, 2));
  const sources = Array.from({ length: count }, () => new SessionSource(world.calls(TRACE), "session", undefined));
  for (const source of sources) expect((await source.read()).caughtUp).toBe(true);
  await world.deliver(last);
  const page = await world.calls(TRACE).read("session", undefined, 1_000_000);
  const entry = page.state === "present" ? page.entries.at(-1) : undefined;
  if (page.state !== "present" || entry === undefined) throw new Error("no delivery");
  return {
    sources,
    frame: { generation: page.generation, previous: entry.revision - 1, revision: entry.revision, entry },
  };
}

test("viewers in one isolate share the event of one frame, and none of another that is as long", async () => {
  const { sources, frame } = await caughtUp(3, [aSpan(TRACE, 9, { name: "ninth" })]);
  const [first, second, third] = sources.map((source, at) => {
    const { entry } = frame;
    if (entry === undefined || entry.kind === "gone") throw new Error("no chunk");
    // The third viewer's frame differs in one digit: it came a millisecond later.
    const sent = at === 2 ? { ...frame, entry: { ...entry, received: entry.received + 1 } } : frame;
    return source.receive(encodeFrame(sent));
  });
  if (first?.kind !== "event" || second?.kind !== "event" || third?.kind !== "event") throw new Error("no event");
  expect(second.event).toBe(first.event);
  expect(third.event).toHaveLength(first.event.length);
  expect(third.event).not.toEqual(first.event);
  const text = new TextDecoder().decode(first.event);
  expect([text.split("\n")[1], text.includes('"name":"ninth"')]).toEqual(["event: spans", true]);
});

test("an event that is too large to keep is made for each viewer, alike", async () => {
  const { sources, frame } = await caughtUp(2, someSpans(TRACE, 9, 1_500));
  const [first, second] = sources.map((source) => source.receive(encodeFrame(frame)));
  if (first?.kind !== "event" || second?.kind !== "event") throw new Error("no event");
  expect(first.event.length).toBeGreaterThan(256_000);
  expect(second.event).not.toBe(first.event);
  expect(second.event).toEqual(first.event);
});

test("a viewer that has a long log to read holds a quarter of a megabyte of it at a time", async () => {
  await world.freshWorld();
  for (let n = 0; n < 8; n++)
    await world.deliver([
      aSpan(TRACE, n + 1, {}, { "gen_ai.system_instructions": "word ".repeat(1_500), n }),
      ...someSpans(TRACE, 100 + n * 500, 300),
    ]);
  const source = new SessionSource(world.calls(TRACE), "session", undefined);
  const pages: number[] = [];
  for (let caughtUp = false; !caughtUp;) {
    const read = await source.read();
    pages.push(read.events.reduce((bytes, { length }) => bytes + length, 0));
    caughtUp = read.caughtUp;
  }
  const all = pages.reduce((sum, bytes) => sum + bytes, 0);
  expect(all).toBeGreaterThan(500_000);
  // The delivery that reaches the end of the page is whole.
  expect(Math.max(...pages)).toBeLessThan(256_000 + all / 8 + 10_000);
});
