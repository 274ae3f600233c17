import { beforeEach, describe, expect, test } from "vitest";
import type { SearchAnswer } from "../../src/api/search-schema.ts";
import { aRecord } from "../durable/log-records.ts";
import { aSpan, at, spanId, traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";

const TRACE = traceIdOf("searched");
const SESSION = "trip-8";
const NAMED = { "session.id": SESSION };

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

async function deliver(...sent: Parameters<typeof world.deliver>[0]): Promise<void> {
  await world.deliver(sent);
  await world.rest([TRACE, SESSION]);
}

async function search(q: string, more = ""): Promise<SearchAnswer> {
  const response = await world.request(`/sessions/${SESSION}/search?q=${encodeURIComponent(q)}${more}`);
  expect(response.status).toBe(200);
  return await response.json<SearchAnswer>();
}

const lines = ({ matches }: SearchAnswer): readonly string[] =>
  matches.map(({ type, name, field, excerpt, count }) => `${count} × ${type} ${name}, ${field}: ${excerpt}`);

const message = (text: string): string => JSON.stringify([{ role: "user", parts: [{ type: "text", content: text }] }]);

describe("a search in a session", () => {
  test("finds names, messages, errors and log records, by time", async () => {
    await deliver(
      aSpan(TRACE, 1, { name: "agent", status: { code: 2, message: "no Umbrella left" } }, NAMED),
      aSpan(
        TRACE,
        2,
        { startTimeUnixNano: at(0.5), name: "chat" },
        { ...NAMED, "input.value": message("an umbrella?") },
      ),
      aSpan(TRACE, 3, { startTimeUnixNano: at(0.2), name: "buy umbrella" }, NAMED),
      aSpan(TRACE, 4, { startTimeUnixNano: at(0.3), name: "sunshine" }, NAMED),
      { service: "desk", record: aRecord("umbrella!", 0.7, { traceId: TRACE, spanId: spanId(2) }) },
    );
    expect(lines(await search("umbrella"))).toEqual([
      "1 × span agent, status: no Umbrella left",
      "1 × span buy umbrella, name: buy umbrella",
      '1 × span chat, input.value: …","parts":[{"type":"text","content":"an umbrella?"}]}]',
      "1 × log , body: umbrella!",
    ]);
  });

  test("reads large values whole", async () => {
    const large = `${"sun ".repeat(20_000)}umbrella${" sun".repeat(20_000)}`;
    await deliver(aSpan(TRACE, 1, { name: "chat" }, { ...NAMED, "input.value": large }));
    const { matches } = await search("umbrella");
    expect(matches.map(({ field, excerpt, at: from, length }) => [field, excerpt.slice(from, from + length)])).toEqual([
      ["input.value", "umbrella"],
    ]);
  });

  test("finds the best version of a span only", async () => {
    await deliver(aSpan(TRACE, 1, { endTimeUnixNano: "0", name: "umbrella, running" }, NAMED));
    await deliver(aSpan(TRACE, 1, { name: "umbrella, done" }, NAMED));
    expect(lines(await search("umbrella"))).toEqual(["1 × span umbrella, done, name: umbrella, done"]);
  });

  test("bounds its matches, and counts the others", async () => {
    await deliver(
      ...Array.from({ length: 30 }, (_, n) => aSpan(TRACE, n + 1, { startTimeUnixNano: at(n / 100) }, NAMED)),
    );
    const { matches, omitted } = await search("span", "&limit=3");
    expect([matches.map(({ name }) => name), omitted]).toEqual([["span 1", "span 2", "span 3"], 27]);
  });

  test("refuses what is no search", async () => {
    await deliver(aSpan(TRACE, 1, {}, NAMED));
    for (const bad of ["", "?q=", "?q=%20", `?q=${"x".repeat(257)}`, "?q=a&limit=0", "?q=a&limit=9999"]) {
      const response = await world.request(`/sessions/${SESSION}/search${bad}`);
      expect([bad, response.status]).toEqual([bad, 400]);
    }
    expect((await world.request("/sessions/absent/search?q=a")).status).toBe(404);
  });

  test("follows a session that moved", async () => {
    await deliver(aSpan(TRACE, 1, {}, NAMED));
    const response = await world.request(`/sessions/${TRACE}/search?q=a`, { redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([307, `/sessions/${SESSION}/search?q=a`]);
  });
});
