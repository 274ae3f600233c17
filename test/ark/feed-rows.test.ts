import { runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { FEED, FeedRows } from "../../src/ark/feed/feed-rows.ts";
import { traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";

const MOST = 250;

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
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
