import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { TOMBSTONE_DAYS } from "../../src/durable/directory/rows/session-rows.ts";
import type { RecentExports } from "../../src/session/contract/stream-events.ts";
import type { SummaryWithStatus } from "../../src/session/liveness.ts";
import type { SessionSummary } from "../../src/session/summary.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "../session/seeded-random.ts";
import { Faults } from "./faults.ts";
import { generateSession } from "./generated-session.ts";
import { ListViewer } from "./list-viewer.ts";
import { aSpan, someSpans, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const TRACE = traceIdOf("trace");
const OTHER = traceIdOf("other");
const DAY = 86_400_000;

beforeEach(world.freshWorld);

function directory() {
  return env.DIRECTORY.get(env.DIRECTORY.idFromName("default/directory"));
}

type List = {
  readonly resourceVersion: string;
  readonly sessions: readonly SessionSummary[];
  readonly nextCursor?: string;
  readonly recentExports: RecentExports;
};

async function list(query: Record<string, string> = {}): Promise<List> {
  const response = await world.request(`/sessions?${new URLSearchParams(query).toString()}`);
  expect(response.status).toBe(200);
  return await response.json();
}

async function ids(query: Record<string, string> = {}): Promise<string[]> {
  return (await list(query)).sessions.map(({ id }) => id);
}

/** Adds a span to the session of this name. */
async function touch(name: string, n: number): Promise<void> {
  const traceId = traceIdOf(name);
  world.pass(10_000);
  await world.deliver([aSpan(traceId, n, {}, { "session.id": name })]);
  await world.rest([traceId, name]);
}

describe("the list", () => {
  // spec: CURSOR-4, LIST-1
  test("has the newest activity first, in pages that neither skip nor repeat a session that stays in place", async () => {
    const names = ["one", "two ü", "three/3", "four%4", "five.5", "six", "seven"];
    for (const name of names) await touch(name, 1);
    expect(await ids()).toEqual(names.toReversed());

    const first = await list({ limit: "3" });
    expect(first.sessions.map(({ id }) => id)).toEqual(["seven", "six", "five.5"]);
    await touch("two ü", 2);
    await touch("new", 1);
    const second = await list({ limit: "3", cursor: first.nextCursor ?? "" });
    expect(second.sessions.map(({ id }) => id)).toEqual(["four%4", "three/3", "one"]);
    expect(second.nextCursor).toBeUndefined();
    expect((await ids()).slice(0, 3)).toEqual(["new", "two ü", "seven"]);
  });

  test("orders sessions of one millisecond, so that a page may end between them", async () => {
    const names = ["a", "b", "c", "d", "e"];
    await world.deliver(names.map((name) => aSpan(traceIdOf(name), 1, {}, { "session.id": name })));
    await world.rest([...names, ...names.map(traceIdOf)]);
    const seen: string[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined;) {
      const page: List = await list({ limit: "2", ...(cursor === "" ? {} : { cursor }) });
      seen.push(...page.sessions.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen.toSorted()).toEqual(names);
  });

  // spec: LIST-3
  test("omits other traces unless `kind` includes them", async () => {
    await world.deliver(someSpans(TRACE, 1, 2));
    await touch("A", 1);
    expect([await ids(), await ids({ kind: "trace" }), await ids({ kind: "all" })]).toEqual([
      ["A"],
      [TRACE],
      ["A", TRACE],
    ]);
  });

  test.each([
    ["kind=none", "kind must be session, trace or all"],
    ["limit=0", "limit must be a whole number from 1 to 1000"],
    ["limit=1001", "limit must be a whole number from 1 to 1000"],
    ["limit=two", "limit must be a whole number from 1 to 1000"],
    ["cursor=last", "cursor must be a nextCursor from this server"],
    ["cursor=1.%25", "cursor must be a nextCursor from this server"],
  ])("refuses %s", async (query, detail) => {
    const response = await world.request(`/sessions?${query}`);
    expect([response.status, await response.json()]).toEqual([
      400,
      { type: "about:blank", status: 400, title: "Bad Request", detail },
    ]);
  });

  test("has the present status of each session", async () => {
    await world.deliver([aSpan(TRACE, 1, { endTimeUnixNano: "0" }, { "session.id": "A" })]);
    await world.rest([TRACE, "A"]);
    const status = async () => (await list()).sessions.map((session) => (session as { status?: string }).status);
    const arrived = Number(BigInt((await list()).sessions[0]?.liveness.lastArrival ?? 0) / 1_000_000n);
    vi.setSystemTime(arrived + 1_000);
    expect(await status()).toEqual(["running"]);
    vi.setSystemTime(arrived + 60_000);
    expect(await status()).toEqual(["idle"]);
    vi.setSystemTime(arrived + 180_000);
    expect(await status()).toEqual(["stalled"]);
  });
});

describe("the list's stream", () => {
  test("sends sessions that appear, change, move and are deleted, and folds to the list", async () => {
    await touch("A", 1);
    const viewer = await ListViewer.open();
    await viewer.until("bookmark");
    expect(viewer.words).toEqual(["A of 1", "recentExports", "bookmark"]);
    await touch("B", 1);
    await viewer.until("session");
    await touch("A", 2);
    await viewer.until("session", (event) => event.type === "session" && event.summary.spans === 2);
    await world.deliver([aSpan(traceIdOf("B"), 2, {}, { "ark.session.id": "C" })]);
    await world.rest([traceIdOf("B"), "B", "C"]);
    await viewer.until("gone");
    await world.request("/sessions/A", { method: "DELETE" });
    await viewer.until("gone", (event) => event.type === "gone" && event.id === "A");
    await viewer.close();
    expect(viewer.words).toContain("B gone to C");
    expect(Object.fromEntries(viewer.sessions)).toEqual({ C: 2 });
    expect(await ids()).toEqual(["C"]);
  });

  // spec: CURSOR-6
  test("resumes where it was cut, with the deletions of the meantime", async () => {
    await touch("A", 1);
    await touch("B", 1);
    const { resourceVersion } = await list();
    await touch("C", 1);
    await world.request("/sessions/A", { method: "DELETE" });
    await evictDurableObject(directory());
    const viewer = await ListViewer.open("", resourceVersion);
    await viewer.until("bookmark");
    await viewer.close();
    expect(viewer.words.filter((word) => word !== `${traceIdOf("C")} gone`)).toEqual([
      "C of 1",
      "A gone",
      "recentExports",
      "bookmark",
    ]);
  });

  // spec: CURSOR-7
  test("begins anew from a version of another generation, or from before expired tombstones", async () => {
    await touch("A", 1);
    const { resourceVersion } = await list();
    await touch("B", 1);
    await world.request("/sessions/B", { method: "DELETE" });
    world.pass((TOMBSTONE_DAYS + 1) * DAY);
    await touch("C", 1);
    await world.request("/sessions/C", { method: "DELETE" });
    for (const version of [resourceVersion, "0abc.1", resourceVersion.replace(/\d+$/, "999")]) {
      const viewer = await ListViewer.open("", version);
      await viewer.until("bookmark");
      await viewer.close();
      expect(viewer.words[0], version).toBe("reset");
      expect(Object.fromEntries(viewer.sessions)).toEqual({ A: 1 });
    }
  });

  // spec: CURSOR-7
  test("begins anew from a version of a week ago, also if nothing was removed since", async () => {
    await touch("A", 1);
    await touch("B", 1);
    const { resourceVersion } = await list();
    await world.request("/sessions/B", { method: "DELETE" });
    const firstWord = async () => {
      const viewer = await ListViewer.open("", resourceVersion);
      await viewer.until("bookmark");
      await viewer.close();
      return viewer.words[0];
    };
    world.pass((TOMBSTONE_DAYS - 1) * DAY);
    await runDurableObjectAlarm(directory());
    expect(await firstWord()).toBe("B gone");
    world.pass(2 * DAY);
    await runDurableObjectAlarm(directory());
    expect(await firstWord()).toBe("reset");
  });

  // spec: LIST-11
  test("sends `gone` for a session that leaves the filter", async () => {
    await world.deliver(someSpans(TRACE, 1, 1));
    await world.rest([TRACE]);
    const viewer = await ListViewer.open("&kind=trace");
    await viewer.until("bookmark");
    expect(Object.fromEntries(viewer.sessions)).toEqual({ [TRACE]: 1 });
    world.pass(10_000);
    await world.deliver([aSpan(TRACE, 2, {}, { "gen_ai.request.model": "small" })]);
    await world.rest([TRACE]);
    await viewer.until("gone");
    await viewer.close();
    expect(Object.fromEntries(viewer.sessions)).toEqual({});
  });

  // spec: LIST-12
  law("folds to the list, cut and resumed at any point", seedsFrom(7001, 4), async (seed) => {
    await world.freshWorld();
    const random = new Random(seed);
    const generated = [1, 2, 3].map(() => generateSession(random, { traces: 2, spansOfATrace: 6, naming: 0.3 }));
    const all = generated.flatMap((session) => session.ids);
    let viewer = await ListViewer.open("&kind=all");
    const resumed = new Map<string, number>();
    const remember = () => {
      resumed.clear();
      for (const [id, spans] of viewer.sessions) resumed.set(id, spans);
    };
    for (const delivery of random.cut(random.shuffle(generated.flatMap(({ sent }) => sent)), 5)) {
      await world.deliver(delivery);
      if (random.chance(0.4)) await world.rest(all);
      if (!random.chance(0.3)) continue;
      await viewer.until("bookmark");
      remember();
      await viewer.close();
      const from = viewer.at;
      if (random.chance(0.3)) await evictDurableObject(directory());
      viewer = await ListViewer.open("&kind=all", from);
      for (const [id, spans] of resumed) viewer.sessions.set(id, spans);
      viewer.at = from;
    }
    await world.rest(all);
    await viewer.until("bookmark");
    const { resourceVersion, sessions } = await list({ kind: "all" });
    if (viewer.at !== resourceVersion)
      await viewer.until("bookmark", (event) => event.type === "bookmark" && event.resourceVersion === resourceVersion);
    await viewer.close();
    expect(Object.fromEntries(viewer.sessions)).toEqual(
      Object.fromEntries(sessions.map(({ id, spans }) => [id, spans])),
    );
  });
});

describe("a report", () => {
  async function aSummary(): Promise<SessionSummary> {
    await touch("A", 1);
    const [listed] = (await list()).sessions;
    if (listed === undefined) throw new Error("no session");
    await world.request("/sessions/A", { method: "DELETE" });
    // A session reports no status: the list adds it.
    const { status: _, ...summary } = listed as SummaryWithStatus;
    return summary;
  }

  const reported = (summary: SessionSummary, generation: string, revision: number, spans: number) =>
    directory().report(world.caller(), [{ id: "B", generation, revision, summary: { ...summary, id: "B", spans } }]);
  const spansListed = async () => (await list({ kind: "all" })).sessions.map(({ spans }) => spans);

  // spec: LIST-13
  test("is ignored if it is older than the known one, or of an earlier generation", async () => {
    const summary = await aSummary();
    await reported(summary, "000000002x", 5, 50);
    await reported(summary, "000000002x", 4, 40);
    expect(await spansListed()).toEqual([50]);
    await reported(summary, "000000001x", 9, 90);
    expect(await spansListed()).toEqual([50]);
    await reported(summary, "000000003x", 1, 10);
    expect(await spansListed()).toEqual([10]);
    await directory().remove(world.caller(), { id: "B", generation: "000000002x" }, "deleted");
    expect(await spansListed()).toEqual([10]);
    await directory().remove(world.caller(), { id: "B", generation: "000000003x" }, "deleted");
    expect(await spansListed()).toEqual([]);
    await reported(summary, "000000003x", 2, 20);
    expect(await spansListed()).toEqual([]);
    await reported(summary, "000000004x", 1, 1);
    expect(await spansListed()).toEqual([1]);
  });

  test("may come every 2 s, and less often from many active sessions", async () => {
    const summary = await aSummary();
    const intervals = new Set<number>();
    for (let n = 0; n < 500; n++) {
      const update = {
        ...summary,
        id: `session ${n}`,
        liveness: { ...summary.liveness, lastArrival: `${Date.now()}000000` },
      };
      const report = { id: update.id, generation: "1x", revision: 1, summary: update };
      const [outcome] = await directory().report(world.caller(), [report]);
      intervals.add(outcome?.interval ?? 0);
    }
    expect([Math.min(...intervals), Math.max(...intervals)]).toEqual([2_000, 2_500]);
  });

  test("uses up no revision if the storage fails: streams miss none", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    const summary = await aSummary();
    const faults = await Faults.install();
    try {
      await evictDurableObject(directory());
      await list();
      faults.follow((step) =>
        step.kind === "transaction" && step.object.endsWith("/directory") ? "it is undone" : undefined,
      );
      const lost = async () => await reported(summary, "1x", 1, 10);
      await expect(lost()).rejects.toThrow("the storage failed");
      faults.end();
      const { resourceVersion } = await list();
      await evictDurableObject(directory());
      await reported(summary, "1x", 2, 20);
      const viewer = await ListViewer.open("&kind=all", resourceVersion);
      await viewer.until("bookmark");
      await viewer.close();
      expect(viewer.words).toContain("B of 20");
    } finally {
      faults.remove();
    }
  });
});

describe("recent exports", () => {
  test("have signal, service, encoding, counts and reasons; accepted exports do not displace a rejection", async () => {
    const post = async (path: string, body: string, type = "application/json") => {
      world.pass(1);
      const response = await world.request(path, { method: "POST", headers: { "content-type": type }, body });
      await response.text();
    };
    const bad = { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: "no", spanId: "no" }] }] }] };
    const viewer = await ListViewer.open();
    await viewer.until("bookmark");
    await post("/v1/traces", JSON.stringify(bad));
    await post("/v1/logs", "{}");
    await post("/v1/metrics", "{}");
    await post("/v1/traces", "{", "application/json");
    for (let n = 0; n < 25; n++) await world.deliver([aSpan(OTHER, n + 1)]);
    await world.until(
      async () => (await list()).recentExports.last.filter(({ accepted }) => accepted === 1).length >= 19,
    );
    await viewer.until(
      "recentExports",
      (event) => event.type === "recentExports" && event.recentExports.last.length === 20,
    );
    await viewer.close();
    const { recentExports } = await list();
    expect(recentExports.dropped).toEqual({ metrics: 1 });
    expect(recentExports.last).toHaveLength(20);
    expect(recentExports.last[0]).toEqual({
      at: expect.any(Number),
      signal: "traces",
      encoding: "json",
      service: "tests",
      accepted: 1,
      rejected: 0,
    });
    expect(recentExports.refused[0]).toMatchObject({
      accepted: 0,
      rejected: 0,
      reason: expect.stringContaining("malformed JSON"),
    });
  });
});
