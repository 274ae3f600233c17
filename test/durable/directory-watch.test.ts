import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, test } from "vitest";
import { law, seedsFrom } from "../law.ts";
import { Random } from "../session/seeded-random.ts";
import { ListViewer } from "./list-viewer.ts";
import { allPages, directory, list, remove, report } from "./reported.ts";
import * as world from "./world.ts";

beforeEach(world.freshWorld);

/** Sends something to every stream, as any export does within a second: waiting streams look at the clock again. */
async function nudge(): Promise<void> {
  await directory().recordExports(world.caller(), { last: [], refused: [], dropped: { metrics: 0 } });
}

/** Evicts the object from memory. */
async function sleep(): Promise<void> {
  await runInDurableObject(directory(), () => undefined);
  await evictDurableObject(directory());
}

async function listedBy(query: string): Promise<Record<string, number>> {
  const pages = await allPages(`${query}&limit=1000`);
  return Object.fromEntries(pages.flatMap(({ sessions }) => sessions.map(({ id, spans }) => [id, spans])));
}

const sorted = (sessions: Record<string, number>): string => String(Object.entries(sessions).map(String).toSorted());

describe("a filtered watch", () => {
  test("sends the sessions that the filter admits, and no others", async () => {
    await report({ id: "trip", title: "Plan a trip" });
    await report({ id: "code", title: "Fix the tests" });
    const viewer = await ListViewer.open("&q=trip");
    await viewer.until("bookmark");
    await viewer.close();
    expect(viewer.words).toEqual(["trip of 1", "recentExports", "bookmark"]);
  });

  test.each(["&q=trip", "&agent=planner"])(
    "%s: sends sessions that enter it, change in it, and leave it",
    async (query) => {
      const agents = [{ name: "planner", calls: 1, errors: 0 }];
      await report({ id: "A", title: "Plan a journey" });
      const viewer = await ListViewer.open(query);
      await viewer.until("bookmark");
      await report({ id: "A", title: "Plan a trip", agents });
      await viewer.until("session");
      await report({ id: "A", title: "Plan a trip", agents, spans: 2 });
      await viewer.until("session");
      await report({ id: "A", title: "Write a poem", spans: 3 });
      await viewer.until("gone");
      await viewer.close();
      expect(viewer.words.filter((word) => word.startsWith("A"))).toEqual(["A of 1", "A of 2", "A gone"]);
    },
  );

  // spec: CURSOR-8
  test("sends transitions without an id: they have no revision to resume from", async () => {
    await report({ id: "A", liveness: { running: 1 } });
    const running = await ListViewer.open("&status=running");
    const quiet = await ListViewer.open("&status=idle");
    await running.until("bookmark");
    await quiet.until("bookmark");
    expect([running.words[0], quiet.words[0]]).toEqual(["A of 1", "recentExports"]);
    const at = [running.at, quiet.at];
    world.pass(31_000);
    await nudge();
    await running.until("gone");
    await quiet.until("session");
    await running.close();
    await quiet.close();
    expect([running.at, quiet.at]).toEqual(at);
  });

  test("sends transitions when they are due, although nothing else happens", async () => {
    await report({ id: "A", liveness: { running: 1 } });
    world.pass(29_900);
    const viewer = await ListViewer.open("&status=running");
    await viewer.until("bookmark");
    expect(viewer.words[0]).toBe("A of 1");
    world.pass(200);
    await viewer.until("gone");
    await viewer.close();
  });

  test("resumes with the transitions of the meantime", async () => {
    await report({ id: "A", liveness: { running: 1 } });
    await report({ id: "B" });
    const { resourceVersion } = await list("status=running");
    world.pass(3_600_000);
    await sleep();
    const viewer = await ListViewer.open("&status=running", resourceVersion);
    await viewer.until("bookmark");
    await viewer.close();
    expect(viewer.words).toEqual(["A gone", "B gone", "recentExports", "bookmark"]);
  });

  test("refuses what the list refuses", async () => {
    const response = await world.request("/sessions?watch=true&status=busy");
    expect([response.status, (await response.json<{ detail: string }>()).detail]).toEqual([
      400,
      "status must be among waiting, stalled, running, idle, failed, finished, separated by commas",
    ]);
  });
});

