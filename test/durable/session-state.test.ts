import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { FACTS_VERSION } from "../../src/facts/codec/layout.ts";
import type { Said, Snapshot } from "./world.ts";
import stored from "../fixtures/state/sessions-1.json";
import { someSpans, traceIdOf } from "./spans.ts";
import { restoreState } from "./stored-state.ts";
import type { StoredState } from "./stored-state.ts";
import { openStream, Viewer } from "./viewer.ts";
import * as world from "./world.ts";

/** Shown under its own id: a span that ran, ended, and names a value that stands apart. */
const PLAIN = traceIdOf("plain");
/** Began without a name, then named trip-1: its home says that it is gone, and keeps its bodies. */
const LATE = traceIdOf("late");
/** Was shown by talk-3, and is now by run-2. */
const MOVED = traceIdOf("moved");
/** Facts and bodies in several parts, one of them not compressed. */
const LARGE = traceIdOf("large");
/** Its object was ended before it copied on to late-4. */
const PENDING = traceIdOf("pending");

const NAMED = ["trip-1", "run-2", "talk-3", "late-4"];
const ALL = [...Object.keys(stored.objects), "late-4"];

const objects = stored.objects as unknown as Readonly<Record<string, StoredState>>;
const expected = stored.expected as unknown as Readonly<
  Record<string, Omit<Said, "spans"> & { readonly spans: readonly string[] | number }>
>;

/** As they were written, or with facts that this program can't read. */
async function restore(facts: "as written" | "of an older version"): Promise<void> {
  world.stopClock();
  await world.emptyWorld();
  vi.setSystemTime(stored.now);
  await restoreState(env.DIRECTORY.get(env.DIRECTORY.idFromName("default/directory")), stored.directory);
  await runInDurableObject(
    env.DIRECTORY.get(env.DIRECTORY.idFromName("default/directory")),
    (_, { storage }) => void storage.sql.exec("INSERT INTO words (rowid, body) SELECT n, body FROM search"),
  );
  for (const [id, state] of Object.entries(objects)) {
    await restoreState(world.objectOf(id), state);
    if (facts === "as written") continue;
    await world.change(id, "UPDATE chunk SET facts = '[0' || substr(facts, instr(facts, ',')) WHERE kind = 'spans'");
  }
}

