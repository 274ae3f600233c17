import { expect, onTestFinished, test, vi } from "vitest";
import { decodeSessionEvent } from "../../src/client/decode-event.ts";
import { openEventStream } from "../../src/client/event-stream.ts";
import { headless } from "../../src/client/platform.ts";
import { aSpan, traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";

const PATIENCE = { timeout: 30_000 };

/** The client of this repository, in the Workers runtime. */
function watch(session: string) {
  const seen: string[] = [];
  const stream = openEventStream(
    {
      url: () => `/sessions/${session}?watch=true`,
      decode: decodeSessionEvent,
      kind: "watch",
      whenMissing: "give-up",
      onEvents: (received) => seen.push(...received.map(({ event }) => event.type).filter((type) => type === "spans")),
    },
    { ...headless, fetch: (url, init) => world.request(url, init) },
  );
  onTestFinished(() => stream.close());
  return { stream, seen };
}

test("a client in a Worker pauses, and resumes without gap or repeat", async () => {
  const TRACE = traceIdOf("client in a Worker");
  await world.deliver([aSpan(TRACE, 1, {}, { "session.id": "in-a-worker" })]);
  await world.rest([TRACE, "in-a-worker"]);
  const { stream, seen } = watch("in-a-worker");
  await vi.waitFor(() => expect(stream.state()).toEqual({ state: "live" }), PATIENCE);
  expect(seen).toEqual(["spans"]);
  stream.pause();
  await world.deliver([aSpan(TRACE, 2, {}, { "session.id": "in-a-worker" })]);
  await world.rest([TRACE, "in-a-worker"]);
  expect(seen).toEqual(["spans"]);
  stream.resume();
  await vi.waitFor(() => expect(stream.state()).toEqual({ state: "live" }), PATIENCE);
  expect(seen).toEqual(["spans", "spans"]);
});

test("a client of a missing session gives up with the reason", async () => {
  const { stream } = watch("never-sent");
  const refusal = { reason: "not-found", movedTo: [], since: "just-now" };
  await vi.waitFor(() => expect(stream.state()).toEqual({ state: "refused", refusal }), PATIENCE);
});
