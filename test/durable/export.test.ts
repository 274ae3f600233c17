import { beforeEach, describe, expect, test } from "vitest";
import type { Span } from "../../src/otel/span.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "../session/seeded-random.ts";
import type { Attributes } from "./spans.ts";
import { aSpan, at, SESSION_KEYS, spanId, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const SEEDS = seedsFrom(7000, 12);
const TRACES = [traceIdOf("one"), traceIdOf("two")];
const NAMES = ["A", "B", "C"];
const IDS = [...TRACES, ...NAMES];

beforeEach(world.freshWorld);

/** Running spans name their session, once or twice. Few of their ended versions name it, or they name another. */
function generateReports(random: Random): Span[] {
  const name = (): Attributes => ({ [SESSION_KEYS[random.pick([1, 2, 3] as const)]]: random.pick(NAMES) });
  const sent = TRACES.flatMap((traceId) =>
    Array.from({ length: 1 + random.below(4) }, (_, n) => {
      const fields = n === 0 ? {} : { parentSpanId: spanId(1) };
      const reports = Array.from({ length: random.below(3) }, () => {
        const running = { ...name(), "acme.span.pending": { boolValue: true } };
        return aSpan(traceId, n + 1, { ...fields, endTimeUnixNano: at(random.below(60)) }, running);
      });
      return [...reports, aSpan(traceId, n + 1, fields, random.chance(0.2) ? name() : {})];
    }).flat(),
  );
  return random.shuffle(sent);
}

async function deliverInParts(random: Random, sent: readonly Span[]): Promise<void> {
  for (let first = 0; first < sent.length;) {
    const count = 1 + random.below(3);
    await world.deliver(sent.slice(first, first + count));
    first += count;
  }
  await world.rest(IDS);
}

async function exported(id: string): Promise<string> {
  const response = await world.request(`/sessions/${id}/otlp`);
  if (response.status !== 200) throw new Error(`${id}: ${response.status}`);
  return await response.text();
}

function spansIn(text: string): string[] {
  const { resourceSpans } = JSON.parse(text) as Pick<world.Snapshot, "resourceSpans">;
  return world.spansOf(resourceSpans).map(world.textOf).toSorted();
}

async function exportAll(): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const id of Object.keys(await world.readoutsOf(IDS))) all[id] = await exported(id);
  return all;
}

const contentsOf = (exports: Record<string, string>) =>
  Object.fromEntries(Object.entries(exports).map(([id, text]) => [id, spansIn(text)]));

async function forgetAndImport(exports: Record<string, string>): Promise<void> {
  for (const id of Object.keys(exports)) await world.request(`/sessions/${id}`, { method: "DELETE" });
  await world.rest(IDS);
  expect(await world.readoutsOf(IDS)).toEqual({});
  await importAll(exports);
}

async function importAll(exports: Record<string, string>): Promise<void> {
  for (const text of Object.values(exports)) {
    world.pass(1);
    const response = await world.request("/import", { method: "POST", body: text });
    expect([response.status, await response.json()]).toMatchObject([200, {}]);
  }
  await world.rest(IDS);
}

async function versionsOfAll(): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const id of Object.keys(await world.readoutsOf(IDS))) {
    const response = await world.request(`/sessions/${id}`, { headers: { accept: "application/json" } });
    const { resourceVersion }: world.Snapshot = await response.json();
    all[id] = resourceVersion;
  }
  return all;
}

/** The values of an attribute on the resources of an export; of an array, its texts. */
function resourceValues(text: string, wanted: string): unknown[] {
  const { resourceSpans } = JSON.parse(text) as Pick<world.Snapshot, "resourceSpans">;
  return resourceSpans.flatMap(({ resource }) =>
    (resource?.attributes ?? [])
      .filter(({ key }) => key === wanted)
      .map(({ value }) => value?.stringValue ?? value?.arrayValue?.values?.map(({ stringValue }) => stringValue)),
  );
}

