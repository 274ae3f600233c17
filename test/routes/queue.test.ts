import { createExecutionContext, createMessageBatch, getQueueResult, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import worker from "../../src/index.ts";
import { aSpan, traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";

const TRACE = traceIdOf("trace");

let requests = 0;
beforeEach(async () => {
  await world.freshWorld();
  requests = 0;
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => {
    requests++;
    return new Response();
  });
});
afterEach(() => vi.restoreAllMocks());

async function consume(...bodies: unknown[]) {
  const messages = bodies.map((body, id) => ({ id: String(id), timestamp: new Date(0), attempts: 1, body }));
  const batch = createMessageBatch("deliveries", messages);
  await worker.queue(batch, env);
  return await getQueueResult(batch, createExecutionContext());
}

test("unknown messages are acknowledged, and the log says their number without their contents", async () => {
  const warned = vi.spyOn(console, "warn").mockReturnValue();
  expect(await consume({ secret: "sk-1" }, "sk-2")).toMatchObject({ ackAll: true, retryBatch: { retry: false } });
  expect(warned.mock.calls).toEqual([
    ['{"event":"queue-messages-unknown","level":"warn","queue":"deliveries","messages":2}'],
  ]);
  expect(requests).toBe(0);
});

test("a message makes the consumer deliver what a sink lacks; doubled, late and of an unknown trace it changes nothing", async () => {
  await world.request("/admin/upstreams/a", { method: "PUT", body: '{"endpoint": "https://a.example.com"}' });
  await world.deliver([aSpan(TRACE, 1)]);
  await world.rest([TRACE]);
  expect(requests).toBe(1);
  // As if no message had come yet.
  await runInDurableObject(world.objectOf(TRACE), (_, { storage }) => void storage.kv.delete(`outbox ${TRACE} a`));
  const message = { tenant: "default", traceId: TRACE };
  expect(await consume(message, message, { tenant: "default", traceId: traceIdOf("none") })).toMatchObject({
    ackAll: true,
  });
  expect(requests).toBe(2);
  await consume(message);
  expect(requests).toBe(2);
});
