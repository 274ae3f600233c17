import { evictDurableObject } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { Random } from "../session/seeded-random.ts";
import { ListViewer } from "./list-viewer.ts";
import { allPages, directory, list, summaryOf } from "./reported.ts";
import * as world from "./world.ts";

const SESSIONS = 2_000;
const REPORTS = 3;
/** Calls on their way at a time. */
const AT_ONCE = 64;

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

test(
  "a burst of 2,000 active sessions loses no update, in whatever order reports come",
  { timeout: 60_000 },
  async () => {
    const random = new Random(8400);
    const reports = Array.from({ length: SESSIONS * REPORTS }, (_, n) => ({
      id: `session ${n % SESSIONS}`,
      revision: 1 + Math.floor(n / SESSIONS),
    }));
    const viewer = await ListViewer.open();
    await viewer.until("bookmark");
    const waiting = random.shuffle(reports);
    let longest = 0;
    const send = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const { id, revision } = next;
        const summary = summaryOf({ id, spans: revision, title: `Question ${revision} of ${id}` });
        const report = { id, generation: "1x", revision, summary };
        const [outcome] = await directory().report(world.caller(), [report]);
        longest = Math.max(longest, outcome?.interval ?? 0);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, send));

    const expected = Object.fromEntries(Array.from({ length: SESSIONS }, (_, n) => [`session ${n}`, REPORTS]));
    const pages = await allPages("limit=300&sort=errors");
    const listed = pages.flatMap(({ sessions }) => sessions.map(({ id, spans }) => [id, spans] as const));
    expect(listed).toHaveLength(SESSIONS);
    expect(Object.fromEntries(listed)).toEqual(expected);
    expect((await list("q=question-3&limit=1")).counts).toMatchObject({ all: SESSIONS, running: SESSIONS });
    expect((await list("q=question-2&limit=1")).counts).toMatchObject({ all: 0 });

    const { resourceVersion } = await list("limit=1");
    await viewer.until("bookmark", (event) => event.type === "bookmark" && event.resourceVersion === resourceVersion);
    await viewer.close();
    expect(Object.fromEntries(viewer.sessions)).toEqual(expected);
    // Together they report as often as the directory allows: 200 times a second.
    expect(longest).toBe(10_000);

    await evictDurableObject(directory());
    expect((await list("limit=1")).counts).toMatchObject({ all: SESSIONS });
  },
);
