import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RecentExports } from "../../src/session/contract/stream-events.ts";
import { fetchFrom } from "../routes/deployment.ts";
import { directory } from "./reported.ts";
import { aSpan, exportOf, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const TRACE = traceIdOf("trace");
const TOKENS = { ADMIN_TOKEN: "admin-secret", INGEST_TOKEN: "ingest-secret", VIEW_TOKEN: "view-secret" };
const JSON_TYPE = { "content-type": "application/json" };
const ELSEWHERE = { ...JSON_TYPE, host: "192.168.1.7:8787" };

/** Rows that the directory wrote about exports. */
let writes = 0;
let restore: (() => void) | undefined;

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
  await runInDurableObject(directory(), (_, { storage }) => {
    const sql = Object.getPrototypeOf(storage.sql) as SqlStorage;
    const original: (query: string, ...values: unknown[]) => unknown = Reflect.get(sql, "exec");
    const counting = function (this: SqlStorage, query: string, ...values: unknown[]): unknown {
      if (query.startsWith("INSERT") && values[0] === "recentExports") writes++;
      return original.call(this, query, ...values);
    };
    Reflect.set(sql, "exec", counting);
    restore = () => Reflect.set(sql, "exec", original);
  });
  writes = 0;
});

afterEach(() => restore?.());

async function recentExports(): Promise<RecentExports> {
  return (await (await world.request("/sessions?limit=1")).json<{ recentExports: RecentExports }>()).recentExports;
}

async function send(body: string, headers: Record<string, string>, path = "/v1/traces"): Promise<number> {
  world.pass(1);
  const response = await world.request(path, { method: "POST", headers, body });
  await response.text();
  return response.status;
}

/** To a deployment with tokens. */
async function sendWith(token: string | undefined, body = "{}"): Promise<number> {
  world.pass(1);
  const response = await fetchFrom(TOKENS, "https://spanfold.example/v1/traces", {
    method: "POST",
    headers: { ...JSON_TYPE, ...(token === undefined ? {} : { authorization: `Bearer ${token}-secret` }) },
    body,
  });
  await response.text();
  return response.status;
}

async function untilRefused(holds: (refused: RecentExports["refused"]) => boolean): Promise<RecentExports> {
  await world.until(async () => holds((await recentExports()).refused));
  return await recentExports();
}

/** "403 × 30" */
const lines = ({ refused }: RecentExports) =>
  refused.map(({ status, count, reason }) => `${status} × ${count}: ${reason}`);

const ALIEN = "403 × 30: This program is open, so it answers only requests addressed to this machine";

