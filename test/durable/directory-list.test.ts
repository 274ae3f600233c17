import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { matchesText, searchPhrases, searchText } from "../../src/session/list/search-text.ts";
import { allPages, directory, ids, list, moment, nanos, remove, report } from "./reported.ts";
import { aSpan, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

const tally = (...names: string[]) => names.map((name) => ({ name, calls: 1, errors: 0 }));

async function someSessions(): Promise<void> {
  await report({
    id: "trip",
    title: "Plan a trip to Lisbon",
    agents: tally("planner"),
    models: tally("gpt-4o"),
    services: ["executor"],
    namespaces: ["travel"],
  });
  await report({
    id: "code",
    title: "Fix the tests",
    agents: tally("coder"),
    models: tally("claude-sonnet-4-5"),
    tools: tally("runTests", "edit"),
  });
  await report(
    { id: "both", title: "Write a trip report", agents: tally("planner", "coder"), models: tally("gpt-4o-mini") },
    ["how long is the flight"],
  );
}

describe("the list finds", () => {
  beforeEach(someSessions);

  test.each([
    ["q=lisbon", ["trip"]],
    ["q=trip", ["both", "trip"]],
    ["q=TRIP+rep", ["both"]],
    ["q=flight", ["both"]],
    ["q=tests", ["code"]],
    ["q=gpt-4o", ["both", "trip"]],
    ["q=code", ["both", "code"]],
    ["q=nothing", []],
    ["agent=planner", ["both", "trip"]],
    ["agent=planner&agent=coder", ["both"]],
    ["agent=plan", []],
    ["agent=Planner", []],
    ["model=gpt-4o", ["trip"]],
    ["tool=runTests", ["code"]],
    ["service=executor", ["trip"]],
    ["namespace=travel", ["trip"]],
    ["namespace=executor", []],
    ["agent=coder&q=report", ["both"]],
  ])("by %s", async (query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  test.each([
    `"`,
    `""`,
    `"a" OR "b"`,
    "NEAR(trip, 2)",
    "body:trip",
    "{body} : trip",
    "^trip",
    "trip*",
    "-trip",
    "tri(p",
    "' OR 1=1 --",
    "a AND AND b",
    "\u0000trip",
    "\ud800",
    "%",
    "🚀",
    "\ue000",
    "x".repeat(256),
  ])("words in %j, which is no syntax", async (typed) => {
    const response = await world.request(`/sessions?${new URLSearchParams({ q: typed }).toString()}`);
    expect(response.status).toBe(200);
  });

  test("by current text only", async () => {
    await report({ id: "trip", title: "Plan a trip to Porto" });
    expect([await ids("q=lisbon"), await ids("q=porto"), await ids("agent=planner")]).toEqual([[], ["trip"], ["both"]]);
    await remove("trip");
    expect([await ids("q=porto"), await ids("q=trip")]).toEqual([[], ["both"]]);
    await report({ id: "trip", title: "Write a poem" });
    expect([await ids("q=porto"), await ids("q=poem")]).toEqual([[], ["trip"]]);
  });

  test("sessions that appear and change after a search, as a new search does", async () => {
    const queries = ["q=trip", "q=lis", "agent=planner", "model=gpt-4o&q=plan", "q=report+write"];
    for (const query of queries) await ids(query);
    await report({ id: "trip", title: "Stay" });
    await report({ id: "more", title: "Write no trip report", agents: tally("planner"), models: tally("gpt-4o") });
    await remove("both");
    for (let n = 0; n < 200; n++) await report({ id: `other ${n}`, title: n % 3 === 0 ? "Lisbon again" : "Nothing" });
    const cached = [];
    for (const query of queries) cached.push((await ids(`${query}&limit=500`)).toSorted());
    await evictDurableObject(directory());
    const anew = [];
    for (const query of queries) anew.push((await ids(`${query}&limit=500`)).toSorted());
    expect(cached).toEqual(anew);
    expect(cached.map(({ length }) => length)).toEqual([2, 67, 1, 1, 1]);
  });

  test.each([
    "Ünïcode ÄÖÜ ẞ İstanbul ŒUVRE",
    "ПРИВЕТ мир ꙮ",
    "ΑΘΗΝΑ ς σ Σ",
    "שָׁלוֹם עולם",
    "مَرْحَبًا بالعالم ١٢٣",
    "नमस्ते दुनिया ०१२",
    "สวัสดีชาวโลก",
    "东京 の天気 ｶﾀｶﾅ",
    "서울 날씨",
    "ﬁne ½ ℌ ²",
    "𝒯est 𠀀𠀁 𐐀 𞤀𞤁 🚀ship",
    "ꭰꭱ Ꮿ ⴀⴁ Ა ა",
    "a1b2 v2.0.1 snake_case kebab-case",
  ])("the same by full text as by the words of a report: %s", async (title) => {
    await report({ id: "odd", title });
    for (const typed of [title, ...title.split(" "), title.slice(0, 3), title.toUpperCase(), title.toLowerCase()]) {
      const search = searchText({ names: [["other", "odd"]], texts: [title] });
      const expected = matchesText(search, searchPhrases(typed), []);
      const found = await ids(new URLSearchParams({ q: typed }).toString());
      expect([typed, found.includes("odd")]).toEqual([typed, expected]);
      if (typed === title) expect(expected).toBe(true);
    }
  });

  test("by time", async () => {
    await report({ id: "early", start: nanos(moment(-7_200)), end: nanos(moment(-3_600)) });
    await report({ id: "late", start: nanos(moment(3_600)), end: nanos(moment(7_200)) });
    const at = (seconds: number) => new Date(moment(seconds)).toISOString();
    expect(await ids(`until=${at(-3_600)}`)).toEqual(["early"]);
    expect(await ids(`since=${at(7_200)}`)).toEqual(["late"]);
    expect(await ids(`since=${at(7_201)}`)).toEqual([]);
    expect((await ids(`since=${at(-1)}&until=${at(1)}`)).toSorted()).toEqual(["both", "code", "trip"]);
    expect(await ids(`since=${nanos(moment(7_199))}`)).toEqual(["late"]);
    vi.setSystemTime(moment(7_260));
    expect(await ids("since=2m")).toEqual(["late"]);
    expect(await ids("since=59s")).toEqual([]);
  });

  test("by full text that is written when it changes, not with each report", async () => {
    const written = async () =>
      await runInDurableObject(directory(), (_, { storage }) => storage.sql.exec("SELECT * FROM words_data").toArray());
    const before = await written();
    await report({
      id: "trip",
      title: "Plan a trip to Lisbon",
      agents: tally("planner"),
      models: tally("gpt-4o"),
      services: ["executor"],
      namespaces: ["travel"],
      spans: 99,
    });
    expect((await list("q=lisbon")).sessions.map(({ spans }) => spans)).toEqual([99]);
    expect(await written()).toEqual(before);
  });
});

test("the list finds questions, names, errors and users of spans", async () => {
  const traceId = traceIdOf("named");
  await world.deliver([
    aSpan(
      traceId,
      1,
      { name: "query.plan" },
      {
        "query.name": "plan-7",
        "query.namespace": "travel",
        "session.id": "named",
        "input.value": "Where is it warm?",
      },
    ),
    aSpan(
      traceId,
      2,
      { parentSpanId: "0000000000000001", name: "team.writers" },
      { "team.name": "writers", "user.id": "ada@example.org" },
    ),
    aSpan(
      traceId,
      3,
      { parentSpanId: "0000000000000002", name: "tool.search", status: { code: 2, message: "connection refused" } },
      { "tool.name": "search_flights" },
    ),
  ]);
  await world.rest([traceId, "named"]);
  for (const query of [
    "q=warm",
    "q=plan-7",
    "q=writers",
    "q=ada@example.org",
    "q=refused",
    "q=flights",
    "tool=search_flights",
    "namespace=travel",
    "q=named",
  ])
    expect([query, await ids(query)]).toEqual([query, ["named"]]);
  expect(await ids("q=cold")).toEqual([]);
});

describe("the list sorts", () => {
  const rows = [
    { id: "a", arrived: 5, start: 10, end: 30, tokens: 7, cost: 0.5, errors: 0 },
    { id: "b", arrived: 4, start: 20, end: 21, tokens: 9, cost: 0.25, errors: 2 },
    { id: "c", arrived: 3, start: 15, end: 35, tokens: 0, cost: undefined, errors: 2 },
    { id: "d", arrived: 2, start: 10, end: 40, tokens: 9, cost: 0.125, errors: 1 },
  ];
  beforeEach(async () => {
    for (const { id, arrived, start, end, tokens, cost, errors } of rows)
      await report({
        id,
        arrived: moment(arrived),
        start: nanos(moment(start)),
        end: nanos(moment(end)),
        tokens: { input: tokens, output: 0, cached: 0, written: 0, written1h: 0, reasoning: 0 },
        errors,
        ...(cost === undefined ? {} : { cost }),
      });
  });

  // spec: LIST-10
  test.each([
    ["", "abcd"],
    ["sort=activity&order=asc", "dcba"],
    ["sort=start", "bcda"],
    ["sort=start&order=asc", "adcb"],
    ["sort=duration", "dcab"],
    ["sort=tokens", "dbac"],
    ["sort=tokens&order=asc", "cabd"],
    ["sort=cost", "abdc"],
    ["sort=errors", "cbda"],
    ["sort=errors&order=asc", "adbc"],
  ])("by %s, the same in pages of any size", async (query, expected) => {
    for (const limit of [1, 2, 3, 100]) {
      const pages = await allPages(`${query}&limit=${limit}`);
      expect(pages.flatMap(({ sessions }) => sessions.map(({ id }) => id)).join("")).toBe(expected);
    }
  });

  test("the same after the object was evicted", async () => {
    const { nextCursor } = await list("sort=tokens&limit=2");
    await evictDurableObject(directory());
    expect(await ids(`cursor=${nextCursor}`)).toEqual(["a", "c"]);
  });

  // spec: CURSOR-4
  test("on from a session that was deleted or moved", async () => {
    const { nextCursor } = await list("sort=tokens&limit=2");
    await remove("b");
    expect(await ids(`cursor=${nextCursor}`)).toEqual(["a", "c"]);
    await report({ id: "b", tokens: { input: 8, output: 0, cached: 0, written: 0, written1h: 0, reasoning: 0 } });
    expect(await ids(`cursor=${nextCursor}`)).toEqual(["b", "a", "c"]);
  });
});

describe("the list has statuses", () => {
  beforeEach(async () => {
    const now = Date.now();
    await report({ id: "done", arrived: now - 60_000 });
    await report({ id: "failed", arrived: now - 60_000, liveness: { failed: true } });
    await report({ id: "fresh", arrived: now });
    await report({ id: "open", arrived: now, liveness: { running: 1 } });
    await report({ id: "hung", arrived: now - 600_000, liveness: { running: 1 } });
    await report({
      id: "awaiting",
      arrived: now - 600_000,
      liveness: { waiting: { question: "Deploy?", since: nanos(now) } },
    });
    await report({ id: "bare", kind: "trace", arrived: now - 60_000 });
  });

  test("of each session, and the number of sessions by status", async () => {
    const { sessions, counts } = await list("");
    expect(Object.fromEntries(sessions.map(({ id, status }) => [id, status]))).toEqual({
      done: "finished",
      failed: "failed",
      fresh: "running",
      open: "running",
      hung: "stalled",
      awaiting: "waiting",
    });
    expect(counts).toEqual({ all: 6, waiting: 1, stalled: 1, running: 2, idle: 0, failed: 1, finished: 1 });
  });

  // spec: LIST-8
  test("and filters by them, with the counts of all", async () => {
    expect((await ids("status=running")).toSorted()).toEqual(["fresh", "open"]);
    expect((await ids("status=waiting,stalled")).toSorted()).toEqual(["awaiting", "hung"]);
    expect((await ids("status=failed&status=finished&kind=all")).toSorted()).toEqual(["bare", "done", "failed"]);
    const { counts } = await list("status=running&limit=1");
    expect(counts).toMatchObject({ all: 6, running: 2 });
    expect((await list("status=running&q=open")).counts).toMatchObject({ all: 1, running: 1 });
    expect((await list("kind=trace")).counts).toMatchObject({ all: 1, finished: 1 });
  });

  test("and counts on when a finished session continues, or is deleted", async () => {
    for (const query of ["", "q=done", "kind=all"]) await list(query);
    await report({ id: "done", liveness: { running: 1 } });
    await remove("failed");
    await report({ id: "new", arrived: Date.now() - 60_000, liveness: { failed: true } });
    const expected = { all: 6, waiting: 1, stalled: 1, running: 3, idle: 0, failed: 1, finished: 0 };
    expect((await list("")).counts).toEqual(expected);
    expect((await list("kind=all")).counts).toEqual({ ...expected, all: 7, finished: 1 });
    expect((await list("q=done")).counts).toMatchObject({ all: 1, running: 1, finished: 0 });
    await evictDurableObject(directory());
    expect((await list("")).counts).toEqual(expected);
  });

  // spec: LIST-9
  test("that change with time, without a write", async () => {
    const { resourceVersion } = await list("");
    world.pass(11_000);
    expect(await ids("status=running")).toEqual(["open"]);
    world.pass(20_000);
    expect(await ids("status=idle")).toEqual(["open"]);
    await evictDurableObject(directory());
    world.pass(100_000);
    const { counts, resourceVersion: later } = await list("status=stalled");
    expect(counts).toEqual({ all: 6, waiting: 1, stalled: 2, running: 0, idle: 0, failed: 1, finished: 2 });
    expect(later).toBe(resourceVersion);
  });
});

describe("the list has sums", () => {
  const usage = (input: number, cost: number, estimated: number) => ({
    tokens: { input, output: 1, cached: 0, written: 0, written1h: 0, reasoning: 0 },
    cost,
    ...(estimated === 0 ? {} : { estimated }),
  });
  const then = () => Date.now() - 60_000;

  beforeEach(async () => {
    await report({ id: "a", title: "weather", arrived: then(), ...usage(9, 0.1, 0.1) });
    await report({ id: "b", title: "weather", arrived: then(), ...usage(99, 0.2, 0), liveness: { failed: true } });
    await report({ id: "c", arrived: then(), unpriced: ["fable-9"] });
    await report({ id: "d", title: "weather", ...usage(999, 0.7, 0.4), liveness: { running: 1 } });
    await report({ id: "bare", kind: "trace", arrived: then(), ...usage(9_999, 5, 0) });
  });

  // spec: LIST-18
  test("of the sessions that match all filters, on any page", async () => {
    const all = { sessions: 4, tokens: 1_110, cost: 1, estimated: 0.5, unpriced: 1 };
    expect((await list("")).sums).toEqual(all);
    expect((await list("limit=1&sort=cost")).sums).toEqual(all);
    expect((await list("q=weather")).sums).toEqual({ ...all, sessions: 3, unpriced: 0 });
    expect((await list("status=failed,running")).sums).toMatchObject({ sessions: 2, tokens: 1_100, cost: 0.9 });
    expect((await list("q=weather&status=failed")).sums).toMatchObject({ sessions: 1, tokens: 100, cost: 0.2 });
    expect((await list("since=2026-11-21T00:00:00Z")).sums).toEqual(all);
    expect((await list("since=2026-11-21T00:00:00Z&status=running")).sums).toMatchObject({
      sessions: 1,
      estimated: 0.4,
    });
    expect((await list("kind=all")).sums).toMatchObject({ sessions: 5, cost: 6 });
    expect((await list("q=nothing")).sums).toEqual({ sessions: 0, tokens: 0, cost: 0, estimated: 0, unpriced: 0 });
  });

  test("which follow changes, deletions and the time, without a remainder", async () => {
    for (const query of ["", "q=weather", "kind=all"]) await list(query);
    await report({ id: "a", title: "weather", ...usage(19, 0.3, 0), liveness: { running: 1 } });
    await report({ id: "b", title: "weather", arrived: then(), ...usage(0, 0, 0) });
    await remove("d");
    const expected = { sessions: 3, tokens: 21, cost: 0.3, estimated: 0, unpriced: 1 };
    expect((await list("")).sums).toEqual(expected);
    expect((await list("q=weather")).sums).toEqual({ ...expected, sessions: 2, unpriced: 0 });
    world.pass(200_000);
    expect((await list("status=stalled")).sums).toMatchObject({ sessions: 1, tokens: 20, cost: 0.3 });
    await remove("a");
    expect((await list("")).sums).toEqual({ sessions: 2, tokens: 1, cost: 0, estimated: 0, unpriced: 1 });
    await evictDurableObject(directory());
    expect((await list("")).sums).toEqual({ sessions: 2, tokens: 1, cost: 0, estimated: 0, unpriced: 1 });
  });
});

test("a page of very long summaries ends early, and the next one continues", async () => {
  const title = "x".repeat(1_500_000);
  for (const id of ["a", "b", "c", "d"]) await report({ id, title });
  const pages = await allPages("limit=10");
  expect(pages.map(({ sessions }) => sessions.map(({ id }) => id))).toEqual([
    ["d", "c"],
    ["b", "a"],
  ]);
});
