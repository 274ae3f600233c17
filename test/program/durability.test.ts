import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { randomFrom } from "../otlp/random.ts";
import { type Program, startProgram, temporaryDirectory } from "./program.ts";
import { eventually, type Export, getJson, recordsOf, type SessionList, spansOf } from "./read-back.ts";

const WRITERS = 4;
/** Of the embedded runtime. */
const SHARDS = 4;
/** Maximum number of requests of a writer between two kills: the load is bounded. */
const REQUESTS = 60;
/** `items`: spans or log records of a request. Each kill comes after fewer acknowledged requests than `mostBefore`: most writers are then still active. */
const LOADS = [
  { during: "ingest", kills: 20, items: 20, mostBefore: 150, leastMoved: 0 },
  // A log moves at 2,000 items: after four requests of its writer.
  { during: "moves of logs to objects of their own", kills: 12, items: 500, mostBefore: 40, leastMoved: 6 },
];

const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");

/**
 * A request with unique spans, or with log records for every other pair of writers. Half of the writers name a session, so that
 * kills also hit copies between objects.
 */
function body(items: number, round: number, writer: number, request: number) {
  const traceId = hex(round * WRITERS + writer + 1, 32);
  const attributes = writer % 2 === 0 ? [] : [{ key: "session.id", value: { stringValue: sessionOf(round, writer) } }];
  if (writer % 4 >= 2) {
    const logRecords = Array.from({ length: items }, (_, index) => ({
      timeUnixNano: String(1_700_000_000_000_000_000n + BigInt(request)),
      body: { stringValue: hex(request * items + index + 1, 16) },
      attributes,
      // With a session name, log records need no trace.
      ...(attributes.length === 0 ? { traceId } : {}),
    }));
    return {
      path: "/v1/logs",
      ids: logRecords.map((record) => record.body.stringValue),
      text: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
    };
  }
  const spans = Array.from({ length: items }, (_, index) => ({
    traceId,
    spanId: hex(request * items + index + 1, 16),
    name: "tool.write",
    kind: 1,
    startTimeUnixNano: String(1_700_000_000_000_000_000n + BigInt(request)),
    endTimeUnixNano: String(1_700_000_000_000_000_500n + BigInt(request)),
    attributes,
  }));
  return {
    path: "/v1/traces",
    ids: spans.map((span) => span.spanId),
    text: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  };
}

const sessionOf = (round: number, writer: number) =>
  writer % 2 === 0 ? hex(round * WRITERS + writer + 1, 32) : `round-${round}-writer-${writer}`;

/** Sends until the program is killed. Adds acknowledged ids to `acknowledged`, and counts requests. */
async function write(
  program: Program,
  items: number,
  round: number,
  writer: number,
  acknowledged: Set<string>,
  count: () => void,
): Promise<void> {
  for (let request = 0; request < REQUESTS; request++) {
    const { path, ids, text } = body(items, round, writer, request);
    try {
      const response = await fetch(`${program.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: text,
      });
      const answer = (await response.json()) as { partialSuccess?: unknown };
      if (response.status !== 200 || answer.partialSuccess !== undefined) return;
    } catch {
      return;
    }
    for (const id of ids) acknowledged.add(id);
    count();
  }
}

// spec: MOVE-3
test.each(LOADS)(
  `killed $kills times during $during, the program has every acknowledged span and log record once (SEED=${seed})`,
  { timeout: 900_000 },
  async ({ kills, items, mostBefore, leastMoved }) => {
    const random = randomFrom(seed);
    const DATA_DIR = await temporaryDirectory();
    const acknowledged = new Map<string, Set<string>>();
    let interrupted = 0;

    let program = await startProgram({ DATA_DIR });
    for (let round = 0; round < kills; round++) {
      // Counted, not timed: the duration of a request depends on the load of the machine.
      let left = Math.floor(random() * mostBefore);
      const reached = Promise.withResolvers<void>();
      const writers = Array.from({ length: WRITERS }, (_, writer) => {
        const ids = new Set<string>();
        acknowledged.set(sessionOf(round, writer), ids);
        return write(program, items, round, writer, ids, () => --left <= 0 && reached.resolve());
      });
      await Promise.race([reached.promise, Promise.all(writers)]);
      // A random moment within a request.
      await sleep(random() * 20);
      await program.kill();
      await Promise.all(writers);
      for (let writer = 0; writer < WRITERS; writer++) {
        if ((acknowledged.get(sessionOf(round, writer))?.size ?? 0) < REQUESTS * items) interrupted++;
      }
      program = await startProgram({ DATA_DIR });
    }

    const current = program;
    for (const [session, ids] of acknowledged) {
      if (ids.size === 0) continue;
      // A trace reaches its session by a copy. After a fault an alarm completes it.
      await eventually(async () => {
        const exported = await getJson<Export>(current.url, `/sessions/${session}/otlp`);
        const found = [
          ...spansOf(exported).map((span) => span.spanId),
          ...recordsOf(exported).map((record) => record.body?.stringValue ?? ""),
        ];
        const once = new Set(found);
        const lost = [...ids].filter((id) => !once.has(id));
        const twice = found.filter((id, index) => found.length !== once.size && found.indexOf(id) !== index);
        expect({ session, lost, twice }).toEqual({ session, lost: [], twice: [] });
      });
    }
    const total = [...acknowledged.values()].reduce((sum, ids) => sum + ids.size, 0);
    console.log(
      `${total} spans and log records acknowledged across ${kills} kills; ${interrupted} of ${kills * WRITERS} writers interrupted`,
    );
    // The test is valid only if the kills hit ingest.
    expect(interrupted).toBeGreaterThan(kills);
    expect(total).toBeGreaterThan(kills * items);
    const files = await readdir(join(DATA_DIR, "do", "spanfold-SessionObject"));
    expect(files.filter((name) => name.endsWith(".sqlite")).length - SHARDS).toBeGreaterThanOrEqual(leastMoved);

    await eventually(async () => {
      const { sessions } = await getJson<SessionList>(current.url, "/sessions?kind=all&limit=500");
      const listed = new Set(sessions.map(({ id }) => id));
      const missing = [...acknowledged].filter(([id, ids]) => ids.size > 0 && !listed.has(id)).map(([id]) => id);
      expect(missing).toEqual([]);
    });
  },
);
