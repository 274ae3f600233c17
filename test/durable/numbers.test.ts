import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, test } from "vitest";
import type { EndedSpan } from "../../src/session/numbers/ended-span.ts";
import type { NumbersAnswer } from "../../src/session/numbers/numbers-answer.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "../session/seeded-random.ts";
import { directory, moment, summaryOf } from "./reported.ts";
import { aSpan, at, spanId, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

beforeEach(world.freshWorld);

const TRACE = traceIdOf("numbers");

async function numbers(by = "operation"): Promise<NumbersAnswer> {
  const response = await world.request(`/metrics.json?by=${by}`);
  expect(response.status).toBe(200);
  return await response.json();
}

/** "<name> <count> <errors> <p50>/<p95>/<p99> s <input>+<output> $<cost>" of each group. */
async function lines(by: string): Promise<string[]> {
  const { groups } = await numbers(by);
  return groups.map(({ name, count, errors, p50 = "", p95 = "", p99 = "", tokens, cost }) => {
    const seconds = [p50, p95, p99].map((nanos) => Number(nanos) / 1e9).join("/");
    return `${name} ${count} ${errors} ${seconds} ${tokens.input}+${tokens.output} $${cost ?? 0}`;
  });
}

type Row = { readonly slot: number; readonly written: number; readonly spans: string };

async function rows(): Promise<Row[]> {
  return await runInDurableObject(directory(), (_, { storage }) =>
    storage.sql.exec<Row>("SELECT * FROM ended ORDER BY slot").toArray(),
  );
}

const tokensOf = (input: number, output: number) => ({
  "gen_ai.request.model": "acme-1",
  "gen_ai.usage.input_tokens": input,
  "gen_ai.usage.output_tokens": output,
  "gen_ai.usage.cost": { doubleValue: input / 100 },
});

/** A request of four seconds that calls a model of two seconds, and a tool that fails after one. */
const turn = (traceId: string, session: string) => [
  aSpan(
    traceId,
    1,
    { name: "POST", kind: 2, endTimeUnixNano: at(4) },
    { "http.request.method": "POST", "http.route": "/chat/:id", "session.id": session },
  ),
  aSpan(
    traceId,
    2,
    { name: "chat acme-1", kind: 3, parentSpanId: spanId(1), endTimeUnixNano: at(2) },
    { "gen_ai.operation.name": "chat", ...tokensOf(100, 20) },
  ),
  aSpan(
    traceId,
    3,
    { name: "execute_tool search", parentSpanId: spanId(1), status: { code: 2, message: "no answer" } },
    { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search" },
  ),
];

describe("the numbers of a tenant", () => {
  // spec: NUM-1
  test("are of the spans and turns of all sessions, by route, operation, model and tool", async () => {
    await world.deliver([...turn(TRACE, "one"), ...turn(traceIdOf("second"), "two")]);
    await world.rest([TRACE, traceIdOf("second"), "one", "two"]);
    expect(await lines("route")).toEqual(["POST /chat/:id 2 0 4/4/4 200+40 $2"]);
    expect(await lines("model")).toEqual(["acme-1 2 0 2/2/2 200+40 $2"]);
    expect(await lines("tool")).toEqual(["search 2 2 1/1/1 0+0 $0"]);
    expect(await lines("operation")).toEqual([
      "POST 2 0 4/4/4 0+0 $0",
      "chat acme-1 2 0 2/2/2 200+40 $2",
      "execute_tool search 2 2 1/1/1 0+0 $0",
    ]);
    const { limit, from, to, sessions, spans, turns, omitted } = await numbers();
    expect({ limit, from, to, all: sessions.all, omitted }).toEqual({
      limit: 1_000,
      from: at(1),
      to: at(4),
      all: 2,
      omitted: 0,
    });
    expect([spans.count, spans.errors, spans.p50, spans.cost]).toEqual([6, 2, "2000000000", 2]);
    expect([turns.count, turns.errors, turns.p99, turns.tokens.input]).toEqual([2, 0, "4000000000", 200]);
  });

  // spec: NUM-4
  test("count a span once: sent twice, reported again by an object that woke, and moved to another session", async () => {
    await world.deliver(turn(TRACE, "one"));
    await world.rest([TRACE, "one"]);
    const before = await numbers();
    await world.deliver(turn(TRACE, "one"));
    await world.evict("one");
    // A change that is none of its spans': the object reports all of them once more.
    await world.deliver([aSpan(TRACE, 9, { parentSpanId: spanId(1), endTimeUnixNano: "0" })]);
    await world.rest([TRACE, "one"]);
    expect((await numbers()).spans).toEqual(before.spans);
    expect((await rows()).flatMap(({ spans }) => JSON.parse(spans) as unknown[])).toHaveLength(3);
    // A better name moves the trace to another session, which reports its spans, too.
    await world.deliver([aSpan(TRACE, 4, { parentSpanId: spanId(1) }, { "ark.session.id": "three" })]);
    await world.rest([TRACE, "one", "three"]);
    expect((await numbers()).spans.count).toBe(4);
  });

  test("follow a span that changed after it was reported", async () => {
    const [root, ...others] = turn(TRACE, "one");
    await world.deliver(others);
    await world.rest([TRACE, "one"]);
    expect((await numbers()).turns.count).toBe(0);
    await world.deliver([root ?? aSpan(TRACE, 1)]);
    await world.rest([TRACE, "one"]);
    const { spans, turns } = await numbers();
    expect([spans.count, turns.count]).toEqual([3, 1]);
    await world.deliver([{ ...root, endTimeUnixNano: at(6) } as (typeof others)[number]]);
    await world.rest([TRACE, "one"]);
    expect([(await numbers()).spans.count, await lines("route")]).toEqual([3, ["POST /chat/:id 1 0 6/6/6 100+20 $1"]]);
  });

  // spec: NUM-5
  test("stay after an eviction of the directory, and keep no contents of a deleted session", async () => {
    await world.deliver([
      ...turn(TRACE, "one"),
      aSpan(TRACE, 5, { parentSpanId: spanId(1) }, { "input.value": "a secret", "session.id": "one" }),
    ]);
    await world.rest([TRACE, "one"]);
    const before = await numbers();
    await evictDurableObject(directory());
    expect(await numbers()).toEqual(before);
    await world.request("/sessions/one", { method: "DELETE" });
    await world.rest([TRACE, "one"]);
    await evictDurableObject(directory());
    const { sessions, ...rest } = await numbers();
    expect(sessions.all).toBe(0);
    expect(rest).toEqual({ ...before, sessions: undefined });
    const texts = (await rows()).map(({ spans }) => spans).join("");
    for (const text of ["a secret", "no answer", TRACE, spanId(1), '"one"']) expect(texts).not.toContain(text);
  });

  test("of nothing are zeros", async () => {
    const { from, spans, turns, groups } = await numbers("tool");
    expect([from, spans.count, spans.p50, turns.count, groups]).toEqual([undefined, 0, undefined, 0, []]);
  });

  test("refuse an unknown grouping by name", async () => {
    const response = await world.request("/metrics.json?by=user");
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { detail: "by must be route, operation, model or tool" },
    ]);
  });
});