describe("exports that are refused", () => {
  // spec: LIST-17
  test("displace no accepted export, are one line with a count, and cost less than a write each", async () => {
    for (let n = 0; n < 20; n++) await world.deliver([aSpan(TRACE, n + 1)]);
    await world.until(async () => (await recentExports()).last.length === 20);
    world.pass(10_000);
    writes = 0;
    const first = Date.now() + 1;
    for (let n = 0; n < 29; n++) expect(await send("{}", ELSEWHERE)).toBe(403);
    await untilRefused(([line]) => line !== undefined);
    world.pass(10_000);
    await send("{}", ELSEWHERE);
    const seen = await untilRefused(([line]) => line?.count === 30);
    expect(lines(seen)).toEqual([expect.stringContaining(ALIEN)]);
    expect(seen.refused).toEqual([
      {
        at: first + 10_029,
        firstAt: first,
        count: 30,
        status: 403,
        signal: "traces",
        encoding: "json",
        accepted: 0,
        rejected: 0,
        reason: expect.any(String),
      },
    ]);
    expect(seen.last.map(({ accepted }) => accepted)).toEqual(Array.from({ length: 20 }, () => 1));
    expect(writes).toBe(2);

    await evictDurableObject(directory());
    expect(await recentExports()).toEqual(seen);
  });

  test("are not displaced by accepted exports", async () => {
    await send("{", JSON_TYPE);
    for (let n = 0; n < 25; n++) await world.deliver([aSpan(TRACE, n + 1)]);
    await world.until(async () => (await recentExports()).last.length === 20);
    expect(lines(await recentExports())).toEqual([expect.stringContaining("400 × 1: malformed JSON")]);
  });

  test("have lines of their own with tokens: no token, a token that may not write, a body that is no export", async () => {
    for (let n = 0; n < 3; n++) expect(await sendWith(undefined)).toBe(401);
    expect(await sendWith("wrong")).toBe(401);
    for (let n = 0; n < 2; n++) expect(await sendWith("view")).toBe(403);
    expect(await sendWith("ingest", "[]")).toBe(400);
    expect(await sendWith("ingest", exportOf([aSpan(TRACE, 1)]))).toBe(200);
    world.pass(10_000);
    await sendWith(undefined);
    const seen = await untilRefused((refused) => refused.some(({ count }) => count === 5));
    expect(lines(seen)).toEqual([
      "401 × 5: Send a token of this deployment: Authorization: Bearer <token>",
      expect.stringMatching(/^400 × 1: /),
      "403 × 2: This token may read only; this request needs a token that may write.",
    ]);
    expect(seen.last.map(({ accepted }) => accepted)).toEqual([1]);
  });

  test("in part are among the accepted exports, and have a line as well", async () => {
    const bad = { ...aSpan(TRACE, 2), spanId: "00" };
    await send(exportOf([aSpan(TRACE, 1), bad]), JSON_TYPE);
    world.pass(10_000);
    await send(exportOf([aSpan(TRACE, 3), bad]), JSON_TYPE);
    const seen = await untilRefused(([line]) => line?.count === 2);
    expect(seen.last.map(({ accepted, rejected }) => [accepted, rejected])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(seen.refused[0]).toMatchObject({ status: 200, service: "tests", accepted: 1, rejected: 1, count: 2 });
  });

  test("for different reasons take few lines, write seldom, and displace none of exporters with access", async () => {
    await send("{", JSON_TYPE);
    await untilRefused(([line]) => line?.status === 400);
    world.pass(10_000);
    writes = 0;
    for (let n = 0; n < 300; n++) expect(await send("{}", { ...JSON_TYPE, host: `h${n}.example` })).toBe(403);
    world.pass(10_000);
    await send("{}", { ...JSON_TYPE, host: "last.example" });
    const seen = await untilRefused((refused) => refused.some(({ count }) => count === 296));
    expect(lines(seen).map((line) => line.replace(/^403 × 1: .*not to (.*)\.$/, "$1"))).toEqual([
      "403 × 296: other refusals",
      "h4.example",
      "h3.example",
      "h2.example",
      "h1.example",
      "h0.example",
      expect.stringContaining("400 × 1: malformed JSON"),
    ]);
    expect(writes).toBeLessThanOrEqual(4);
  });

  test("have short texts, whatever the request contains", async () => {
    await send("{}", { "content-type": "x".repeat(5_000) });
    const { refused } = await untilRefused(([line]) => line !== undefined);
    expect(refused[0]?.reason).toHaveLength(300);
    expect(refused[0]?.reason).toMatch(/^Content-Type "x+…$/);
  });

  test("write no more if many isolates report them at once", async () => {
    const refusal = {
      at: Date.now(),
      firstAt: Date.now(),
      count: 1,
      status: 401,
      signal: "traces",
      accepted: 0,
      rejected: 0,
      reason: "no token",
    } as const;
    for (let n = 0; n < 100; n++)
      await directory().recordExports(world.caller(), { last: [], refused: [refusal], dropped: { metrics: 0 } });
    expect(lines(await recentExports())).toEqual(["401 × 100: no token"]);
    expect(writes).toBe(1);
    world.pass(10_000);
    await directory().recordExports(world.caller(), { last: [], refused: [refusal], dropped: { metrics: 0 } });
    expect(writes).toBe(2);
    await evictDurableObject(directory());
    expect(lines(await recentExports())).toEqual(["401 × 101: no token"]);
  });
});
