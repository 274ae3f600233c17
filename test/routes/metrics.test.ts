import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DirectoryObject } from "../../src/durable/directory/object.ts";
import { SessionObject } from "../../src/durable/session/object.ts";
import { aSpan } from "../durable/spans.ts";
import { deliver, freshReceivers, put, TRACE } from "../durable/receivers.ts";
import * as world from "../durable/world.ts";

const { shards } = world.caller();

beforeEach(async () => {
  await freshReceivers();
  await put("a");
  await deliver([aSpan(TRACE, 1)]);
});
afterEach(() => vi.restoreAllMocks());

async function scrape(): Promise<string> {
  const response = await world.request("/metrics");
  expect(response.status).toBe(200);
  return await response.text();
}

/** Samples of the metrics whose names begin so. */
const samples = (text: string, start: string): string[] => text.split("\n").filter((line) => line.startsWith(start));

// spec: NUM-7
test("scrapes within five seconds share one answer", async () => {
  const calls = vi.spyOn(SessionObject.prototype, "waiting");
  const texts = await Promise.all([scrape(), scrape(), scrape()]);
  expect(new Set(texts).size).toBe(1);
  expect(calls).toHaveBeenCalledTimes(shards);
  expect(samples(texts[0] ?? "", "spanfold_unanswered_objects")).toEqual(["spanfold_unanswered_objects 0"]);
  world.pass(5_000);
  expect(await scrape()).toBe(texts[0]);
  expect(calls).toHaveBeenCalledTimes(shards);
  world.pass(1);
  await scrape();
  expect(calls).toHaveBeenCalledTimes(2 * shards);
  await deliver([aSpan(TRACE, 2)]);
  world.pass(5_001);
  expect(samples(await scrape(), "spanfold_spans")).toEqual(["spanfold_spans 2"]);
});

// spec: NUM-7
test("a scrape that fails is not shared", async () => {
  const calls = vi.spyOn(DirectoryObject.prototype, "numbers").mockImplementationOnce(() => {
    throw new Error("the numbers can't be read (a test's fault)");
  });
  vi.spyOn(console, "error").mockReturnValue();
  expect((await world.request("/metrics")).status).toBe(503);
  expect(samples(await scrape(), "spanfold_spans")).toEqual(["spanfold_spans 1"]);
  expect(calls).toHaveBeenCalledTimes(2);
});

// spec: NUM-7
test.each([
  ["does not answer", async () => await new Promise<never>(() => undefined)],
  ["fails", async () => await Promise.reject(new Error("no answer (a test's fault)"))],
])("a scrape is answered without an object of logs that %s, and says so", async (_, answer) => {
  vi.spyOn(console, "warn").mockReturnValue();
  vi.spyOn(SessionObject.prototype, "waiting").mockImplementationOnce(answer as never);
  const text = await lateScrape();
  expect(samples(text, "spanfold_unanswered_objects")).toEqual(["spanfold_unanswered_objects 1"]);
  expect(samples(text, "spanfold_upstream_waiting_traces")).toEqual([
    'spanfold_upstream_waiting_traces{upstream="a"} 0',
  ]);
  expect(samples(text, "spanfold_spans")).toEqual(["spanfold_spans 1"]);
});

// spec: NUM-7
test("a scrape is answered without the list's numbers if they do not come in time", async () => {
  vi.spyOn(DirectoryObject.prototype, "numbers").mockImplementationOnce(
    (async () => await new Promise<never>(() => undefined)) as never,
  );
  const text = await lateScrape();
  expect(samples(text, "spanfold_unanswered_objects")).toEqual(["spanfold_unanswered_objects 1"]);
  expect(samples(text, "spanfold_spans")).toEqual([]);
  expect(samples(text, "spanfold_upstream_waiting_traces")).toHaveLength(1);
});

/** A scrape during which five seconds pass. */
async function lateScrape(): Promise<string> {
  let [isWaiting, isLate] = [false, false];
  const wait = globalThis.setTimeout;
  const passing = (run: () => void): unknown => (isLate ? run() : wait(() => passing(run), 5));
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((run: () => void, millis?: number) => {
    if (millis !== 5_000) return wait(run, millis);
    isWaiting = true;
    return passing(run);
  }) as never);
  const scraping = scrape();
  await world.until(() => Promise.resolve(isWaiting));
  // Time enough for what does answer.
  for (let turn = 0; turn < 5; turn++) await runInDurableObject(world.objectOf(TRACE), () => undefined);
  isLate = true;
  return await scraping;
}