describe("an export", () => {
  // spec: BIND-14
  law("returns each trace to its session, with its other names, whichever span named it", SEEDS, async (seed) => {
    await world.freshWorld();
    const random = new Random(seed);
    await deliverInParts(random, generateReports(random));
    const readouts = await world.readoutsOf(IDS);
    const before = await exportAll();
    const versions = await versionsOfAll();
    await importAll(before);
    expect(await versionsOfAll()).toEqual(versions);
    await forgetAndImport(before);
    expect(await world.readoutsOf(IDS)).toEqual(readouts);
    const after = await exportAll();
    expect(contentsOf(after)).toEqual(contentsOf(before));
    await importAll(after);
    expect(contentsOf(await exportAll())).toEqual(contentsOf(before));
    expect(await world.readoutsOf(IDS)).toEqual(readouts);
  });

  const report = (n: number, attributes: Attributes) =>
    aSpan(TRACES[0] ?? "", n, {}, { ...attributes, "acme.span.pending": { boolValue: true } });

  test("has the session that only a superseded version names, as an attribute, without that version", async () => {
    await world.deliver([report(1, { "session.id": "A" })]);
    await world.deliver([report(1, { "session.id": "A", note: "newer" })]);
    await world.deliver([aSpan(TRACES[0] ?? "", 1)]);
    await world.rest(IDS);
    const text = await exported("A");
    expect(spansIn(text)).toHaveLength(1);
    expect(resourceValues(text, "spanfold.session.id")).toEqual(["A"]);
    expect((await world.readoutOf("A"))?.spans).toHaveLength(1);
  });

  test("states the session once, also after an import", async () => {
    await world.deliver([report(1, { "session.id": "A" }), report(1, { "gen_ai.conversation.id": "B" })]);
    await world.deliver([aSpan(TRACES[0] ?? "", 1)]);
    await world.rest(IDS);
    const before = await exportAll();
    expect(resourceValues(before.A ?? "", "spanfold.session.claims")).toEqual([
      [expect.stringMatching(/^2.*A$/), expect.stringMatching(/^3.*B$/)],
    ]);
    await forgetAndImport(before);
    expect(await exportAll()).toEqual(before);
  });

  test("of an earlier state does not move the trace back to its earlier session", async () => {
    await world.deliver([aSpan(TRACES[0] ?? "", 1, {}, { "session.id": "A" })]);
    await world.rest(IDS);
    const before = await exportAll();
    await world.deliver([report(2, { "ark.session.id": "B" })]);
    await world.rest(IDS);
    const readouts = await world.readoutsOf(IDS);
    const versions = await versionsOfAll();
    expect(readouts).toHaveProperty("B");
    await importAll(before);
    expect(await world.readoutsOf(IDS)).toEqual(readouts);
    expect(await versionsOfAll()).toEqual(versions);
  });

  // spec: BIND-15
  test("can be edited: the session on a resource without weights outranks all names", async () => {
    await world.deliver([aSpan(TRACES[0] ?? "", 1, {}, { "ark.session.id": "A" })]);
    await world.rest(IDS);
    const edited = JSON.parse(await exported("A")) as Pick<world.Snapshot, "resourceSpans">;
    const attributes = [{ key: "spanfold.session.id", value: { stringValue: "C" } }];
    const moved = edited.resourceSpans.map((group) => ({ ...group, resource: { attributes } }));
    await importAll({ A: JSON.stringify({ resourceSpans: moved }) });
    expect(Object.keys(await world.readoutsOf(IDS))).toEqual(["C"]);
  });

  test("omits a running version whose ended version has the same name", async () => {
    await world.deliver([report(1, { "session.id": "A" }), report(2, { "session.id": "A" })]);
    await world.deliver([1, 2].map((n) => aSpan(TRACES[0] ?? "", n, {}, { "session.id": "A" })));
    await world.rest(IDS);
    expect(spansIn(await exported("A"))).toHaveLength(2);
  });
});
