import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readExportCursor } from "../../src/api/export-parameters.ts";
import type { ExportCursor } from "../../src/api/export-parameters.ts";
import { SessionObject } from "../../src/durable/session/object.ts";
import { directoryOf } from "../../src/place.ts";
import { TenantExport } from "../../src/routes/read/tenant-export.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "../session/seeded-random.ts";
import { generateSession } from "./generated-session.ts";
import type { Generated } from "./generated-session.ts";
import { aSpan, someSpans, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const SEEDS = seedsFrom(9100, 6);
/** How many shards the data has, and how many the program that it is imported into. */
const MOVES = [
  [2, 16],
  [16, 1],
  [1, 2],
] as const;

beforeEach(world.freshWorld);
afterEach(() => {
  world.divide();
  vi.restoreAllMocks();
});

type Line = {
  readonly spanfold: {
    readonly cursor?: string;
    readonly next?: string;
    readonly complete?: boolean;
    readonly since?: string;
    readonly deleted?: string;
  };
  readonly resourceSpans?: world.Snapshot["resourceSpans"];
  readonly resourceLogs?: world.Snapshot["resourceLogs"];
};

/** The text of an export. Without `complete` it was cut off. */
async function exportText(query = ""): Promise<string> {
  const response = await world.request(`/export${query}`);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/x-ndjson"]);
  return new TextDecoder().decode(await response.arrayBuffer());
}

const linesIn = (text: string): Line[] =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

/** Ids of the traces in an export, each once, in order. */
const tracesIn = (lines: readonly Line[]): string[] => [
  ...new Set(lines.flatMap(({ resourceSpans = [] }) => world.spansOf(resourceSpans).map(({ span }) => span.traceId))),
];

const isComplete = (lines: readonly Line[]) => lines.at(-1)?.spanfold.complete === true;

async function importText(text: string): Promise<void> {
  world.pass(1);
  const response = await world.request("/import", { method: "POST", body: text });
  expect([response.status, await response.json()]).toMatchObject([200, {}]);
}

async function deliverInParts(random: Random, { sent }: Generated): Promise<void> {
  for (let first = 0; first < sent.length;) {
    const count = 1 + random.below(7);
    await world.deliver(sent.slice(first, first + count));
    first += count;
  }
}

/** A world without any session, of so many shards. */
async function emptyWorldOf(shards: number): Promise<void> {
  world.divide(shards);
  await world.freshWorld();
}

describe("GET /export", () => {
  // spec: EXP-1, EXP-2
  law("gives equal sessions where it is imported, whatever the number of shards", SEEDS, async (seed) => {
    const random = new Random(seed);
    const [from, to] = random.pick(MOVES);
    await emptyWorldOf(from);
    const generated = [generateSession(random), generateSession(random)];
    for (const one of generated) await deliverInParts(random, one);
    const ids = generated.flatMap((one) => one.ids);
    await world.rest(ids);
    const readouts = await world.readoutsOf(ids);
    const text = await exportText();
    expect(isComplete(linesIn(text))).toBe(true);
    // Cut off at any byte, and gone on with.
    const cut = text.slice(0, random.below(text.length));
    const whole = cut.slice(0, cut.lastIndexOf("\n") + 1);
    const cursor = linesIn(whole).at(-1)?.spanfold.cursor;
    const rest = await exportText(cursor === undefined ? "" : `?from=${cursor}`);
    expect(isComplete(linesIn(whole))).toBe(false);
    expect(isComplete(linesIn(rest))).toBe(true);
    for (const file of [text, whole + rest]) {
      await emptyWorldOf(to);
      await importText(file);
      await world.rest(ids);
      expect(await world.readoutsOf(ids)).toEqual(readouts);
    }
  });
});

describe("an export", () => {
  const TRACES = Array.from({ length: 9 }, (_, n) => traceIdOf(`trace ${n}`));

  async function someTraces(): Promise<void> {
    for (const traceId of TRACES) await world.deliver(someSpans(traceId, 1, 2));
    await world.rest(TRACES);
  }

  // spec: EXP-3
  test("goes on after any of its lines, while sessions come and go", async () => {
    world.divide(2);
    await someTraces();
    const lines = linesIn(await exportText());
    expect(tracesIn(lines).toSorted()).toEqual(TRACES.toSorted());
    const third = lines.filter(({ spanfold }) => spanfold.cursor !== undefined)[3];
    const order = tracesIn(lines);
    const [first = "", , , , gone = ""] = order;
    await world.request(`/sessions/${gone}`, { method: "DELETE" });
    await world.request(`/sessions/${first}`, { method: "DELETE" });
    const added = traceIdOf("added");
    await world.deliver(someSpans(added, 1, 2));
    await world.rest([...TRACES, added]);
    const rest = linesIn(await exportText(`?from=${third?.spanfold.cursor}`));
    expect(isComplete(rest)).toBe(true);
    const found = tracesIn(rest);
    expect(found.filter((traceId) => traceId !== added)).toEqual(order.slice(5));
  });

  test("has the deliveries of a large trace in several lines, and goes on within it", async () => {
    const [traceId = ""] = TRACES;
    const large = (n: number) => aSpan(traceId, n, {}, { note: "x".repeat(8_000) });
    const many = Array.from({ length: 600 }, (_, n) => large(n + 1));
    for (let first = 0; first < many.length; first += 100) await world.deliver(many.slice(first, first + 100));
    const lines = linesIn(await exportText());
    const parts = lines.filter(({ resourceSpans = [] }) => resourceSpans.length > 0);
    expect(parts.length).toBeGreaterThan(2);
    const rest = linesIn(await exportText(`?from=${parts[0]?.spanfold.cursor}`));
    const spansOf = (some: readonly Line[]) => some.flatMap(({ resourceSpans = [] }) => world.spansOf(resourceSpans));
    expect(spansOf(rest)).toEqual(spansOf(parts.slice(1)));
    expect(spansOf(parts)).toHaveLength(600);
    // Its log began anew since: the trace is read from its beginning.
    await world.request(`/sessions/${traceId}`, { method: "DELETE" });
    await world.deliver(many.slice(0, 2));
    expect(spansOf(linesIn(await exportText(`?from=${parts[0]?.spanfold.cursor}`)))).toHaveLength(2);
  });

  // spec: EXP-4
  test("says of a trace that is deleted while it is read that its lines are not all", async () => {
    const [traceId = ""] = TRACES;
    const many = Array.from({ length: 300 }, (_, n) => aSpan(traceId, n + 1, {}, { note: "x".repeat(8_000) }));
    for (let first = 0; first < many.length; first += 100) await world.deliver(many.slice(first, first + 100));
    const read = vi.spyOn(SessionObject.prototype, "readOwner").mockReturnValueOnce(undefined);
    const lines = linesIn(await exportText());
    expect(read).toHaveBeenCalledTimes(1);
    expect(
      lines.filter(({ spanfold }) => spanfold.deleted !== undefined).map(({ spanfold }) => spanfold.deleted),
    ).toEqual([traceId]);
    expect(isComplete(lines)).toBe(true);
  });

  test("since the end of an earlier one has only the traces with later deliveries, whole", async () => {
    // At rest, more than a minute would have passed.
    for (const traceId of TRACES) await world.deliver(someSpans(traceId, 1, 2));
    const first = linesIn(await exportText());
    const since = first.at(-1)?.spanfold.since;
    // It begins a minute early, for clocks that differ.
    expect(tracesIn(linesIn(await exportText(`?since=${since}`))).toSorted()).toEqual(TRACES.toSorted());
    world.pass(120_000);
    const second = linesIn(await exportText());
    const [changed = ""] = TRACES;
    world.pass(120_000);
    await world.deliver(someSpans(changed, 3, 1));
    const later = linesIn(await exportText(`?since=${second.at(-1)?.spanfold.since}`));
    expect(tracesIn(later)).toEqual([changed]);
    expect(later.flatMap(({ resourceSpans = [] }) => world.spansOf(resourceSpans))).toHaveLength(3);
  });

  // spec: EXP-5
  test("that the data of another store began is refused, and so is what is no cursor", async () => {
    await someTraces();
    const line = linesIn(await exportText()).find(({ spanfold }) => spanfold.cursor !== undefined);
    await world.freshWorld();
    await someTraces();
    const answers = [];
    for (const query of [`?from=${line?.spanfold.cursor}`, "?from=nonsense", "?since=yesterday"]) {
      const response = await world.request(`/export${query}`);
      answers.push([response.status, (await response.json<{ detail: string }>()).detail]);
    }
    expect(answers).toEqual([
      [410, expect.stringContaining("other data")],
      [400, expect.stringContaining("from must be")],
      [400, expect.stringContaining("since must be")],
    ]);
  });

  test("of nothing is complete", async () => {
    expect(linesIn(await exportText()).map(({ spanfold }) => Object.keys(spanfold))).toEqual([
      ["store"],
      ["complete", "since"],
    ]);
    expect(await directoryOf(env, "default").shards(4)).toBeGreaterThan(0);
  });

  // spec: EXP-3
  test("ends in a later answer where one would make too many calls", async () => {
    await someTraces();
    const { generation: store } = await directoryOf(env, "default").reports(undefined, 1);
    const { shards } = world.caller();
    let from: ExportCursor | undefined = { store, began: 0, shard: 0, traceId: "" };
    const answers: Line[][] = [];
    while (from !== undefined) {
      const answer = new Response(new TenantExport({ env, caller: "default", shards }, from, 0, 3).stream());
      answers.push(linesIn(new TextDecoder().decode(await answer.arrayBuffer())));
      from = readExportCursor(answers.at(-1)?.at(-1)?.spanfold.next ?? "");
    }
    expect(answers.length).toBeGreaterThan(3);
    expect(answers.map(isComplete).indexOf(true)).toBe(answers.length - 1);
    expect(tracesIn(answers.flat())).toEqual(tracesIn(linesIn(await exportText())));
  });

  // spec: EXP-6
  test("reads no more than its reader takes", async () => {
    world.divide(1);
    await world.freshWorld();
    const note = "x".repeat(8_000);
    for (const traceId of TRACES)
      await world.deliver(Array.from({ length: 50 }, (_, n) => aSpan(traceId, n + 1, {}, { note })));
    const reads = vi.spyOn(SessionObject.prototype, "readOwners");
    const reader = (await world.request("/export")).body?.getReader();
    await reader?.read();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(reads.mock.calls.length).toBeLessThan(4);
    await reader?.cancel();
  });

  test("has whole values", async () => {
    const [traceId = ""] = TRACES;
    await world.deliver([aSpan(traceId, 1, {}, { "output.value": "long ".repeat(4_000) })]);
    const text = await exportText();
    expect(text).toContain("long ".repeat(4_000));
    expect(text).not.toContain("offloaded");
  });
});
