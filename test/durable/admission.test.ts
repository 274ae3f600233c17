import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SESSION_SPANS, SESSION_TRACES } from "../../src/durable/session/limits.ts";
import { DEFAULT_RETENTION } from "../../src/session/contract/retention.ts";
import type { Bindings } from "../../src/config.ts";
import { deliver as deliverGroups } from "../../src/routes/receive/deliver.ts";
import type { Delivery } from "../../src/facts/delivery.ts";
import { FACTS_VERSION } from "../../src/facts/codec/layout.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "../session/seeded-random.ts";
import { deliveryOf, groupsOf } from "./deliveries.ts";
import { Faults } from "./faults.ts";
import { generateSession, sentSpans } from "./generated-session.ts";
import { aSpan, at, exportOf, someSpans, traceIdOf } from "./spans.ts";
import { Viewer } from "./viewer.ts";
import * as world from "./world.ts";
import type { ShardCall } from "../../src/place.ts";

const TRACE = traceIdOf("trace");
const OTHER = traceIdOf("other");

beforeEach(world.freshWorld);

/** Names of the spans in a session's snapshot. */
async function namesIn(id: string): Promise<string[]> {
  const session = await world.readSession(id);
  return world
    .spansOf(session?.resourceSpans ?? [])
    .map(({ span }) => span.name ?? "")
    .toSorted();
}

async function exported(id: string): Promise<string[]> {
  const response = await world.request(`/sessions/${id}/otlp`);
  const { resourceSpans } = await response.json<world.Snapshot>();
  return world
    .spansOf(resourceSpans)
    .map(({ span }) => span.name ?? "")
    .toSorted();
}

describe("a delivery of known spans", () => {
  // spec: ID-10
  test("of all its spans changes nothing", async () => {
    const delivery = deliveryOf(someSpans(TRACE, 1, 2));
    expect(await world.append(delivery)).toEqual({ outcome: "appended" });
    const before = await world.rowsOf(TRACE, "chunk");
    expect(await world.append(delivery)).toEqual({ outcome: "known" });
    expect(await world.rowsOf(TRACE, "chunk")).toEqual(before);
  });

  // spec: ID-12
  test("of some of its spans stores nothing and names them, so that the Worker sends the rest", async () => {
    await world.deliver(someSpans(TRACE, 2, 2));
    const before = await world.rowsOf(TRACE, "chunk");
    expect(await world.append(deliveryOf(someSpans(TRACE, 1, 4)))).toEqual({
      outcome: "partly-known",
      known: [1, 2],
    });
    expect(await world.rowsOf(TRACE, "chunk")).toEqual(before);

    await world.deliver(someSpans(TRACE, 1, 4));
    expect(await namesIn(TRACE)).toEqual(["span 1", "span 2", "span 3", "span 4"]);
    const receipts = (await world.rowsOf<{ receipt: string }>(TRACE, "chunk")).map(({ receipt }) => receipt);
    expect(receipts.map((receipt) => (JSON.parse(receipt) as { spans: number }).spans)).toEqual([2, 2]);
  });
});

test("spans that others deliver between the answer and the next try are left out too", async () => {
  const overtaking = [someSpans(TRACE, 1, 1), someSpans(TRACE, 4, 1), someSpans(TRACE, 2, 2)];
  const outcomes: string[] = [];
  const overtaken = {
    append: async (_: ShardCall, [delivery]: readonly [Delivery]) => {
      const first = overtaking.shift();
      if (first !== undefined) await world.append(deliveryOf(first));
      const outcome = await world.append(delivery);
      outcomes.push(`${outcome?.outcome} of ${delivery.spans}`);
      return [outcome];
    },
  };
  const bindings = { SESSIONS: { getByName: () => overtaken } } as unknown as Bindings;
  expect(await deliverGroups(bindings, "default", groupsOf(someSpans(TRACE, 1, 6)))).toEqual({
    rejected: 0,
    retry: false,
  });
  expect(outcomes).toEqual(["partly-known of 6", "partly-known of 5", "partly-known of 4", "appended of 2"]);
  expect(await namesIn(TRACE)).toEqual(["span 1", "span 2", "span 3", "span 4", "span 5", "span 6"]);
});

