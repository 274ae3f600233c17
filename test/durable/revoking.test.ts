import { runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, test, vi } from "vitest";
import { DirectoryObject } from "../../src/durable/directory/object.ts";
import { SessionLog } from "../../src/durable/session/log/session-log.ts";
import { ValueRows } from "../../src/durable/session/log/rows.ts";
import { aSpan, traceIdOf } from "./spans.ts";
import { Viewer } from "./viewer.ts";
import * as world from "./world.ts";

const TRACES = 400;

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

type Remove = (...given: Parameters<DirectoryObject["remove"]>) => void | Promise<void>;

const traceIdAt = (n: number) => `c${n.toString(16).padStart(31, "0")}`;

test("the cost of traces that leave a session one by one depends on their size, not on the session's", async () => {
  await world.copies("A", TRACES);
  const before = await world.readoutOf("A");
  expect(before?.summary).toMatchObject({ traces: TRACES, spans: TRACES });
  const folds = vi.spyOn(SessionLog.prototype, "facts");
  const revocation = { session: "A", epoch: 2, to: "B" };
  await runInDurableObject(world.objectOf("A"), (instance) => {
    folds.mockClear();
    for (let n = 0; n < TRACES - 100; n++)
      void instance.revoke(world.callerOf("A"), { ...revocation, traceId: traceIdAt(n) });
    // One for the report to the list, once in an interval.
    expect(folds.mock.calls.length).toBeLessThanOrEqual(2);
  });
  const session = await world.readSession("A");
  expect(session?.session).toMatchObject({ traces: 100, spans: 100 });
  // Memory equals the rows on disk.
  const after = await world.readoutOf("A");
  await world.evict("A");
  expect(await world.readoutOf("A")).toEqual(after);
  const viewer = new Viewer("A");
  await viewer.connect();
  await viewer.readUntil(({ event }) => event.type === "bookmark");
  await viewer.disconnect();
  expect(viewer.view.summary()).toMatchObject({ traces: 100, spans: 100 });
  expect(viewer.at).toBe(session?.resourceVersion);
});

test("the large values of traces that leave are deleted with them, all at once", async () => {
  const traceIds = ["one", "two", "three", "four", "five"].map(traceIdOf);
  const prompted = (n: number) => ({ "session.id": "A", "input.value": `${n} ${"word ".repeat(3_000)}` });
  for (const [n, traceId] of traceIds.entries()) await world.deliver([aSpan(traceId, 1, {}, prompted(n))]);
  await world.rest(["A", ...traceIds]);
  const bytes = async () =>
    (await world.readPath<{ retention: { bytes: number } }>("/sessions/A"))?.retention.bytes ?? 0;
  const [before, drops] = [await bytes(), vi.spyOn(ValueRows.prototype, "deleteUnreferenced")];
  // The interval between two reports is over.
  world.pass(61_000);
  const epoch = Date.now() + 1_000;
  const left = await runInDurableObject(world.objectOf("A"), (instance) => {
    for (const traceId of traceIds.slice(1))
      void instance.revoke(world.callerOf("A"), { session: "A", traceId, epoch, to: "B" });
    return drops.mock.calls.length;
  });
  // The first of them is reported at once.
  expect(left).toBe(1);
  await world.evict("A");
  expect(await bytes()).toBeLessThan(before / 2);
  expect(drops).toHaveBeenCalledTimes(2);
  drops.mockRestore();
  const named = (await world.rowsOf<{ hashes: string | null }>("A", "chunk")).flatMap(({ hashes }) => hashes ?? []);
  const stored = await world.rowsOf<{ hash: string }>("A", "value");
  expect(stored.map(({ hash }) => JSON.stringify([hash]))).toEqual(named);
});

test("viewers get `gone` for each trace that leaves", async () => {
  await world.copies("A", 5);
  const viewer = new Viewer("A");
  await viewer.connect();
  await viewer.readUntil(({ event }) => event.type === "bookmark");
  for (let n = 0; n < 3; n++) await world.calls("A").revoke({ session: "A", epoch: 2, to: "B", traceId: traceIdAt(n) });
  for (let gone = 0; gone < 3;) {
    await viewer.read(1_000);
    gone = viewer.seen.filter(({ event }) => event.type === "gone").length;
  }
  await viewer.disconnect();
  expect(viewer.view.summary()).toMatchObject({ traces: 2 });
});

test("data that arrives during the report of an empty session is listed, although the object dies before it reports", async () => {
  const [first, second] = [traceIdOf("first"), traceIdOf("second")];
  const ids = ["A", "B", first, second];
  await world.deliver([aSpan(first, 1, {}, { "gen_ai.conversation.id": "A" })]);
  await world.rest(ids);
  const list: { remove: Remove } = DirectoryObject.prototype;
  const { remove } = list;
  let came = false;
  const spied = vi.spyOn(list, "remove").mockImplementation(async function (this: unknown, ...removal) {
    if (!came) {
      came = true;
      await world.deliver([aSpan(second, 1, {}, { "gen_ai.conversation.id": "A" })]);
      await world.until(async () => (await world.readSession("A"))?.session.traces === 1);
    }
    return await remove.apply(this, removal);
  });
  await world.deliver([aSpan(first, 2, {}, { "session.id": "B" })]);
  await world.rest(ids.filter((id) => id !== "A"));
  await world.until(async () => {
    if (!came) await world.fireAlarm("A");
    return came;
  });
  spied.mockRestore();
  await world.until(async () => !(await world.listed("all")).some(({ id }) => id === "A"));
  await world.evict("A");
  await world.rest(ids);
  expect((await world.listed("all")).map(({ id }) => id).toSorted()).toEqual(["A", "B"]);
});

test("two deleted sessions with traces that left the other one do not wait for each other", async () => {
  const [first, second] = [traceIdOf("first"), traceIdOf("second")];
  await world.deliver([aSpan(first, 1, {}, { "session.id": "A" }), aSpan(second, 1, {}, { "session.id": "B" })]);
  const ids = [first, second, "A", "B"];
  await world.rest(ids);
  // Neither received the revocation yet.
  await world.change(first, "UPDATE trace SET revoking = ? WHERE log = {log}", JSON.stringify(["B"]));
  await world.change(second, "UPDATE trace SET revoking = ? WHERE log = {log}", JSON.stringify(["A"]));
  for (const id of ["A", "B"]) await world.change(id, "UPDATE log SET deleting = 1 WHERE log = {log}");
  for (const id of ["A", "B"]) await world.calls(id).deleteSession();
  await world.rest(ids);
  expect(await world.listed("all")).toEqual([]);
  for (const traceId of [first, second]) expect(await world.tables(traceId)).toEqual([]);
  for (const id of ["A", "B"]) expect(await world.rowsOf(id, "chunk"), id).toEqual([]);
});