/** An ended span of the number's second. */
const ended = (n: number, given: Partial<EndedSpan> = {}): EndedSpan => ({
  key: n.toString(16).padStart(16, "0"),
  end: moment(n) * 1_000,
  duration: n,
  failed: false,
  kind: "internal",
  name: `step ${n % 7}`,
  ...given,
});

let revision = 0;

async function report(id: string, spans: readonly EndedSpan[], generation = "1x"): Promise<void> {
  const given = { id, generation, revision: ++revision, summary: summaryOf({ id }), ended: spans };
  await directory().report(world.caller(), [given]);
}

/** Durations, which are the spans' numbers. */
const heldKeys = async (): Promise<string[]> => {
  const all = (await rows()).flatMap(({ spans }) => JSON.parse(spans) as EndedSpan[]);
  return all.map(({ key }) => key);
};

describe("the spans that the directory keeps", () => {
  // spec: NUM-2
  test("are the 1,000 that ended last, in at most 32 rows of 100", async () => {
    for (let from = 0; from < 3_000; from += 40)
      await report(
        `s-${from % 5}`,
        Array.from({ length: 40 }, (_, n) => ended(from + n)),
      );
    const before = await numbers();
    expect([before.spans.count, before.from, before.to]).toEqual([
      1_000,
      `${moment(2_000)}000000`,
      `${moment(2_999)}000000`,
    ]);
    const held = await rows();
    expect(held.length).toBeLessThanOrEqual(32);
    expect(Math.max(...held.map(({ spans }) => (JSON.parse(spans) as unknown[]).length))).toBeLessThanOrEqual(100);
    // One row for each report.
    expect(Math.max(...held.map(({ written }) => written))).toBe(75);
    await evictDurableObject(directory());
    expect(await numbers()).toEqual(before);
  });

  test("of one large report are kept in several rows", async () => {
    await report(
      "s",
      Array.from({ length: 1_000 }, (_, n) => ended(n, { name: "\u0001".repeat(256), tool: `${n}`.repeat(60) })),
    );
    expect((await numbers()).spans.count).toBe(1_000);
    expect(await rows()).toHaveLength(10);
  });

  test("that ended too early for it change no row", async () => {
    await report(
      "s",
      Array.from({ length: 1_000 }, (_, n) => ended(100 + n)),
    );
    const before = await rows();
    await report("s", [ended(1), ended(99)]);
    await report("other", [ended(100), ended(1_099)]);
    expect(await rows()).toEqual(before);
  });

  test("have a plausible clock: a day ahead is the most", async () => {
    const ahead = (millis: number) => ({ end: (Date.now() + millis) * 1_000 });
    await report("s", [ended(1, ahead(86_400_000)), ended(2, ahead(86_400_001))]);
    expect(await heldKeys()).toEqual([ended(1).key]);
  });

  test("come with reports that count only", async () => {
    await report("s", [ended(1)], "2x");
    await report("s", [ended(2)], "1x");
    await directory().remove(world.caller(), { id: "s", generation: "2x" }, "deleted");
    await report("s", [ended(3)], "2x");
    expect(await heldKeys()).toEqual([ended(1).key]);
  });

  // spec: NUM-3
  law("are the same for any order, cut and repetition of reports", seedsFrom(7400, 6), async (seed) => {
    const random = new Random(seed);
    await world.emptyWorld();
    const spans = Array.from({ length: 1_400 }, (_, n) =>
      ended(random.below(5_000) + 1, { key: random.hex(16), duration: n }),
    );
    const expected = spans.toSorted((a, b) => b.end - a.end || (a.key < b.key ? -1 : 1)).slice(0, 1_000);
    for (const part of random.cut(random.shuffle([...spans, ...random.shuffle(spans).slice(0, 300)]), 20)) {
      await report(random.pick(["a", "b", "c"]), part);
      if (random.chance(0.2)) await evictDurableObject(directory());
    }
    const {
      spans: all,
      from,
      p50,
    } = { ...(await numbers()), p50: expected.map(({ duration }) => duration).sort((a, b) => a - b)[499] };
    expect([all.count, from, all.p50]).toEqual([1_000, `${expected.at(-1)?.end}000`, String(p50)]);
  });
});