describe("of two versions of one span", () => {
  const running = aSpan(TRACE, 1, { name: "running", endTimeUnixNano: "0" });
  const ended = aSpan(TRACE, 1, { name: "ended", endTimeUnixNano: at(2) });
  const longer = aSpan(TRACE, 1, { name: "ended later", endTimeUnixNano: at(3) });

  // spec: ID-15
  test.each([
    [
      [running, ended, longer],
      [1, 2, 3],
    ],
    [[longer, ended, running], [1]],
    [
      [ended, running, longer],
      [1, 2],
    ],
  ])("the better one is answered and exported, in any order %#", async (order, revisions) => {
    for (const span of order) await world.deliver([span, ...(span === order[0] ? [aSpan(TRACE, 2)] : [])]);
    expect(await namesIn(TRACE)).toEqual(["ended later", "span 2"]);
    expect(await exported(TRACE)).toEqual(["ended later", "span 2"]);
    const chunks = await world.rowsOf<{ revision: number }>(TRACE, "chunk");
    expect(chunks.map(({ revision }) => revision)).toEqual(revisions);
    await world.evict(TRACE);
    expect(await namesIn(TRACE)).toEqual(["ended later", "span 2"]);
  });

  test("a superseded one still names the session, in an export by an attribute, and is not answered", async () => {
    await world.deliver([ended]);
    await world.deliver([aSpan(TRACE, 1, { name: "running", endTimeUnixNano: "0" }, { "session.id": "A" })]);
    await world.rest([TRACE, "A"]);
    expect(await namesIn("A")).toEqual(["ended"]);
    expect(await exported("A")).toEqual(["ended"]);
    const text = await (await world.request("/sessions/A/otlp")).text();
    expect(text).toContain('{"key":"spanfold.session.id","value":{"stringValue":"A"}}');
  });

  // spec: ID-1
  test("a span of another kind under the same id is a second span", async () => {
    await world.deliver([aSpan(TRACE, 1, { name: "client", kind: 3 })]);
    await world.deliver([aSpan(TRACE, 1, { name: "server", kind: 2 })]);
    expect(await namesIn(TRACE)).toEqual(["client", "server"]);
  });
});

