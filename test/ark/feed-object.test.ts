import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import type { CountedLog, FeedPage, FeedQuery } from "../../src/ark/feed/contract.ts";
import { feedOf } from "../../src/ark/feed/feed-of.ts";
import { directoryOf } from "../../src/place.ts";
import { summaryOf } from "../durable/reported.ts";
import type { LogHead } from "../../src/session/contract/directory.ts";
import * as world from "../durable/world.ts";

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

const TRACE = "a".repeat(32);
const feed = () => feedOf(env, "default");
const directory = () => directoryOf(env, "default");

async function report(id: string, generation: string, revision: number, reportedRevision = 0): Promise<void> {
  const summary = summaryOf({ id, spans: revision });
  await directory().report([{ id, generation, revision, summary, reportedRevision }]);
}

/** `<id> <generation> <first>-<last>` of each entry. */
async function entries(query: Pick<FeedQuery, "heads"> = {}): Promise<string[]> {
  const page: FeedPage = await feed().feed({ after: 0, limit: 1_000, ...query });
  return page.entries.map(({ id, generation, after, revision }) => `${id} ${generation} ${after + 1}-${revision}`);
}

async function killFeed(): Promise<void> {
  await evictDurableObject(env.ARK_FEED.getByName("default/ark-feed"));
}

async function kill(): Promise<void> {
  await killFeed();
  await evictDurableObject(env.DIRECTORY.getByName("default/directory"));
}

test("each revision has one place, in order of each session, across evictions of both objects", async () => {
  await report("a", "1", 2);
  await report("b", "1", 1);
  expect(await entries()).toEqual(["a 1 1-2", "b 1 1-1"]);
  await report("a", "1", 5);
  await kill();
  await report("b", "1", 4);
  await report("a", "1", 6);
  // Nothing was read in between: a session's reports are one entry.
  expect(await entries()).toEqual(["a 1 1-2", "b 1 1-1", "b 1 2-4", "a 1 3-6"]);
  await kill();
  expect(await entries()).toHaveLength(4);
});

test("readers at the same time see everything that was reported before each of them", async () => {
  const heads: number[] = [];
  for (let revision = 1; revision <= 20; revision++) {
    await report("a", "1", revision);
    heads.push(
      (await Promise.all([entries(), entries(), entries()])).map((seen) => seen.length).reduce((a, b) => a + b),
    );
  }
  expect(heads).toEqual(Array.from({ length: 20 }, (_, at) => 3 * (at + 1)));
});

test("heads that a reader brings have their places without a look at the directory, and a report of the same adds none", async () => {
  await report("a", "1", 1);
  await report("b", "1", 1);
  await entries();
  const head = (id: string, generation: string, revision: number) => ({
    id,
    generation,
    revision,
    reportedRevision: 0,
  });
  const read = async (...heads: readonly LogHead[]) => await entries({ heads });
  expect(await read(head("a", "1", 4))).toEqual(["a 1 1-1", "b 1 1-1", "a 1 2-4"]);
  // Late, or again: by another reader.
  expect(await read(head("a", "1", 3), head("a", "1", 4))).toHaveLength(3);
  await report("a", "1", 4);
  await report("b", "1", 2);
  expect(await read(head("a", "1", 5))).toEqual(["a 1 1-1", "b 1 1-1", "a 1 2-4", "a 1 5-5"]);
  await kill();
  expect(await entries()).toEqual(["a 1 1-1", "b 1 1-1", "a 1 2-4", "a 1 5-5", "b 1 2-2"]);
  // Of a generation that was not reported yet, it counts with its report.
  expect(await read(head("a", "2", 2))).toHaveLength(5);
  await report("a", "2", 2);
  expect((await entries()).at(-1)).toBe("a 2 1-2");
});

test("what was read ahead of reports is known after a wake, and counted", async () => {
  await report(TRACE, "1", 3, 3);
  await entries();
  for (const revision of [5, 6]) {
    await entries({ heads: [{ id: TRACE, generation: "1", revision, reportedRevision: revision - 1 }] });
    await killFeed();
    expect(await feed().reportedRevisions([TRACE])).toEqual([{ revision: revision - 1 }]);
  }
  expect(await feed().uncounted(10)).toMatchObject([{ id: TRACE, revision: 6 }]);
  await killFeed();
  expect(await feed().uncounted(10)).toMatchObject([{ id: TRACE, revision: 6 }]);
  // Another life of the trace, which the directory reported: what was ahead in the first one is over.
  await directory().remove({ id: TRACE, generation: "1" }, "deleted");
  await report(TRACE, "2", 1, 1);
  await entries();
  await killFeed();
  expect(await feed().reportedRevisions([TRACE])).toEqual([{ revision: 1 }]);
});

test("a trace that moved keeps the revision that the feed has, not the one that it never read", async () => {
  await report(TRACE, "1", 3, 3);
  await entries();
  await report(TRACE, "1", 4, 4);
  await directory().remove({ id: TRACE, generation: "1", revision: 5, session: "s" }, "empty");
  await entries();
  expect(await feed().reportedRevisions([TRACE, "unknown"])).toEqual([
    { revision: 3, until: expect.any(Number) },
    { revision: 0 },
  ]);
});

test("a session that was deleted and began again between two reads forgets its queries and counts from one", async () => {
  await feed().recordQuery("uid", "s", "ns/q");
  await report("s", "1", 3);
  await entries();
  await directory().remove({ id: "s", generation: "1" }, "deleted");
  await report("s", "2", 2);
  expect(await entries()).toEqual(["s 1 1-3", "s 2 1-2"]);
  expect(await feed().queriesOf("uid")).toEqual([]);
  await feed().recordQuery("uid", "s", "ns/q");
  await report("s", "2", 3);
  expect(await feed().queriesOf("uid")).toEqual([{ session: "s", name: "ns/q" }]);
});

test("tombstones that expired unread, and a directory that was lost, repeat no revision", async () => {
  await report("a", "1", 2);
  await report("b", "1", 2);
  await entries();
  await directory().remove({ id: "a", generation: "1" }, "deleted");
  await runInDurableObject(env.DIRECTORY.getByName("default/directory"), (_, { storage }) => {
    storage.sql.exec("INSERT OR REPLACE INTO meta VALUES ('oldest', '3')");
    storage.sql.exec("DELETE FROM tombstone");
  });
  await report("b", "1", 3);
  expect(await entries()).toEqual(["a 1 1-2", "b 1 1-2", "b 1 3-3"]);
  const left: CountedLog[] = await feed().uncounted(10);
  expect(left.map(({ id }) => id)).toEqual(["b"]);
  await runInDurableObject(env.DIRECTORY.getByName("default/directory"), (_, { storage }) => {
    storage.sql.exec("UPDATE meta SET value = 'later' WHERE key = 'generation'");
  });
  await kill();
  expect(await entries()).toHaveLength(3);
});
