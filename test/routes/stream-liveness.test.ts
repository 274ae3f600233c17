import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Follower } from "../../src/routes/stream/follower.ts";
import { SessionSource } from "../../src/routes/stream/session-source.ts";
import { aSpan, someSpans, spanId, traceIdOf } from "../durable/spans.ts";
import type { Sent } from "../durable/spans.ts";
import * as world from "../durable/world.ts";

const TRACE = traceIdOf("trace");
const RUNNING = { "acme.span.pending": { boolValue: true } };

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"], now: Date.now() });
});
afterEach(() => vi.useRealTimers());

/** A viewer with a fake clock: the statuses on its stream, each after a number of seconds. */
class Watcher {
  readonly statuses: (readonly [seconds: number, status: string])[] = [];
  /** Calls of its stream to the object. */
  reads = 0;
  bookmarks = 0;
  readonly #began = Date.now();
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(id: string) {
    const stub = world.calls(id);
    const counted = new SessionSource(stub, "session", undefined);
    const read = counted.read.bind(counted);
    counted.read = async () => {
      this.reads++;
      return await read();
    };
    this.#reader = new Follower(counted).stream(new AbortController().signal).getReader();
    void this.#read();
  }

  async pass(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= 5) {
      await vi.advanceTimersByTimeAsync(Math.min(left, 5) * 1_000);
      for (let n = 0; n < 3; n++) await scheduler.wait(0);
    }
  }

  async untilBookmark(): Promise<void> {
    while (this.bookmarks === 0) await scheduler.wait(1);
  }

  async end(): Promise<void> {
    await this.#reader.cancel();
  }

  async #read(): Promise<void> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return;
      const text = new TextDecoder().decode(value);
      const seconds = Math.floor((Date.now() - this.#began) / 1_000);
      for (const [, data = "{}"] of text.matchAll(/event: session\ndata: (.*)\n/g)) {
        const { summary } = JSON.parse(data) as { summary: { status: string } };
        this.statuses.push([seconds, summary.status]);
      }
      this.bookmarks += text.split("event: bookmark").length - 1;
    }
  }
}

async function watchOf(sent: readonly (Sent | Sent["span"])[]): Promise<Watcher> {
  await world.deliver(sent);
  const watcher = new Watcher(TRACE);
  await watcher.untilBookmark();
  return watcher;
}

describe("a stream sends transitions of the status in silence", () => {
  test.each([
    [
      "without an open span",
      [aSpan(TRACE, 1)],
      [
        [0, "running"],
        [10, "finished"],
      ],
    ],
    [
      "after a failure",
      [aSpan(TRACE, 1, { status: { code: 2 } })],
      [
        [0, "running"],
        [10, "failed"],
      ],
    ],
    [
      "with a running span",
      [aSpan(TRACE, 1, {}, RUNNING)],
      [
        [0, "running"],
        [30, "idle"],
        [120, "stalled"],
      ],
    ],
    [
      "with a parent that never arrives",
      [aSpan(TRACE, 2, { parentSpanId: spanId(1) })],
      [
        [0, "running"],
        [30, "idle"],
        [600, "finished"],
      ],
    ],
  ] as const)("%s", async (_, spans, statuses) => {
    const watcher = await watchOf(spans);
    await watcher.pass(900);
    expect(watcher.statuses).toEqual(statuses);
    // One read only: the object may sleep.
    expect(watcher.reads).toBe(1);
    expect(watcher.bookmarks).toBe(statuses.length);
    await watcher.end();
  });

  test("with an input request, which lapses after a day", async () => {
    const inputRequest = aSpan(TRACE, 1, {}, { "a2a.task.state": "input-required", "output.value": "Which harbour?" });
    const watcher = await watchOf([inputRequest]);
    // A day in one step: the socket counts as lost, and the stream attaches and reads again.
    vi.setSystemTime(Date.now() + 86_380_000);
    await watcher.pass(40);
    expect([watcher.statuses[0], watcher.statuses.at(-1)]).toEqual([
      [0, "waiting"],
      [86_400, "finished"],
    ]);
    await watcher.end();
  });
});

// spec: LIVE-9
test("new data reverses a transition", async () => {
  const watcher = await watchOf([aSpan(TRACE, 1, {}, RUNNING)]);
  await watcher.pass(150);
  await world.deliver([aSpan(TRACE, 1)]);
  // Its bookmark follows after a second of this clock, whenever the data arrives.
  while (watcher.statuses.length < 4) await watcher.pass(1);
  await watcher.pass(20);
  expect(watcher.statuses.map(([, status]) => status)).toEqual(["running", "idle", "stalled", "running", "finished"]);
  await watcher.end();
});

// spec: LIVE-10
test("a session and the list agree on the status at any time", async () => {
  await world.deliver(someSpans(TRACE, 1, 1, { ...RUNNING, "session.id": "A" }));
  while ((await world.listed("all")).length === 0 || (await world.readSession("A")) === undefined)
    await scheduler.wait(1);
  const seen: unknown[] = [];
  for (const seconds of [0, 29, 1, 89, 1, 600]) {
    vi.setSystemTime(Date.now() + seconds * 1_000);
    const [row] = (await world.listed("all")) as unknown as { status: string }[];
    const counts = await world.request("/sessions?kind=all");
    const { counts: all } = await counts.json<{ counts: Record<string, number> }>();
    const { session } = (await world.readSession("A")) ?? {};
    const filtered = await world.request(`/sessions?kind=all&status=${session?.status}`);
    const { sessions } = await filtered.json<{ sessions: unknown[] }>();
    seen.push([session?.status, row?.status, all[session?.status ?? ""], sessions.length]);
  }
  expect(seen).toEqual([
    ["running", "running", 1, 1],
    ["running", "running", 1, 1],
    ["idle", "idle", 1, 1],
    ["idle", "idle", 1, 1],
    ["stalled", "stalled", 1, 1],
    ["stalled", "stalled", 1, 1],
  ]);
});