describe.each(["as written", "of an older version"] as const)("sessions of the first schema, facts %s", (facts) => {
  beforeEach(async () => await restore(facts));

  test("say what they said", async () => {
    await world.rest(ALL);
    const said = await world.saidByAll(ALL);
    expect(Object.keys(said).toSorted()).toEqual(Object.keys(expected).toSorted());
    for (const [id, then] of Object.entries(expected)) {
      const now = said[id];
      expect(now, id).toMatchObject({ summary: then.summary, queries: then.queries });
      expect(typeof then.spans === "number" ? now?.spans.length : now?.spans, id).toEqual(then.spans);
    }
    expect(await world.moved(LATE)).toEqual(["trip-1"]);
  });

  test("are in the list, and found there", async () => {
    await world.rest(ALL);
    const ids = (await world.listed("all")).map(({ id }) => id);
    expect(ids.toSorted()).toEqual(Object.keys(expected).toSorted());
    const found = await world.request("/sessions?q=lights");
    expect((await found.json<{ sessions: { id: string }[] }>()).sessions.map(({ id }) => id)).toEqual([PLAIN]);
  });

  test("are streamed from the beginning and from where a viewer was, each by its own life", async () => {
    await world.rest(ALL);
    for (const id of Object.keys(expected)) {
      const viewer = new Viewer(id);
      await viewer.connect();
      await viewer.readUntil(({ event }) => event.type === "bookmark");
      await viewer.disconnect();
      const now = await world.readSession(id);
      expect(viewer.at, id).toBe(now?.resourceVersion);
      expect(viewer.view.summary(), id).toMatchObject({ spans: now?.session.spans, title: now?.session.title });
    }
    const life = objects["talk-3"]?.rows["meta"]?.find(({ key }) => key === "generation")?.["value"] as string;
    const stream = await openStream("/sessions/talk-3", { "last-event-id": `${life}.1` });
    const seen = await stream.readUntil(({ event }) => event.type === "bookmark");
    await stream.close();
    expect(seen.map(({ at, event }) => [at, event.type])).toEqual([
      [`${life}.3`, "gone"],
      [undefined, "session"],
      [undefined, "bookmark"],
    ]);
  });

  test("are exported whole, and their traces read wherever they are bound", async () => {
    await world.rest(ALL);
    const long = "The harbour at dawn. ".repeat(700);
    for (const [id, key] of [
      [PLAIN, "input.value"],
      ["trip-1", "output.value"],
    ] as const) {
      const response = await world.request(`/sessions/${id}/otlp`);
      const values = world
        .spansOf((await response.json<Snapshot>()).resourceSpans)
        .flatMap(({ span }) => span.attributes ?? [])
        .filter((attribute) => attribute.key === key)
        .map(({ value }) => value?.stringValue);
      expect(values, id).toContain(long);
    }
    const moved = await world.readTrace(MOVED);
    expect([moved?.session, world.spansOf(moved?.resourceSpans ?? []).length]).toEqual(["run-2", 4]);
    const large = await world.readTrace(LARGE);
    const notes = world
      .spansOf(large?.resourceSpans ?? [])
      .filter(({ span }) => span.attributes?.[0]?.value?.stringValue === "as it was said ".repeat(500));
    expect(notes).toHaveLength(180);
  });

  test("go on: what is known stays so, and what is new is copied to where its trace is bound", async () => {
    await world.rest(ALL);
    const before = (await world.readSession("trip-1"))?.resourceVersion;
    await world.deliver(someSpans(LATE, 3, 2, { "session.id": "trip-1", "user.id": "ada" }));
    await world.rest(ALL);
    expect((await world.readSession("trip-1"))?.resourceVersion).toBe(before);
    await world.deliver(someSpans(LATE, 6, 1));
    await world.deliver(someSpans(PENDING, 3, 1));
    await world.deliver(someSpans(MOVED, 5, 1, { "ark.session.id": "trip-1" }));
    await world.rest(ALL);
    const counts = Object.fromEntries((await world.listed("session")).map(({ id, spans }) => [id, spans]));
    expect(NAMED.map((id) => [id, counts[id]])).toEqual([
      ["trip-1", 11],
      ["run-2", undefined],
      ["talk-3", 2],
      ["late-4", 3],
    ]);
    expect(await world.moved("run-2")).toEqual(["trip-1"]);
  });

  test("keep no facts that this program can't read", async () => {
    await world.rest(ALL);
    await world.saidByAll(ALL);
    for (const id of Object.keys(objects)) {
      const rows = await world.rowsOf<{ kind: string; facts: string }>(id, "chunk");
      const versions = rows.filter(({ kind }) => kind === "spans").map((row) => /^\[(\d+),/.exec(row.facts)?.[1]);
      expect(new Set(versions).size, id).toBe(1);
      expect(versions[0], id).toBe(String(FACTS_VERSION));
    }
  });
});

test("the state that was written holds what could be read wrong", () => {
  const chunks = Object.values(objects).flatMap(({ rows }) => rows["chunk"] ?? []);
  const has = (table: string, holds: (row: Readonly<Record<string, unknown>>) => boolean) =>
    Object.values(objects).some(({ rows }) => (rows[table] ?? []).some(holds));
  expect({
    "gone marks": chunks.some(({ kind }) => kind === "gone"),
    "bodies as they are": chunks.some(({ kind, encoding }) => kind === "spans" && encoding === "identity"),
    "bodies compressed": chunks.some(({ encoding }) => encoding === "gzip"),
    parts: has("chunk_part", ({ facts }) => facts !== "") && has("chunk_part", ({ facts }) => facts === ""),
    values: has("value", () => true),
    "a binding": has("trace", ({ role, session }) => role === "home" && session !== null),
    "a copy": has("trace", ({ role }) => role === "copy"),
    "a copy withdrawn": has("trace", ({ role }) => role === "withdrawn"),
    "something owed": Object.values(objects).some(({ alarm }) => alarm === true),
  }).toEqual({
    "gone marks": true,
    "bodies as they are": true,
    "bodies compressed": true,
    parts: true,
    values: true,
    "a binding": true,
    "a copy": true,
    "a copy withdrawn": true,
    "something owed": true,
  });
});
