import { runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { FEED, FEED_STEPS, FeedRows } from "../../src/ark/feed/feed-rows.ts";
import { openTables } from "../../src/lib/meta-table.ts";
import { traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";

const MOST = 250;

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

test("a feed of 0.2.0 goes on: its entries stay, and new ones may be ahead of their reports", async () => {
  const read = await runInDurableObject(world.objectOf(traceIdOf("feed")), (_, { storage }) => {
    const { sql } = storage;
    sql.exec(
      `CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID; ${FEED.replace(", reported INTEGER", "")}`,
    );
    sql.exec("INSERT INTO meta VALUES ('schema', '8')");
    sql.exec("INSERT INTO feed VALUES (10, 'session', 'life', 0, 3, ?)", Date.now());
    for (const _again of ["opened", "opened again"]) {
      openTables(storage, FEED, { steps: FEED_STEPS });
      const rows = new FeedRows(sql);
      const { head } = rows;
      const last = rows.entriesAfter({ after: 0, limit: MOST }).at(-1)?.revision ?? 0;
      rows.append("session", "life", last, last + 1, Date.now(), last);
      if (rows.head !== head + 1) throw new Error("no place was given");
    }
    const rows = new FeedRows(sql);
    const ahead = [0, 11].map((after) => ({
      entries: rows.readAhead(after).entries,
      ...rows.readAhead(after).sessions.get("session"),
    }));
    return {
      entries: rows.entriesAfter({ after: 0, limit: MOST }).map(({ place, revision }) => [place, revision]),
      ahead,
    };
  });
  const last = { generation: "life", revision: 5, reported: 4 };
  expect(read).toEqual({
    entries: [
      [10, 3],
      [11, 4],
      [12, 5],
    ],
    ahead: [
      { entries: 2, ...last },
      { entries: 1, ...last },
    ],
  });
});

test("the order of all sessions is remembered of so many reports, across evictions", async () => {
  const kept = await runInDurableObject(world.objectOf(traceIdOf("feed")), (_, { storage: { sql } }) => {
    sql.exec(FEED);
    let rows = new FeedRows(sql, MOST);
    const counts: number[] = [];
    for (let revision = 1; revision <= 1_000; revision++) {
      if (revision % 170 === 0) rows = new FeedRows(sql, MOST);
      rows.append("session", "life", revision - 1, revision, Date.now());
      counts.push(sql.exec("SELECT 1 FROM feed").toArray().length);
    }
    return { most: Math.max(...counts), last: rows.entriesAfter({ after: 0, limit: MOST }).at(-1)?.revision };
  });
  expect(kept).toEqual({ most: MOST, last: 1_000 });
});