describe("a fault of our storage or of our program", () => {
  let faults: Faults;
  beforeEach(async () => {
    faults = await Faults.install();
    vi.spyOn(console, "warn").mockReturnValue();
  });
  afterEach(() => faults.remove());

  // spec: ID-11
  test.each(["it fails", "it is undone", "its object dies after it"] as const)(
    "in a transaction (%s): 503 with Retry-After, each trace whole or absent, and the retry completes it",
    async (strike) => {
      await world.emptyWorld();
      const body = exportOf([...someSpans(TRACE, 1, 3), ...someSpans(OTHER, 1, 3)]);
      faults.follow((step, number) => (step.kind === "transaction" && number <= 3 ? strike : undefined));
      const response = await world.post(body);
      expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
      faults.end();
      for (const id of [TRACE, OTHER]) expect([0, 3]).toContain((await namesIn(id)).length);

      const again = await world.post(body);
      expect([again.status, await again.text()]).toEqual([200, "{}"]);
      for (const id of [TRACE, OTHER]) expect(await namesIn(id)).toEqual(["span 1", "span 2", "span 3"]);
    },
  );

  test.each(["it is not sent", "its answer is lost"] as const)(
    "in a call (%s): 503 with Retry-After, and the retry completes it",
    async (strike) => {
      const body = exportOf([...someSpans(TRACE, 1, 3), ...someSpans(OTHER, 1, 3)]);
      faults.follow((step) => (step.method === "append" && step.object.endsWith(OTHER) ? strike : undefined));
      const response = await world.post(body);
      expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(await response.json()).toEqual({
        code: 14,
        message: "part of the export could not be stored; send it again",
      });
      faults.end();
      const again = await world.post(body);
      expect([again.status, await again.text()]).toEqual([200, "{}"]);
      for (const id of [TRACE, OTHER]) expect(await namesIn(id)).toEqual(["span 1", "span 2", "span 3"]);
    },
  );

  law("after any fault an object's memory equals the fold of its rows", seedsFrom(6001, 6), async (seed) => {
    await world.freshWorld();
    const random = new Random(seed);
    const { sent, ids } = generateSession(random, { traces: 2, spansOfATrace: 10, naming: 0.3 });
    faults.follow(() => (random.chance(0.2) ? random.pick(["it fails", "it is undone"]) : undefined));
    for (const delivery of random.cut(sent, 3)) {
      const records = delivery.filter((item) => "record" in item);
      await world.post(exportOf(sentSpans(delivery)));
      if (records.length > 0) await world.postLogs(records);
      await faults.quiet();
    }
    faults.end();
    const remembered = await world.readoutsOf(ids);
    for (const id of ids) await world.evict(id);
    expect(await world.readoutsOf(ids)).toEqual(remembered);
  });

  test("unreadable facts are answered with a reference, which the log has too", async () => {
    const delivery = { ...deliveryOf(someSpans(TRACE, 1, 1)), facts: `[${FACTS_VERSION},"0",[],["no span"]]` };
    const log = vi.spyOn(console, "error").mockReturnValue();
    const outcome = await world.append(delivery);
    expect(outcome).toEqual({ outcome: "fault", reference: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(log.mock.calls.join()).toContain((outcome as { reference: string }).reference);
    expect(await world.rowsOf(TRACE, "chunk")).toEqual([]);
  });

  test("facts of a Worker of another version are a temporary fault", async () => {
    const delivery = { ...deliveryOf(someSpans(TRACE, 1, 1)), facts: `[${FACTS_VERSION + 1},"0",[]]` };
    expect(await world.append(delivery)).toEqual({
      outcome: "failed",
      reason: expect.stringContaining("different versions; try again"),
    });
  });
});

test("facts of an older version are derived again from the bytes, once", async () => {
  await world.deliver(someSpans(TRACE, 1, 3, { "gen_ai.request.model": "small" }));
  const expected = await world.readoutOf(TRACE);
  const [before] = await world.rowsOf<{ facts: string }>(TRACE, "chunk");
  await world.change(TRACE, "UPDATE chunk SET facts = '[0,\"an older form\"]'");
  expect(await world.readoutOf(TRACE)).toEqual(expected);
  const [after] = await world.rowsOf<{ facts: string }>(TRACE, "chunk");
  expect(after?.facts).toBe(before?.facts);
});

const { sessionBytes: SESSION_BYTES } = DEFAULT_RETENTION;

describe("the maximum size of a session", () => {
  // spec: RET-13
  test(`is ${SESSION_SPANS} spans; one more is rejected with the reason`, async () => {
    const most = 20_000;
    for (let first = 1; first <= SESSION_SPANS; first += most)
      await world.deliver(someSpans(TRACE, first, Math.min(most, SESSION_SPANS - first + 1)));
    const response = await world.post(exportOf([aSpan(TRACE, SESSION_SPANS + 1)]));
    expect([response.status, await response.json()]).toEqual([
      200,
      {
        partialSuccess: {
          rejectedSpans: "1",
          errorMessage: `trace ${TRACE}: the session would hold more than ${SESSION_SPANS} spans and log records, its ceiling`,
        },
      },
    ]);
    expect((await world.listed("all")).map(({ id }) => id)).toEqual([TRACE]);

    // A trace that a full session refuses stays its own session, and its summary names the full one.
    await world.deliver(someSpans(OTHER, 1, 2));
    const viewer = new Viewer(OTHER);
    await viewer.connect();
    await world.deliver([aSpan(OTHER, 3, {}, { "session.id": TRACE })]);
    await world.rest([TRACE, OTHER]);
    const session = await world.readSession(OTHER);
    expect([session?.session.belongsTo, session?.session.spans, await namesIn(OTHER)]).toEqual([
      TRACE,
      3,
      ["span 1", "span 2", "span 3"],
    ]);
    expect((await world.readSession(TRACE))?.session.spans).toBe(SESSION_SPANS);
    expect((await world.listed("all")).map(({ id }) => id).toSorted()).toEqual([TRACE, OTHER].toSorted());
    await viewer.disconnect();
    await viewer.connect();
    await viewer.readUntil(({ event }) => event.type === "bookmark");
    expect(viewer.view.summary()).toMatchObject({ spans: 3, belongsTo: TRACE });
    await viewer.disconnect();
    await world.deliver([aSpan(OTHER, 4)]);
    expect(await namesIn(OTHER)).toHaveLength(4);
  });

  test(`is ${SESSION_BYTES} bytes`, async () => {
    await world.deliver(someSpans(TRACE, 1, 1));
    // Stands for a chunk of this size: the log counts by this column.
    const next = deliveryOf([aSpan(TRACE, 2)]);
    const room = SESSION_BYTES - next.body.length;
    await world.change(TRACE, "UPDATE chunk SET bytes = ?", room + 1);
    expect(await world.append(next)).toEqual({
      outcome: "full",
      reason: `the session would hold more than ${SESSION_BYTES} bytes, its ceiling`,
    });
    await world.change(TRACE, "UPDATE chunk SET bytes = ?", room);
    expect(await world.append(next)).toEqual({ outcome: "appended" });
  });

  // spec: BIND-12
  test(`is ${SESSION_TRACES} traces; the next stays its own session`, async () => {
    await world.deliver(someSpans(TRACE, 1, 1, { "session.id": "A" }));
    await world.rest([TRACE, "A"]);
    const copied = await world.copies("A", SESSION_TRACES - 1);
    expect(new Set(copied)).toEqual(new Set(["stored"]));
    await world.deliver(someSpans(OTHER, 1, 1, { "session.id": "A" }));
    await world.rest([OTHER, "A"]);
    expect((await world.readSession(OTHER))?.session).toMatchObject({ spans: 1, belongsTo: "A" });
    expect((await world.readSession("A"))?.session.traces).toBe(SESSION_TRACES);
  });
});
