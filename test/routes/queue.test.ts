import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import worker from "../../src/index.ts";

test("messages of a queue without a consumer are acknowledged, and the log says their number without their contents", async () => {
  const warned = vi.spyOn(console, "warn").mockReturnValue();
  const messages = ["a", "b"].map((id) => ({ id, timestamp: new Date(0), attempts: 1, body: { secret: "sk-1" } }));
  const batch = createMessageBatch("bound-by-mistake", messages);
  worker.queue(batch);
  const result = await getQueueResult(batch, createExecutionContext());
  expect(result).toMatchObject({ ackAll: true, retryBatch: { retry: false } });
  expect(warned.mock.calls).toEqual([
    ['{"event":"queue-messages-unknown","level":"warn","queue":"bound-by-mistake","messages":2}'],
  ]);
});
