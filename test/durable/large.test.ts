import { beforeEach, expect, test } from "vitest";
import { BODY_PART_BYTES, FACTS_PART_UNITS } from "../../src/durable/session/log/chunk.ts";
import { COPY_BATCH_BYTES } from "../../src/durable/session/limits.ts";
import type { Span } from "../../src/otel/span.ts";
import { Random } from "../session/seeded-random.ts";
import { Faults } from "./faults.ts";
import { aSpan, someSpans, spanId, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const TRACE = traceIdOf("trace");

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

/** Spans whose text does not compress well. */
function noisySpans(random: Random, count: number, units: number): Span[] {
  return Array.from({ length: count }, (_, n) =>
    aSpan(TRACE, n + 1, n === 0 ? {} : { parentSpanId: spanId(n) }, { noise: noise(random, units), "session.id": "A" }),
  );
}

function noise(random: Random, units: number): string {
  let text = "";
  while (text.length < units) text += String.fromCodePoint(0x21 + random.below(0x5d), 0x4e00 + random.below(0x5000));
  return text.slice(0, units);
}

async function exported(id: string): Promise<Span[]> {
  const response = await world.request(`/sessions/${id}/otlp`);
  return world.spansOf((await response.json<world.Snapshot>()).resourceSpans).map(({ span }) => span);
}

test("a delivery larger than a row is answered unchanged by owner and session, after an eviction", async () => {
  const spans = noisySpans(new Random(5001), 9_000, 60);
  await world.deliver(spans);
  const chunks = await world.rowsOf<{ bytes: number; facts: string; parts: number }>(TRACE, "chunk");
  const [largest] = chunks.toSorted((a, b) => b.bytes - a.bytes);
  expect(largest?.bytes).toBeGreaterThan(BODY_PART_BYTES);
  expect(largest?.facts.length).toBe(FACTS_PART_UNITS);
  expect(chunks.every(({ bytes, parts }) => parts >= Math.ceil(bytes / BODY_PART_BYTES))).toBe(true);
  await world.rest([TRACE, "A"]);
  for (const id of [TRACE, "A"]) await world.evict(id);
  expect(sorted(await exported("A"))).toEqual(sorted(spans));
  const trace = await world.readTrace(TRACE);
  expect(sorted(world.spansOf(trace?.resourceSpans ?? []).map(({ span }) => span))).toEqual(sorted(spans));
  expect((await world.readSession("A"))?.session).toMatchObject({ spans: 9_000, traces: 1 });
});

test("a copy is cut into calls by its size, facts included", async () => {
  const faults = await Faults.install();
  await world.emptyWorld();
  faults.follow(() => undefined);
  const prompted = { "gen_ai.operation.name": "invoke_agent", "input.value": "why ".repeat(40) };
  for (let n = 0; n < 4; n++)
    await world.deliver(someSpans(TRACE, n * 6_000 + 1, 6_000, n < 3 ? prompted : { ...prompted, "session.id": "A" }));
  await world.rest([TRACE, "A"]);
  faults.remove();
  const chunks = await world.rowsOf<{ bytes: number; parts: number }>("A", "chunk");
  expect(chunks.reduce((all, { bytes }) => all + bytes, 0)).toBeLessThan(COPY_BATCH_BYTES);
  // One call queries the head, and several carry chunks.
  expect(faults.steps.filter(({ method }) => method === "queryReplicas")).toHaveLength(1);
  expect(faults.steps.filter(({ method }) => method === "storeCopy").length).toBeGreaterThan(1);
  expect((await world.readSession("A"))?.session.spans).toBe(24_000);
});

test("values too large for a chunk are stored once, copied, read by their hash, and put back by the export", async () => {
  const random = new Random(5002);
  const text = noise(random, 400_000);
  const list = {
    arrayValue: { values: Array.from({ length: 500 }, (_, n) => ({ stringValue: noise(random, 40) + n })) },
  };
  const spans = [
    aSpan(TRACE, 1, {}, { "input.value": text, "output.value": "short" }),
    aSpan(TRACE, 2, { events: [{ name: "again", attributes: [{ key: "text", value: { stringValue: text } }] }] }),
    aSpan(TRACE, 3, {}, { list, "session.id": "A" }),
  ];
  for (const span of spans) await world.deliver([span]);
  await world.rest([TRACE, "A"]);
  for (const id of [TRACE, "A"]) {
    const rows = await world.rowsOf<{ hash: string }>(id, "value");
    expect(new Set(rows.map(({ hash }) => hash)).size, `values of ${id}`).toBe(2);
  }

  const session = await world.readSession("A");
  const answered = world.spansOf(session?.resourceSpans ?? []).map(({ span }) => span);
  const preview = answered.find((span) => span.spanId === spanId(1))?.attributes?.[0]?.value;
  expect(preview?.stringValue).toBe(text.slice(0, 512));
  const hash = preview?.offloaded?.hash ?? "";
  for (const id of ["A", TRACE]) {
    const value = await world.request(`/sessions/${id}/values/${hash}`);
    expect([value.status, value.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
    expect(await value.json()).toEqual({ stringValue: text });
  }
  const missing = await world.request(`/sessions/A/values/${"0".repeat(64)}`);
  expect([missing.status, missing.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
  expect(sorted(await exported("A"))).toEqual(sorted(spans));
  const hashes = (await world.rowsOf<{ hash: string }>("A", "value")).map((row) => row.hash);
  const sizes = await Promise.all(
    [1, 1_000_000].map(async (bytes) => (await world.calls("A").values(hashes, bytes)).length),
  );
  expect(sizes).toEqual([1, 2]);

  // The export can be posted back, and changes nothing.
  const before = session?.resourceVersion;
  const whole = await world.request("/sessions/A/otlp");
  const again = await world.post(new Uint8Array(await whole.arrayBuffer()));
  expect([again.status, await again.text()]).toEqual([200, "{}"]);
  await world.rest([TRACE, "A"]);
  expect((await world.readSession("A"))?.resourceVersion).toBe(before);
});

test("an export ends with an error if a value is lost: a preview must not stand for the whole", async () => {
  await world.deliver([aSpan(TRACE, 1, {}, { "input.value": noise(new Random(5004), 20_000) })]);
  await world.rest([TRACE]);
  await world.change(TRACE, "DELETE FROM value");
  const response = await world.request(`/sessions/${TRACE}/otlp`);
  await expect(response.text()).rejects.toThrow("a value is no longer in the log");
});

test("a value is deleted with the last trace that refers to it", async () => {
  const text = noise(new Random(5003), 20_000);
  const other = traceIdOf("other");
  await world.deliver([aSpan(TRACE, 1, {}, { "input.value": text, "session.id": "A" })]);
  await world.deliver([aSpan(other, 1, {}, { "input.value": text, "session.id": "A" })]);
  await world.rest([TRACE, other, "A"]);
  expect(await world.rowsOf("A", "value")).toHaveLength(1);
  await world.deliver([aSpan(TRACE, 2, {}, { "ark.session.id": "B" })]);
  await world.rest([TRACE, other, "A", "B"]);
  expect(await world.rowsOf("A", "value")).toHaveLength(1);
  await world.deliver([aSpan(other, 2, {}, { "ark.session.id": "B" })]);
  await world.rest([TRACE, other, "A", "B"]);
  expect(await world.rowsOf("A", "value")).toHaveLength(0);
  expect(await world.rowsOf("B", "value")).toHaveLength(1);
});

function sorted(spans: readonly Span[]): Span[] {
  return spans.toSorted((a, b) => (a.spanId < b.spanId ? -1 : 1));
}
