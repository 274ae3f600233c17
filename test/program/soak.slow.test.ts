import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { HEAP_TRACE_FLAGS, HeapTrace } from "../bench/heap-trace.ts";
import { MEMORY_BYTES } from "../../src/durable/session/log-memory.ts";
import { startProgram, temporaryDirectory } from "./program.ts";
import type { Program } from "./program.ts";
import { descriptorsOf, megabytesOf, openSocket, runtimeOf } from "./sockets.ts";

/** `npm run soak` lasts 30. */
const MINUTES = Number(process.env["SOAK_MINUTES"] ?? 5);
/** From here on what the engine holds is flat. */
const WARM_MINUTES = Math.min(5, MINUTES / 2);
const WATCHERS = 200;
/** Of the watchers. */
const NEVER_READ = 50;
/** Logs in memory fill their share later on a slower machine. */
const LOG_MEGABYTES = MEMORY_BYTES / 1e6;
/** An isolate has 128 where it is deployed. */
const MOST_HELD_MEGABYTES = 115;
/** What the process takes at most, MB. Its garbage and its allocator level off at some 500 after twenty minutes only (docs/performance.md), so flat is asked of what the engine holds. */
const MOST_MEGABYTES = 800;
/** Between two rounds of exports, milliseconds: the load is bounded, and a faster machine does no more. */
const PAUSE = 250;
const EXPORTS_A_ROUND = 4;
/** A session gets so many exports before the next begins, and its watchers go on to that one. */
const EXPORTS_A_SESSION = 400;

type Sample = {
  readonly minute: number;
  /** Objects and buffers that the engine has left after a full collection, MB. */
  readonly held: number;
  /** Of the process, garbage included, MB. */
  readonly megabytes: number;
  readonly descriptors: number;
};

let exported = 0;
const sessionNow = () => `soak-${Math.floor(exported / EXPORTS_A_SESSION)}`;
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");

async function send({ url }: Program): Promise<void> {
  const n = exported++;
  const now = BigInt(Date.now()) * 1_000_000n;
  const spans = Array.from({ length: 10 }, (_, at) => ({
    traceId: hex(1 + Math.floor(n / 5), 32),
    spanId: hex(n * 10 + at + 1, 16),
    name: "step",
    startTimeUnixNano: String(now),
    endTimeUnixNano: String(now + 5_000_000n),
    attributes: [
      { key: "session.id", value: { stringValue: sessionNow() } },
      { key: "gen_ai.prompt", value: { stringValue: "What is the weather? ".repeat(50) } },
    ],
  }));
  const response = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  expect([response.status, await response.text()]).toEqual([200, "{}"]);
}

/** Follows the list, or whatever session is the present one, until the test ends. */
async function watch(program: Program, n: number, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const session = sessionNow();
    const socket = await openSocket(program);
    const path = n % 2 === 0 ? "/sessions" : `/sessions/${session}`;
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${program.port}\r\nAccept: text/event-stream\r\n\r\n`);
    if (n < NEVER_READ) socket.pause();
    else socket.resume();
    const isPresent = () => n % 2 === 0 || sessionNow() === session;
    while (!isOver() && !socket.destroyed && isPresent()) await sleep(1_000);
    socket.destroy();
  }
}

test.runIf(process.platform === "linux")(
  `what the engine holds and descriptors are flat after ${WARM_MINUTES} of ${MINUTES} minutes, with ${WATCHERS} watchers of which ${NEVER_READ} never read`,
  { timeout: (MINUTES + 5) * 60_000 },
  async () => {
    // Old sessions expire, so that the data does not grow either.
    const program = await startProgram({
      MINIFLARE_WORKERD_V8_FLAGS: HEAP_TRACE_FLAGS.join(" "),
      DATA_DIR: await temporaryDirectory(),
      MAX_TENANT_BYTES: "20MB",
    });
    const runtime = await runtimeOf(program);
    const heap = new HeapTrace();
    let read = 0;
    await send(program);
    let isDone = false;
    const watchers = Array.from({ length: WATCHERS }, async (_, n) => await watch(program, n, () => isDone));

    const samples: Sample[] = [];
    const began = Date.now();
    for (let minute = 0; minute < MINUTES;) {
      await Promise.all(Array.from({ length: EXPORTS_A_ROUND }, async () => await send(program)));
      await sleep(PAUSE);
      minute = (Date.now() - began) / 60_000;
      const sampled = samples.at(-1)?.minute ?? 0;
      if (minute - sampled < 0.25) continue;
      const printed = program.printed();
      heap.take(printed.slice(read));
      read = printed.length;
      if (heap.held === undefined) continue;
      const held = heap.held / 1_024;
      const [megabytes, descriptors] = [await megabytesOf(runtime), await descriptorsOf(runtime)];
      samples.push({ minute, held, megabytes, descriptors });
    }
    isDone = true;
    await Promise.all(watchers);

    const rows = samples.map(
      ({ minute, held, megabytes, descriptors }) =>
        `${minute.toFixed(1)} min, held ${held.toFixed(0)} MB, process ${megabytes.toFixed(0)} MB, ${descriptors} descriptors`,
    );
    console.log(`${exported} exports\n${rows.join("\n")}`);
    const [before, after] = [
      samples.filter(({ minute }) => minute <= WARM_MINUTES),
      samples.filter(({ minute }) => minute > WARM_MINUTES),
    ];
    expect(before.length).toBeGreaterThan(2);
    expect(after.length).toBeGreaterThan(2);
    const most = (of: readonly Sample[]) => Math.max(...of.map(({ held }) => held));
    expect(most(after)).toBeLessThan(most(before) * 1.1 + LOG_MEGABYTES);
    expect(most(samples)).toBeLessThan(MOST_HELD_MEGABYTES);
    expect(Math.max(...samples.map(({ megabytes }) => megabytes))).toBeLessThan(MOST_MEGABYTES);
    // Not the most: all watchers of a session go on to the next one at once, and for a moment have both sockets.
    const typical = (of: readonly Sample[]) =>
      of.map(({ descriptors }) => descriptors).toSorted((a, b) => a - b)[of.length >> 1];
    expect(typical(after)).toBeLessThan((typical(before) ?? 0) + 50);
  },
);
