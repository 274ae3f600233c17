import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { FeedReader } from "../../src/ark/follow/feed-reader.ts";
import { countAll } from "../../src/ark/events/count-all.ts";
import { countTogether } from "../../src/ark/follow/items.ts";
import type { Item, ItemReader, ReadItems } from "../../src/ark/follow/items.ts";
import { LogItems } from "../../src/ark/follow/log-items.ts";
import { spanItems } from "../../src/ark/spans/bare-spans.ts";
import type { LogHead } from "../../src/session/contract/directory.ts";
import type { LogEntry } from "../../src/session/contract/log-page.ts";
import { aSpan, traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";

const TRACE = traceIdOf("trace");
const OTHER = traceIdOf("other");

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

/** Reads spans, and fails at the first entry, in the middle of several, and at a later one. */
function faulty(): ReadItems {
  let calls = 0;
  return async (...entry) => {
    if ([0, 2, 5].includes(calls++)) throw new Error("a test's fault");
    return await spanItems(...entry);
  };
}

/** Reads until nothing is left, and repeats a failed read. */
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

test("a failed read changes nothing: repeated, it sends everything once", async () => {
  await deliverSome();
  const feed = new FeedReader({ env, caller: "default", readItems: faulty(), cursor: 0 });
  expect(await all(feed)).toEqual({ names: ["1", "2", "3", "4"], faults: 3 });
  const stub = world.calls("s");
  const log = new LogItems({ stub, view: "session", id: "s", readItems: faulty(), cursor: undefined });
  expect(await all(log)).toEqual({ names: ["1", "2", "3", "4"], faults: 3 });
});

test("what comes while a page is read in several steps is read before the reader has caught up", async () => {
  await deliverSome();
  const feed = new FeedReader({ env, caller: "default", readItems: spanItems, cursor: 0 });
  const stub = world.calls("s");
  const log = new LogItems({ stub, view: "session", id: "s", readItems: spanItems, cursor: undefined });
  for (const reader of [feed, log]) expect((await reader.read()).caughtUp).toBe(false);
  await world.deliver([aSpan(TRACE, "5", { name: "5" }, { "ark.session.id": "s" })]);
  await world.rest([TRACE, "s"]);
  feed.notice({ type: "heads", heads: [await headOf("s")] });
  expect((await all(feed)).names.at(-1)).toBe("5");
  expect((await all(log)).names.at(-1)).toBe("5");
});

/** How far a session is by now. */
async function headOf(id: string): Promise<LogHead> {
  const page = await world.calls(id).peek("session");
  if (page.state !== "present") throw new Error(`${id} is ${page.state}`);
  return { id, generation: page.generation, revision: page.head, reportedRevision: 0 };
}

test("heads that come during a read, before it and after it are read, each once", async () => {
  await deliverSome();
  let duringRead: (() => Promise<void>) | undefined;
  const readItems: ReadItems = async (...entry) => {
    const items = await spanItems(...entry);
    await duringRead?.();
    return items;
  };
  const feed = new FeedReader({ env, caller: "default", readItems, cursor: 0 });
  const read = async () => (await all(feed)).names;
  const announce = async () => feed.notice({ type: "heads", heads: [await headOf("s")] });
  const deliver = async (name: string) => {
    // The copy waits for no earlier commit.
    world.pass(1_000);
    await world.deliver([aSpan(TRACE, name, { name }, { "ark.session.id": "s" })]);
  };
  expect(await read()).toEqual(["1", "2", "3", "4"]);
  expect(await announce()).toBe(false);
  await deliver("5");
  expect(await announce()).toBe(true);
  duringRead = async () => {
    duringRead = undefined;
    await deliver("6");
    expect(await announce()).toBe(true);
  };
  expect(await read()).toEqual(["5", "6"]);
  expect([await announce(), await read()]).toEqual([false, []]);
  // Without a word from the directory the feed looks for itself, and finds what was reported.
  await deliver("7");
  world.pass(61_000);
  await world.rest([TRACE, "s"]);
  expect(await read()).toEqual(["7"]);
});

test("totals follow what is added, moves and is deleted", async () => {
  const totals = async () => await countAll(env, "default");
  expect(await totals()).toEqual({ events: 0, traces: 0 });
  await world.deliver([
    aSpan(TRACE, "1", { name: "tool.a" }),
    aSpan(OTHER, "2", { name: "tool.b", endTimeUnixNano: "0" }),
  ]);
  await world.rest([TRACE, OTHER]);
  expect(await totals()).toEqual({ events: 3, traces: 2 });
  // Both traces move to one session.
  const named = { "ark.session.id": "s" };
  await world.deliver([aSpan(TRACE, "3", { name: "tool.c" }, named), aSpan(OTHER, "4", { name: "tool.d" }, named)]);
  await world.rest([TRACE, OTHER, "s"]);
  expect(await totals()).toEqual({ events: 7, traces: 2 });
  // A span that ends names another session.
  await world.deliver([aSpan(OTHER, "2", { name: "tool.b" }, { "ark.session.id": "a" })]);
  await world.rest([TRACE, OTHER, "s", "a"]);
  expect(await totals()).toEqual({ events: 8, traces: 2 });
  await world.request("/sessions/s", { method: "DELETE" });
  await world.rest([TRACE, OTHER, "s", "a"]);
  const left = await totals();
  await world.request("/sessions/a", { method: "DELETE" });
  await world.rest([TRACE, OTHER, "s", "a"]);
  expect([left.traces <= 1, await totals()]).toEqual([true, { events: 0, traces: 0 }]);
});

test("an entry with large values is sent by itself: a page bounds the log's text only", () => {
  const entry = (hashes: readonly string[]) => ({ entry: { kind: "spans", hashes } as LogEntry });
  const counts = [[], [[]], [[], []], [["h"], []], [[], ["h"], []]].map((unsent) => countTogether(unsent.map(entry)));
  expect(counts).toEqual([0, 1, 2, 1, 1]);
});
