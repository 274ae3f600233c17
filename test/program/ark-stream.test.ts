import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { randomFrom } from "../otlp/random.ts";
import { freePort } from "./free-port.ts";
import type { Program } from "./program.ts";
import { startProgram, temporaryDirectory } from "./program.ts";
import { eventually } from "./read-back.ts";

const KILLS = 6;
const WRITERS = 3;
const SPANS_PER_REQUEST = 5;
const REQUESTS = 40;

const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");

/** Three writers: a trace without a session, one with a session, and one whose third request names its session. */
function body(round: number, writer: number, request: number) {
  const traceId = hex(round * WRITERS + writer + 1, 32);
  const isNamed = writer === 1 || (writer === 2 && request === 2);
  const attributes = isNamed ? [{ key: "ark.session.id", value: { stringValue: `session-${writer}` } }] : [];
  const spans = Array.from({ length: SPANS_PER_REQUEST }, (_, index) => ({
    traceId,
    spanId: hex(request * SPANS_PER_REQUEST + index + 1, 16),
    name: "tool.write",
    kind: 1,
    startTimeUnixNano: "1700000000000000000",
    endTimeUnixNano: "1700000000000000500",
    attributes,
  }));
  return {
    keys: spans.map(({ spanId }) => `${traceId}:${spanId}`),
    text: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  };
}

/** Sends until the program is killed. Adds acknowledged spans to `acknowledged`, and counts requests. */
async function write(
  url: string,
  round: number,
  writer: number,
  acknowledged: Set<string>,
  count: () => void,
): Promise<void> {
  for (let request = 0; request < REQUESTS; request++) {
    const { keys, text } = body(round, writer, request);
    try {
      const headers = { "content-type": "application/json" };
      const response = await fetch(`${url}/v1/traces`, { method: "POST", headers, body: text });
      if (response.status !== 200 || (await response.text()) !== "{}") return;
    } catch {
      return;
    }
    for (const key of keys) acknowledged.add(key);
    count();
    await sleep(5);
  }
}

/** An Ark client that reconnects with the last received id, like an EventSource. */
class Client {
  readonly received: string[] = [];
  readonly ids: number[] = [];
  reconnects = 0;
  #last: string | undefined;
  #isOver = false;

  async follow(url: () => string, connected: () => void): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.#read(`${url()}/ark/traces?watch=true`, connected);
      } catch {
        // The program is down. It restarts.
      }
      this.reconnects++;
      await sleep(50);
    }
  }

  stop(): void {
    this.#isOver = true;
  }

  async #read(url: string, connected: () => void): Promise<void> {
    const headers: Record<string, string> = this.#last === undefined ? {} : { "last-event-id": this.#last };
    const response = await fetch(url, { headers });
    if (response.status !== 200 || response.body === null) throw new Error(`${response.status}`);
    const decoder = new TextDecoder();
    let text = "";
    for await (const piece of response.body) {
      if (this.#isOver) return;
      text += decoder.decode(piece, { stream: true });
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        this.#take(text.slice(0, end));
        text = text.slice(end + 2);
      }
      connected();
    }
  }

  #take(event: string): void {
    const id = /^id: (\d+)$/m.exec(event)?.[1];
    const data = /^data: (.*)$/m.exec(event)?.[1];
    if (id !== undefined) this.#last = id;
    if (data === undefined) return;
    const { traceId, spanId } = JSON.parse(data) as { traceId: string; spanId: string };
    this.received.push(`${traceId}:${spanId}`);
    this.ids.push(Number(id));
  }
}

test(`killed ${KILLS} times, a resumed stream of all spans has each acknowledged span once (SEED=${seed})`, async () => {
  const random = randomFrom(seed);
  const environment = { DATA_DIR: await temporaryDirectory(), PORT: String(await freePort()) };
  let program: Program = await startProgram(environment);
  const client = new Client();
  const following = new Promise<void>((connected) => {
    void client.follow(() => program.url, connected);
  });
  await following;

  const acknowledged = new Set<string>();
  for (let round = 0; round < KILLS; round++) {
    // Counted, not timed: the duration of a request depends on the load of the machine.
    let left = 2 + Math.floor(random() * (WRITERS * REQUESTS - 2));
    const reached = Promise.withResolvers<void>();
    const count = () => void (--left <= 0 && reached.resolve());
    const writers = Array.from({ length: WRITERS }, (_, writer) =>
      write(program.url, round, writer, acknowledged, count),
    );
    await Promise.race([reached.promise, Promise.all(writers)]);
    // A random moment within a request.
    await sleep(random() * 20);
    await program.kill();
    await Promise.all(writers);
    program = await startProgram(environment);
  }
  // After the last kill, alarms complete the pending copies.
  await eventually(async () => {
    const received = new Set(client.received);
    expect([...acknowledged].filter((key) => !received.has(key))).toEqual([]);
  }, 60);
  client.stop();
  expect(client.received.filter((key, at) => client.received.indexOf(key) !== at)).toEqual([]);
  expect(client.ids).toEqual(client.ids.toSorted((a, b) => a - b));
  expect(client.reconnects).toBeGreaterThanOrEqual(KILLS);
  expect(acknowledged.size).toBeGreaterThan(KILLS * SPANS_PER_REQUEST);
  console.log(
    `${acknowledged.size} spans acknowledged, ${client.received.length} received, ${client.reconnects} reconnects`,
  );
});
