import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SessionObject } from "../../src/durable/session/object.ts";
import { directoryOf, objectAt, shardOf, shardPlace } from "../../src/place.ts";
import type { LogIds } from "../../src/session/contract/directory.ts";
import { aSpan, traceIdOf } from "./spans.ts";
import { caller, deliver, freshWorld, request, rest } from "./world.ts";

beforeEach(freshWorld);
afterEach(() => vi.restoreAllMocks());

const directory = () => directoryOf(env, "default");
const { shards } = caller();
const SESSIONS_OF_FIRST = 6;
const names = namesOf(SESSIONS_OF_FIRST);

/** Names of sessions, of which so many are in the first shard. */
function namesOf(first: number): string[] {
  const made: string[] = [];
  for (let n = 10; made.filter((id) => shardOf(id, shards) === 0).length < first; n++) made.push(`session-${n}`);
  return made;
}

const headOfList = async () => (await directory().reports(undefined, 1)).head;
const settle = async () => await rest([...names, ...names.map(traceIdOf), traceIdOf("another")]);

async function damagedNow(): Promise<string[]> {
  const response = await request("/sessions?limit=500");
  const { sessions } = (await response.json()) as { sessions: { id: string; damaged?: true }[] };
  return sessions
    .filter(({ damaged }) => damaged === true)
    .map(({ id }) => id)
    .toSorted();
}

async function fill(): Promise<void> {
  await deliver(names.map((session) => aSpan(traceIdOf(session), 1, {}, { "session.id": session })));
  await settle();
}

test("sessions that their shard does not hold are damaged, page by page, and no others", async () => {
  await fill();
  const of0 = names.filter((id) => shardOf(id, shards) === 0);
  const [first = "", second = "", third = "", ...later] = of0;
  // The shard lost the second, and all after the third.
  const pages = [
    { after: "", ids: [first, third], next: third },
    { after: third, ids: [] },
  ];
  const head = await headOfList();
  let marked = 0;
  for (const page of pages) marked += await directory().markDamaged({ shard: 0, shards, head, ...page });
  expect(marked).toBe(SESSIONS_OF_FIRST - 2);
  expect(await damagedNow()).toEqual([second, ...later]);
});

test("what every shard holds leaves the list as it is, and reports again", async () => {
  await fill();
  const head = await headOfList();
  for (let shard = 0; shard < shards; shard++) {
    const held = await objectAt(env, "default", shardPlace("default", shard), shards).reportAgain("");
    expect(held.next).toBe(undefined);
    expect(await directory().markDamaged({ shard, shards, head, after: "", ...held })).toBe(0);
  }
  await settle();
  expect(await damagedNow()).toEqual([]);
});

type ReportAgain = (...given: Parameters<SessionObject["reportAgain"]>) => LogIds | Promise<LogIds>;

test("sessions that come while the shards are read are not damaged", async () => {
  const objects: { reportAgain: ReportAgain } = SessionObject.prototype;
  const original = objects.reportAgain;
  const read = vi.spyOn(objects, "reportAgain").mockImplementation(async function (this: SessionObject, ...given) {
    const held = await original.apply(this, given);
    if (read.mock.calls.length === 1) await fill();
    return held;
  });
  const answer = await request("/admin/rebuild", { method: "POST" });
  expect(await answer.json()).toMatchObject({ damaged: 0 });
  expect(await damagedNow()).toEqual([]);
});

test("only a damaged session is removed by its directory alone, and a new report ends the damage", async () => {
  await fill();
  const [lost = "", renewed = ""] = names.filter((id) => shardOf(id, shards) === 0);
  await directory().markDamaged({ shard: 0, shards, head: await headOfList(), after: "", ids: [] });
  expect(await directory().removeDamaged(lost)).toBe(true);
  expect(await directory().removeDamaged(lost)).toBe(false);
  expect(await directory().removeDamaged(names.find((id) => shardOf(id, shards) !== 0) ?? "")).toBe(false);
  await deliver([aSpan(traceIdOf("another"), 1, {}, { "session.id": renewed })]);
  await settle();
  const left = await damagedNow();
  expect([left.includes(lost), left.includes(renewed)]).toEqual([false, false]);
});

test.each(["nothing", "[]", '{"own":[{"object":"no file","log":"a"}]}', '{"own":[{"object":1}]}'])(
  "a body that names no files is refused: %s",
  async (body) => {
    const answer = await request("/admin/rebuild", { method: "POST", body });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("The body must be");
  },
);
