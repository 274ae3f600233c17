import { beforeEach, describe, expect, test } from "vitest";
import { MAX_VALUES } from "../../src/routes/read/log-chunks.ts";
import { TranscriptReader } from "../../src/routes/read/transcript-reader.ts";
import { withStatus } from "../../src/session/liveness.ts";
import { aRecord } from "../durable/log-records.ts";
import { aSpan, spanId, traceIdOf } from "../durable/spans.ts";
import type { Attributes } from "../durable/spans.ts";
import * as world from "../durable/world.ts";

const TRACE = traceIdOf("a talk");
const SESSION = "trip-7";

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

const MARKDOWN = { headers: { accept: "text/markdown" } };
const NAMED = { "session.id": SESSION };

const chat = (id: number, input: string, output: string, more: Attributes = {}) =>
  aSpan(TRACE, id, id === 1 ? {} : { parentSpanId: spanId(1) }, {
    ...NAMED,
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-5",
    "gen_ai.input.messages": JSON.stringify([{ role: "user", parts: [{ type: "text", content: input }] }]),
    "gen_ai.output.messages": JSON.stringify([{ role: "assistant", parts: [{ type: "text", content: output }] }]),
    ...more,
  });

const deliver = async (...sent: Parameters<typeof world.deliver>[0]): Promise<void> => {
  await world.deliver(sent);
  await world.rest([TRACE, SESSION]);
};

async function read(search = "", session = SESSION): Promise<string> {
  const response = await world.request(`/sessions/${encodeURIComponent(session)}${search}`, MARKDOWN);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/markdown; charset=utf-8"]);
  return await response.text();
}

async function refusal(search: string, session = SESSION): Promise<string> {
  const response = await world.request(`/sessions/${session}${search}`, MARKDOWN);
  const { detail } = await response.json<{ detail: string }>();
  return `${response.status} ${detail}`;
}

/** What a transcript says to come back with. */
const versionIn = (text: string): string => /`\?since=([0-9a-z]+\.\d+)`/.exec(text)?.[1] ?? "";

const paragraphs = (text: string): string[] => text.slice(text.indexOf("## ")).trimEnd().split("\n\n");