const FILTERS = [
  "",
  "kind=all",
  "status=running",
  "status=idle,stalled",
  "status=finished&q=trip",
  "q=plan",
  "agent=coder",
  "agent=planner&status=running,failed",
];
const SORTS = ["activity", "start", "tokens", "errors"];

/** The clock stands still between the steps: a change due within the time that a stream takes to settle would never be sent. */
const STEPS = [2_000, 12_000, 32_000, 132_000, 702_000];

/** One random step: a session appears, changes, moves or is deleted, time passes, or the object is evicted. */
async function happen(random: Random): Promise<void> {
  const id = `s${random.below(14)}`;
  const what = random.next();
  if (what < 0.12) await remove(id);
  else if (what < 0.3) world.pass(random.pick(STEPS));
  else if (what < 0.35) await sleep();
  else {
    await report({
      id,
      kind: random.chance(0.2) ? "trace" : "session",
      title: random.pick(["Plan a trip", "Fix the tests", "Write a trip report", "Stay"]),
      agents: random.chance(0.5) ? [{ name: random.pick(["planner", "coder"]), calls: 1, errors: 0 }] : [],
      spans: random.below(1_000),
      errors: random.below(3),
      tokens: { input: random.below(5), output: 0, cached: 0, written: 0, written1h: 0, reasoning: 0 },
      liveness: { running: random.pick([0, 0, 1]), awaitedParents: random.pick([0, 0, 1]), failed: random.chance(0.3) },
    });
  }
}

describe("all pages, and the stream since the version of the first page,", () => {
  law("equal the list", seedsFrom(8200, 24), async (seed) => {
    await world.freshWorld();
    const random = new Random(seed);
    const filter = FILTERS[seed % FILTERS.length] ?? "";
    for (let n = 0; n < 25; n++) await happen(random);
    const query = `${filter}&sort=${random.pick(SORTS)}&order=${random.pick(["asc", "desc"])}&limit=${1 + random.below(4)}`;
    const pages = await allPages(query, async () => {
      for (let n = random.below(4); n > 0; n--) await happen(random);
    });
    const viewer = await ListViewer.open(`&${filter}`, pages[0]?.resourceVersion);
    for (const { sessions } of pages) for (const { id, spans } of sessions) viewer.sessions.set(id, spans);
    await viewer.until("bookmark");
    await viewer.close();
    expect(Object.fromEntries(viewer.sessions), query).toEqual(await listedBy(filter));
  });
});

describe("a stream that is cut and resumed", () => {
  // spec: LIST-12
  law("folds to the list", seedsFrom(8300, 8), async (seed) => {
    await world.freshWorld();
    const random = new Random(seed);
    const filter = FILTERS[seed % FILTERS.length] ?? "";
    let viewer = await ListViewer.open(`&${filter}`);
    await viewer.until("bookmark");
    for (let n = 0; n < 30; n++) {
      await happen(random);
      if (!random.chance(0.1)) continue;
      if (random.chance(0.5)) await viewer.drain();
      await viewer.close();
      const previous = viewer;
      viewer = await ListViewer.open(`&${filter}`, previous.at);
      viewer.at = previous.at;
      if (previous.at !== undefined) for (const [id, spans] of previous.sessions) viewer.sessions.set(id, spans);
    }
    await nudge();
    const listed = await listedBy(filter);
    // A busy machine may be silent for longer than a stream takes to settle.
    for (let turn = 0; turn < 20; turn++) {
      await viewer.drain();
      if (sorted(Object.fromEntries(viewer.sessions)) === sorted(listed)) break;
    }
    await viewer.close();
    expect(Object.fromEntries(viewer.sessions), filter).toEqual(listed);
  });
});
