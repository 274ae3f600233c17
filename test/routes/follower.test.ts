import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Follower } from "../../src/routes/stream/follower.ts";
import type { Source, Received } from "../../src/routes/stream/follower.ts";
import { sse } from "../../src/lib/sse.ts";

/** A log of numbers with the sockets of its followers: the source of a stream. */
class Numbers implements Source {
  head = 0;
  readonly sockets: WebSocket[] = [];
  readonly pings: string[] = [];
  reads = 0;
  /** Bytes of events from messages. */
  received = 0;
  needsBookmark = false;
  answersPings = true;
  failures = { attach: 0, read: 0 };
  /** Numbers in one page; the log may be endless. */
  page = 100;
  #cursor = 0;

  async attach(): Promise<WebSocket> {
    if (this.failures.attach-- > 0) throw new Error("no object");
    const { 0: client, 1: server } = new WebSocketPair();
    server.accept();
    client.accept();
    server.addEventListener("message", ({ data }) => {
      this.pings.push(String(data));
      if (this.answersPings) server.send("pong");
    });
    this.sockets.push(server);
    return client;
  }

  async read() {
    this.reads++;
    if (this.failures.read-- > 0) throw new Error("no object");
    const to = Math.min(this.head, this.#cursor + this.page);
    const events: Uint8Array[] = [];
    while (this.#cursor < to) events.push(eventOf(++this.#cursor));
    const caughtUp = this.#cursor === this.head;
    if (caughtUp) events.push(sse("bookmark", {}));
    this.needsBookmark = !caughtUp;
    return { events, caughtUp, ended: false };
  }

  receive(message: string | ArrayBuffer): Received {
    const number = Number(message);
    if (number <= this.#cursor) return { kind: "ignored" };
    if (number !== this.#cursor + 1) return { kind: "behind" };
    this.#cursor = number;
    this.needsBookmark = true;
    const event = eventOf(number);
    this.received += event.length;
    return { kind: "event", event };
  }

  append(): void {
    this.head++;
    this.sockets.at(-1)?.send(String(this.head));
  }
}

function eventOf(number: number): Uint8Array {
  return sse("number", { number, padding: "x".repeat(1_000) });
}

/** A viewer's events as words: numbers, bookmarks, heartbeats. */
class Reader {
  readonly words: string[] = [];
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(source: Source, signal = new AbortController().signal) {
    this.#reader = new Follower(source).stream(signal).getReader();
  }

  /** Reads one piece of the stream; false at the end. */
  async next(): Promise<boolean> {
    const { value, done } = await this.#reader.read();
    if (done) return false;
    const text = new TextDecoder().decode(value);
    this.words.push(/"number":(\d+)/.exec(text)?.[1] ?? /event: (\w+)/.exec(text)?.[1] ?? text.trim());
    return true;
  }

  /** Reads up to the next occurrence of the word. */
  async until(word: string): Promise<void> {
    do {
      if (!(await this.next())) throw new Error(`ended: ${this.words.join(" ")}`);
    } while (this.words.at(-1) !== word);
  }

  async cancel(): Promise<void> {
    await this.#reader.cancel();
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
});
afterEach(() => vi.useRealTimers());

/** Lets sockets deliver their messages. */
async function deliver(): Promise<void> {
  for (let n = 0; n < 20; n++) await scheduler.wait(0);
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, n) => String(first + n));

// spec: STREAM-1
test("a viewer reads the log, a bookmark, and then live events", async () => {
  const source = new Numbers();
  source.head = 2;
  const reader = new Reader(source);
  await reader.until("bookmark");
  source.append();
  await reader.until("3");
  source.append();
  await reader.until("4");
  expect(reader.words).toEqual(["retry: 1000", "1", "2", "bookmark", "3", "4"]);
  const bookmark = reader.until("bookmark");
  await vi.advanceTimersByTimeAsync(1_000);
  await bookmark;
  await reader.cancel();
});

test("events share a timer, and the bookmark comes a second after the last one", async () => {
  const source = new Numbers();
  const reader = new Reader(source);
  await reader.until("bookmark");
  source.append();
  await reader.until("1");
  const timers = vi.spyOn(globalThis, "setTimeout");
  for (let n = 2; n <= 9; n++) {
    const next = reader.until(String(n));
    await vi.advanceTimersByTimeAsync(300);
    source.append();
    await next;
  }
  const bookmark = reader.until("bookmark");
  await vi.advanceTimersByTimeAsync(999);
  await deliver();
  expect(reader.words.at(-1)).toBe("9");
  await vi.advanceTimersByTimeAsync(1);
  await bookmark;
  // In 3.4 s: a timer that rang too early is followed by another.
  expect(timers.mock.calls.length).toBeLessThanOrEqual(5);
  timers.mockRestore();
  await reader.cancel();
  expect(vi.getTimerCount()).toBe(0);
});

// spec: STREAM-5
test("a silent stream has a heartbeat every 15 s", async () => {
  const source = new Numbers();
  const reader = new Reader(source);
  await reader.until("bookmark");
  for (let beat = 1; beat <= 4; beat++) {
    const next = reader.next();
    await vi.advanceTimersByTimeAsync(14_999);
    expect(reader.words.filter((word) => word === ": heartbeat")).toHaveLength(beat - 1);
    await vi.advanceTimersByTimeAsync(1);
    await next;
    expect(reader.words.filter((word) => word === ": heartbeat")).toHaveLength(beat);
    await deliver();
  }
  expect([source.sockets.length, source.reads, source.pings.slice(0, 3)]).toEqual([1, 1, ["ping", "ping", "ping"]]);
  await reader.cancel();
});

test("a stream attaches again after a missed pong, and resumes at its cursor", async () => {
  const source = new Numbers();
  source.head = 1;
  const reader = new Reader(source);
  await reader.until("bookmark");
  source.answersPings = false;
  source.head = 2;
  const found = reader.until("2");
  for (let second = 0; second < 50; second++) {
    await vi.advanceTimersByTimeAsync(1_000);
    await deliver();
  }
  await found;
  expect(source.sockets.length).toBe(2);
  expect(reader.words.filter((word) => word !== ": heartbeat")).toEqual(["retry: 1000", "1", "bookmark", "2"]);
  await reader.cancel();
});

test("a closed socket is replaced, and no event is missed", async () => {
  const source = new Numbers();
  const reader = new Reader(source);
  await reader.until("bookmark");
  for (let n = 1; n <= 5; n++) {
    source.sockets.at(-1)?.close(1000);
    source.head += 2;
    await deliver();
    await reader.until("bookmark");
  }
  expect(reader.words.filter((word) => /^\d+$/.test(word))).toEqual(upTo(10));
  expect(source.sockets).toHaveLength(6);
  await reader.cancel();
});

// spec: STREAM-8
test("a stream survives temporary faults of attaching and reading", async () => {
  const source = new Numbers();
  source.head = 3;
  source.failures = { attach: 3, read: 3 };
  const reader = new Reader(source);
  const read = reader.until("bookmark");
  for (let second = 0; second < 60; second++) {
    await vi.advanceTimersByTimeAsync(1_000);
    await deliver();
  }
  await read;
  expect(reader.words).toEqual(["retry: 1000", ...upTo(3), "bookmark"]);
  expect(source.reads).toBe(4);
  await reader.cancel();
});

test.each(["attach", "read"] as const)(
  "a stream with a permanent fault sends heartbeats, logs it, and ends: %s",
  async (operation) => {
    const warned = vi.spyOn(console, "warn").mockReturnValue();
    const source = new Numbers();
    source.failures[operation] = 1_000;
    const reader = new Reader(source);
    const read = (async () => {
      while (await reader.next());
      reader.words.push("end");
    })();
    let longest = 0;
    for (let second = 0, heard = 0, words = 0; second < 200 && reader.words.at(-1) !== "end"; second++) {
      await vi.advanceTimersByTimeAsync(1_000);
      await deliver();
      if (reader.words.length > words) heard = second;
      words = reader.words.length;
      longest = Math.max(longest, second - heard);
    }
    await read;
    expect(longest).toBeLessThanOrEqual(16);
    expect(reader.words.slice(0, 2)).toEqual(["retry: 1000", ": heartbeat"]);
    expect(1_000 - source.failures[operation]).toBe(10);
    expect(warned.mock.calls.map(([line]) => String(line))).toEqual([
      '{"event":"stream-failed","level":"warn","faults":1,"error":"Error: no object"}',
      '{"event":"stream-ended-by-faults","level":"warn","faults":10,"error":"Error: no object"}',
    ]);
    warned.mockRestore();
  },
);

/** Sets the clock back an hour; timers keep their time. */
const setBack = () => vi.setSystemTime(Date.now() - 3_600_000);

test("a temporary fault is retried soon after the clock is set back", async () => {
  const warned = vi.spyOn(console, "warn").mockReturnValue();
  const source = new Numbers();
  source.head = 3;
  source.failures = { attach: 1, read: 1 };
  const reader = new Reader(source);
  const read = reader.until("bookmark");
  await deliver();
  expect(warned).toHaveBeenCalledOnce();
  setBack();
  for (let second = 0; second < 20; second++) {
    await vi.advanceTimersByTimeAsync(1_000);
    await deliver();
  }
  await read;
  expect(reader.words.filter((word) => word !== ": heartbeat")).toEqual(["retry: 1000", ...upTo(3), "bookmark"]);
  await reader.cancel();
  warned.mockRestore();
});

test("a stream attaches again after a missed pong when the clock is set back", async () => {
  const source = new Numbers();
  const reader = new Reader(source);
  await reader.until("bookmark");
  source.answersPings = false;
  setBack();
  source.head = 1;
  const found = reader.until("1");
  for (let second = 0; second < 50; second++) {
    await vi.advanceTimersByTimeAsync(1_000);
    await deliver();
  }
  await found;
  expect(source.sockets.length).toBeGreaterThan(1);
  await reader.cancel();
});

test("a busy stream gets its bookmark when the clock is set back", async () => {
  const source = new Numbers();
  const reader = new Reader(source);
  await reader.until("bookmark");
  setBack();
  const found = (async () => {
    for (let pieces = 0; pieces < 60; pieces++) {
      await reader.next();
      if (reader.words.at(-1) === "bookmark") return pieces;
    }
    return undefined;
  })();
  for (let tenth = 0; tenth < 100; tenth++) {
    source.append();
    await deliver();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(await found).toBeLessThan(60);
  await reader.cancel();
});

// spec: STREAM-6
test("a viewer that stops reading costs one small buffer, and misses nothing", async () => {
  const source = new Numbers();
  const reader = new Reader(source);
  await reader.until("bookmark");
  for (let number = 1; number <= 3_000; number++) {
    source.append();
    if (number % 100 === 0) await deliver();
  }
  await deliver();
  expect(source.received).toBeGreaterThan(200_000);
  expect(source.received).toBeLessThan(300_000);
  expect(source.reads).toBe(1);
  await reader.until("3000");
  expect(reader.words.filter((word) => /^\d+$/.test(word))).toEqual(upTo(3_000));
  await reader.cancel();
});

// spec: STREAM-7
test("after 5,000 reads the stream ends, and the viewer resumes", async () => {
  const source = new Numbers();
  source.page = 1;
  source.head = 6_000;
  const reader = new Reader(source);
  while (await reader.next());
  expect(source.reads).toBe(5_000);
  expect(reader.words.at(-1)).toBe("5000");
});

test.each(["cancels", "is cut off"])("when the viewer %s, the socket closes", async (end) => {
  const source = new Numbers();
  const abort = new AbortController();
  const reader = new Reader(source, abort.signal);
  await reader.until("bookmark");
  const closed = new Promise((resolve) => source.sockets[0]?.addEventListener("close", resolve));
  if (end === "cancels") await reader.cancel();
  else abort.abort();
  await closed;
  expect(vi.getTimerCount()).toBe(0);
});
