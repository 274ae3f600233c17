import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { countTogether, FeedReader } from "../../src/ark/follow/feed-reader.ts";
import type { Item, ItemReader, Tell } from "../../src/ark/follow/items.ts";
import { LogItems } from "../../src/ark/follow/log-items.ts";
import { tellSpans } from "../../src/ark/spans/span-text.ts";
import type { LogEntry } from "../../src/session/contract/log-page.ts";
import { aSpan, traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";

const TRACE = traceIdOf("trace");
const OTHER = traceIdOf("other");

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

/** Tells spans, and fails now and then: at the first entry, in the middle of several, and at one that comes later. */
function faulty(): Tell {
  let asked = 0;
  return async (...about) => {
    if ([0, 2, 5].includes(asked++)) throw new Error("a test's fault");
    return await tellSpans(...about);
  };
}

/** Reads until nothing is left, again where a read failed. */
async function all(reader: ItemReader): Promise<{ readonly names: readonly string[]; readonly faults: number }> {
  const items: Item[] = [];
  let faults = 0;
  for (;;) {
    try {
      const read = await reader.read();
      items.push(...read.items);
      if (read.caughtUp) return { names: items.map(({ data }) => (data as { name: string }).name), faults };
    } catch {
      faults++;
    }
  }
}

async function deliverSome(): Promise<void> {
  for (const [traceId, name, more] of [
    [TRACE, "1", {}],
    [OTHER, "2", {}],
    [TRACE, "3", { "input.value": "x".repeat(20_000) }],
    [TRACE, "4", {}],
  ] as const) {
    await world.deliver([aSpan(traceId, name, { name }, { "ark.session.id": "s", ...more })]);
    await world.rest([traceId, "s"]);
  }
}

test("a read that failed changed nothing: tried again, everything is told once", async () => {
  await deliverSome();
  const feed = new FeedReader({ env, tenant: "default", tell: faulty(), cursor: 0 });
  expect(await all(feed)).toEqual({ names: ["1", "2", "3", "4"], faults: 3 });
  const stub = world.objectOf("s");
  const log = new LogItems({ stub, view: "session", id: "s", tell: faulty(), cursor: undefined });
  const told = await all(log);
  expect(told).toEqual({ names: ["1", "2", "3", "4"], faults: 3 });
});

test("a delivery that names large values is told by itself: a page bounds the log's text only", () => {
  const entry = (hashes: readonly string[]) => ({ entry: { kind: "spans", hashes } as LogEntry });
  const counts = [[], [[]], [[], []], [["h"], []], [[], ["h"], []]].map((due) => countTogether(due.map(entry)));
  expect(counts).toEqual([0, 1, 2, 1, 1]);
});