describe("a session as Markdown", () => {
  // spec: TEXT-1
  test("is what its spans say", async () => {
    await deliver(chat(1, "Is it sunny in Faro?", "Yes, very."));
    expect(paragraphs(await read())).toEqual([
      expect.stringMatching(/^## Turn 1: `.+` · done/),
      "**User**",
      "Is it sunny in Faro?",
      expect.stringMatching(/^\*\*Model\*\* `gpt-5`/),
      "Yes, very.",
    ]);
  });

  // spec: TEXT-7
  test("is asked for by Accept, or by format whatever Accept says", async () => {
    await deliver(chat(1, "Hi", "Hello."));
    const typeOf = async (search: string, accept: string) => {
      const response = await world.request(`/sessions/${SESSION}${search}`, { headers: { accept } });
      await response.body?.cancel();
      return response.headers.get("content-type")?.split(";")[0];
    };
    expect(await typeOf("", "text/markdown")).toBe("text/markdown");
    expect(await typeOf("", "text/markdown, text/html, */*")).toBe("text/markdown");
    expect(await typeOf("", "text/html, text/markdown;q=0.5")).toBe("text/html");
    expect(await typeOf("?format=markdown", "text/html")).toBe("text/markdown");
    expect(await typeOf("?format=markdown", "text/event-stream")).toBe("text/markdown");
    expect(await typeOf("?watch=true&format=markdown", "text/markdown")).toBe("text/event-stream");
    expect(await typeOf("", "application/json")).toBe("application/json");
    const response = await world.request(`/sessions/${SESSION}`, MARKDOWN);
    await response.body?.cancel();
    const headers = ["cache-control", "vary", "x-content-type-options"].map((name) => response.headers.get(name));
    expect(headers).toEqual(["no-store", "Accept", "nosniff"]);
  });

  test("counts what log records say about a span, in any order of delivery", async () => {
    const span = aSpan(TRACE, 1, {}, { ...NAMED, "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-5" });
    const record = (eventName: string, body: string, second: number) => ({
      service: "tests",
      record: aRecord(body, second, { traceId: TRACE, spanId: spanId(1), eventName }),
    });
    await deliver(
      record("gen_ai.choice", "Frank Herbert.", 2),
      record("gen_ai.user.message", "Who wrote Dune?", 1),
      span,
    );
    const [, ...said] = paragraphs(await read());
    expect(said).toEqual(["**User**", "Who wrote Dune?", expect.stringContaining("**Model**"), "Frank Herbert."]);
  });

  test("has large values whole, and repetitions of them once", async () => {
    const question = `Explain this: ${"word ".repeat(4_000)}end.`;
    const answer = `It means ${"thing ".repeat(4_000)}indeed.`;
    await deliver(chat(1, question, answer), chat(2, question, answer));
    const text = await read();
    expect(text.split("end.")).toHaveLength(2);
    expect(text.split("indeed.")).toHaveLength(2);
    expect(text).not.toContain("left out");
  });

  test("reads large values up to a bound, and shows previews of the others", async () => {
    // Each value is a little less than the largest that is stored.
    const values = Math.ceil(MAX_VALUES / 1_000_000) + 2;
    for (let id = 1; id <= values; id++)
      await world.deliver([chat(id, `Question ${id}`, `Answer ${id}. ${"x".repeat(990_000)} The end of ${id}.`)]);
    await world.rest([TRACE, SESSION]);
    const text = await read();
    const isIn = (part: string): boolean => text.includes(part);
    expect([isIn("The end of 1."), isIn(`Answer ${values}.`), isIn(`The end of ${values}.`)]).toEqual([
      true,
      true,
      false,
    ]);
  }, 120_000);

  test("reads the contents of the first and the last spans if there are too many", async () => {
    await deliver(aSpan(TRACE, 1, {}, { ...NAMED, "gen_ai.operation.name": "invoke_agent", "input.value": "Go" }));
    for (let id = 2; id <= 6; id++) await deliver(chat(id, "Go", `Answer ${id}`));
    const answersWith = async (most: number) => {
      const stub = world.calls(SESSION);
      const peeked = await stub.peek("session");
      if (peeked.state !== "present" || peeked.summary === undefined) throw new Error("the session is absent");
      const reader = new TranscriptReader(stub, peeked, most);
      const { turns } = await reader.read(withStatus(peeked.summary, 0), 1_000, undefined);
      const steps = turns.flatMap((turn) => turn.steps);
      return [steps.map((step) => (step.kind === "text" ? step.passage.text : step.kind)), reader.omissions];
    };
    const all = [2, 3, 4, 5, 6].map((id) => `Answer ${id}`);
    expect(await answersWith(6)).toEqual([all, []]);
    expect(await answersWith(4)).toEqual([
      ["Answer 2", "Answer 5", "Answer 6"],
      ["Of this many spans, the first and the last 2 have their contents."],
    ]);
  });

  // spec: TEXT-5
  test("has at most so many bytes", async () => {
    await deliver(chat(1, "Hi", "é".repeat(50_000)));
    const size = async (search: string) => new TextEncoder().encode(await read(search)).length;
    expect(await size("?max=20000")).toBeLessThanOrEqual(20_000);
    expect(await size("?max=20000")).toBeGreaterThan(15_000);
    expect(await size("")).toBeGreaterThan(100_000);
  });

  // spec: TEXT-6
  test("shows one turn, by number or key, and some kinds of steps", async () => {
    const other = traceIdOf("another turn");
    await deliver(chat(1, "First?", "One."), { ...chat(2, "Second?", "Two."), traceId: other });
    await world.rest([other, SESSION]);
    const queries = (await world.readSession(SESSION))?.queries ?? [];
    expect(queries).toHaveLength(2);
    for (const [at, { key }] of queries.entries()) {
      const byNumber = await read(`?turn=${at + 1}`);
      expect(await read(`?turn=${encodeURIComponent(key)}`)).toBe(byNumber);
      expect(byNumber.match(/^## /gm)).toHaveLength(1);
    }
    expect(paragraphs(await read("?turn=1&kinds=user"))).toEqual([
      expect.stringContaining("## Turn 1"),
      "**User**",
      expect.stringMatching(/First\?|Second\?/),
    ]);
    expect(await read("?kinds=llm")).not.toContain("**User**");
  });

  // spec: TEXT-6
  test("a reader that comes back with a version gets what came after it", async () => {
    await deliver(chat(1, "First?", "One."));
    const version = versionIn(await read());
    await deliver(chat(2, "Second?", "Two."));
    const later = await read(`?since=${version}`);
    expect(paragraphs(later)).toEqual([
      expect.stringContaining("## Turn 1"),
      "**User**",
      "Second?",
      expect.stringContaining("**Model**"),
      "Two.",
    ]);
    const nothing = await read(`?since=${versionIn(later)}`);
    expect(nothing).not.toContain("## ");
    expect(nothing).toContain("Nothing is new, or was asked for.");
    const all = await read("?since=zzz.1");
    expect(all).toContain("First?");
    expect(all).toContain("The version was of an earlier log of this session: this is all of it.");
  });

  test("refuses parameters, and names their values", async () => {
    await deliver(chat(1, "Hi", "Hello."));
    expect(await refusal("?turn=0")).toBe("400 turn must be a turn's key, or its number from 1");
    expect(await refusal("?turn=2")).toBe("404 The turn 2 of the session does not exist or was deleted.");
    expect(await refusal("?kinds=tool,cake")).toMatch(
      /^400 kinds must be one or more of user, system, .*, separated by commas$/,
    );
    expect(await refusal("?since=yesterday")).toBe(
      "400 since must be a resourceVersion of this server, as a transcript states it",
    );
    for (const max of ["1999", "2000001", "many"])
      expect(await refusal(`?max=${max}`)).toBe("400 max must be a number of bytes from 2000 to 2000000");
    expect(await refusal("?format=pdf")).toBe("400 format must be markdown");
  });

  test("of a session that does not exist is 404; of one that moved a redirect", async () => {
    expect(await refusal("", "nobody")).toBe("404 The session nobody does not exist or was deleted.");
    await deliver(chat(1, "Hi", "Hello."));
    const response = await world.request(`/sessions/${TRACE}?turn=1`, { ...MARKDOWN, redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([307, `/sessions/${SESSION}?turn=1`]);
  });

  test("names the session and escapes its path", async () => {
    const name = "a/b `c` <d>";
    await world.deliver([
      aSpan(TRACE, 1, {}, { "session.id": name, "gen_ai.operation.name": "chat", "output.value": "x".repeat(9_000) }),
    ]);
    await world.rest([TRACE, name]);
    const text = await read("?max=3000", name);
    expect(text).toContain("Session ``a/b `c` <d>``");
    expect(text).toContain(`\`/sessions/${encodeURIComponent(name)}/spans/${TRACE}/${spanId(1)}\``);
  });
});
