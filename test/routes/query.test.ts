import { beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { stoppedArkQuery } from "../durable/ark-query.ts";
import { aSpan, spanId, traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";

const TRACE = traceIdOf("ark query");
const SESSION = "trip-7";
const INPUT = 'Plan 3 nights in "Lisbon":\n- {{.budget}} € at most\n--- # no more\n';
const KEY = `${TRACE}:${spanId(1)}`;

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

async function deliverArk(input = INPUT, more = {}): Promise<void> {
  await world.deliver(stoppedArkQuery({ traceId: TRACE, input, more }));
  await world.rest([TRACE, SESSION]);
}

const pathOf = (query: string, search = "") => `/sessions/${SESSION}/queries/${encodeURIComponent(query)}${search}`;

async function get(path: string, accept = "application/json"): Promise<[number, string | null, string]> {
  const response = await world.request(path, { headers: { accept } });
  return [response.status, response.headers.get("content-type"), await response.text()];
}

const JSON_TYPE = "application/json; charset=utf-8";

const REQUEST = {
  session: SESSION,
  query: KEY,
  traceId: TRACE,
  phase: "running",
  named: true,
  name: "plan-trip",
  namespace: "travel",
  target: { type: "team", name: "planners" },
  input: INPUT,
  sessionId: "trip-7",
  conversationId: "c-42",
};

describe("a query to run again", () => {
  test("has its prompt verbatim, by key and by name", async () => {
    await deliverArk();
    for (const query of [KEY, "plan-trip"]) {
      const [status, type, text] = await get(pathOf(query));
      expect([status, type, JSON.parse(text)]).toEqual([200, JSON_TYPE, REQUEST]);
    }
  });

  test("has the parameters in its spans", async () => {
    await deliverArk(INPUT, { "query.parameters": '[{"name":"budget","value":"500"},{"name":"n","value":3}]' });
    expect(JSON.parse((await get(pathOf(KEY)))[2])).toEqual({
      ...REQUEST,
      parameters: [
        { name: "budget", value: "500" },
        { name: "n", value: "3" },
      ],
    });
  });

  test("has a whole prompt that was offloaded", async () => {
    const input = `${"All of it. ".repeat(2_000)}The end.`;
    await deliverArk(input);
    const request = JSON.parse((await get(pathOf(KEY)))[2]);
    expect([request.input === input, request.incomplete]).toEqual([true, undefined]);
  });

  test("has the prompt of its start event even after its end event", async () => {
    const data = { queryId: "u", queryName: "by-events", queryNamespace: "travel", sessionId: SESSION };
    const eventType = "Normal";
    for (const event of [
      { timestamp: "2026-11-21T10:00:09Z", eventType, reason: "QueryExecutionComplete", message: "", data },
      {
        timestamp: "2026-11-21T10:00:00Z",
        eventType,
        reason: "QueryExecutionStart",
        message: "",
        data: { ...data, input: "Plan a trip", targetType: "team", team: "planners" },
      },
    ]) {
      const headers = { "content-type": "application/json" };
      const posted = await world.request("/ark/events", { method: "POST", headers, body: JSON.stringify(event) });
      expect(posted.status).toBe(201);
    }
    await world.until(async () => (await get(pathOf("by-events")))[2].includes('"done"'));
    const { input, target, phase } = JSON.parse((await get(pathOf("by-events")))[2]);
    expect([input, target, phase]).toEqual(["Plan a trip", { type: "team", name: "planners" }, "done"]);
    expect((await get(pathOf("by-events"), "application/yaml"))[2]).toContain('input: "Plan a trip"');
  });

  test("is incomplete with the prompt of an event of 48 characters: Ark truncates there", async () => {
    for (const [uid, prompt, incomplete] of [
      ["short", "a".repeat(47), undefined],
      ["long", "b".repeat(48), ["input"]],
    ] as const) {
      const data = { queryId: uid, queryName: uid, queryNamespace: "travel", sessionId: SESSION, input: prompt };
      const event = {
        timestamp: "2026-11-21T10:00:00Z",
        eventType: "Normal",
        reason: "QueryExecutionStart",
        message: "",
        data,
      };
      const headers = { "content-type": "application/json" };
      const posted = await world.request("/ark/events", { method: "POST", headers, body: JSON.stringify(event) });
      expect(posted.status).toBe(201);
      await world.until(async () => (await get(pathOf(uid)))[0] === 200);
      const request = JSON.parse((await get(pathOf(uid)))[2]);
      expect([request.input, request.incomplete]).toEqual([prompt, incomplete]);
    }
    expect((await get(pathOf("long"), "application/yaml"))[2]).toContain("# incomplete: spec.input was cut\n");
  });

  test("is incomplete with a prompt truncated on arrival", async () => {
    const input = "x".repeat(1_100_000);
    await deliverArk(input);
    const request = JSON.parse((await get(pathOf(KEY)))[2]);
    expect(request.incomplete).toEqual(["input"]);
    expect(input.startsWith(request.input)).toBe(true);
    expect((await get(pathOf(KEY), "application/yaml"))[2].split("\n", 1)).toEqual([
      "# incomplete: spec.input was cut",
    ]);
  });

  test("may be the root of a trace without an Ark query", async () => {
    const root = aSpan(TRACE, 1, { name: "chat" }, { "session.id": SESSION, "input.value": '{"a": 1}' });
    await world.deliver([root]);
    await world.rest([TRACE, SESSION]);
    expect(JSON.parse((await get(pathOf("chat")))[2])).toEqual({
      session: SESSION,
      query: KEY,
      traceId: TRACE,
      phase: "done",
      named: false,
      name: "chat",
      input: '{"a": 1}',
      sessionId: SESSION,
    });
    const [status, type, text] = await get(pathOf("chat"), "application/yaml");
    expect([status, type]).toEqual([406, "application/problem+json"]);
    expect(text).toContain("This is not an Ark query");
  });
});

describe("Ark's manifest", () => {
  test("has the fields of a Query, and no others", async () => {
    await deliverArk(INPUT, { "query.parameters": '{"budget":"500"}' });
    const [status, type, text] = await get(pathOf(KEY), "application/yaml");
    expect([status, type]).toEqual([200, "application/yaml; charset=utf-8"]);
    expect(parse(text)).toEqual({
      apiVersion: "ark.mckinsey.com/v1alpha1",
      kind: "Query",
      metadata: { name: "plan-trip", namespace: "travel" },
      spec: {
        type: "user",
        input: INPUT,
        target: { type: "team", name: "planners" },
        parameters: [{ name: "budget", value: "500" }],
        sessionId: "trip-7",
        conversationId: "c-42",
      },
    });
    expect(text.split("\n").slice(0, 6)).toEqual([
      'apiVersion: "ark.mckinsey.com/v1alpha1"',
      'kind: "Query"',
      "metadata:",
      '  name: "plan-trip"',
      '  namespace: "travel"',
      "spec:",
    ]);
  });

  test("accepts another name that is valid in Kubernetes", async () => {
    await deliverArk();
    const [, , text] = await get(pathOf(KEY, "?name=plan-trip-2"), "application/yaml");
    expect(parse(text).metadata).toEqual({ name: "plan-trip-2", namespace: "travel" });
    for (const name of ["Plan", "a_b", "-a", "a..b", "a".repeat(254), ""])
      expect([name, (await get(pathOf(KEY, `?name=${name}`), "application/yaml"))[0]]).toEqual([name, 406]);
    expect((await get(pathOf(KEY, `?name=${"a".repeat(253)}`), "application/yaml"))[0]).toBe(200);
  });
});

describe("a query to resume", () => {
  test("has the messages up to its last answer, the results, and the call without one", async () => {
    await deliverArk();
    const [status, , text] = await get(pathOf(KEY, "?for=resume"));
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      ...REQUEST,
      messages: [
        { role: "system", parts: [{ type: "text", text: "You plan trips." }] },
        { role: "user", parts: [{ type: "text", text: INPUT }] },
        {
          role: "assistant",
          parts: [
            { type: "text", text: "Let me look." },
            { type: "tool_call", id: "call-1", name: "find-flights", arguments: { to: "Lisbon" } },
            { type: "tool_call", id: "call-2", name: "book-hotel", arguments: { nights: 3 } },
          ],
        },
      ],
      results: [{ id: "call-1", name: "find-flights", arguments: { to: "Lisbon" }, result: ["TP 571"] }],
      unanswered: [
        {
          kind: "tool",
          id: "call-2",
          name: "book-hotel",
          arguments: { nights: 3 },
          spanId: spanId(22),
          since: "1790000011000000000",
        },
      ],
    });
  });

  test("has whole values that were offloaded", async () => {
    const input = `${"All of it. ".repeat(2_000)}The end.`;
    await deliverArk(input);
    const request = JSON.parse((await get(pathOf(KEY, "?for=resume")))[2]);
    expect([request.messages[1].parts[0].text === input, request.incomplete]).toEqual([true, undefined]);
  });
});

describe("a request for a query fails", () => {
  test("for an unknown query or session", async () => {
    await deliverArk();
    expect((await get(pathOf("unknown")))[0]).toBe(404);
    expect((await get("/sessions/unknown/queries/plan-trip"))[0]).toBe(404);
  });

  test("for a name of two queries", async () => {
    const other = traceIdOf("other query");
    await deliverArk();
    await world.deliver(stoppedArkQuery({ traceId: other, input: "Again" }));
    await world.rest([other, SESSION]);
    const [status, type, text] = await get(pathOf("plan-trip"));
    expect([status, type]).toEqual([400, "application/problem+json"]);
    const { detail } = JSON.parse(text);
    expect(detail).toContain(`2 queries are called plan-trip. Use one of their keys: `);
    expect(JSON.parse((await get(pathOf(`${other}:${spanId(1)}`)))[2]).input).toBe("Again");
  });

  test("for invalid parameters", async () => {
    await deliverArk();
    expect((await get(pathOf(KEY, "?for=fun")))[0]).toBe(400);
    expect((await get(pathOf(KEY, "?for=resume"), "application/yaml"))[0]).toBe(400);
    const post = await world.request(pathOf(KEY), { method: "POST" });
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET"]);
  });

  test("with a redirect for a moved session", async () => {
    await deliverArk();
    const response = await world.request(`/sessions/${TRACE}/queries/plan-trip?for=resume`);
    expect([response.status, response.headers.get("location")]).toEqual([
      307,
      `/sessions/${SESSION}/queries/plan-trip?for=resume`,
    ]);
  });
});

test("openapi.json describes replay, transcript, restart and resume", async () => {
  const { paths } = await (
    await world.request("/openapi.json")
  ).json<{ paths: Record<string, { get?: { parameters?: { name: string }[] } }> }>();
  const parameters = (path: string) => paths[path]?.get?.parameters?.map(({ name }) => name);
  const replay = ["replay", "by", "speed", "idle", "from"];
  const transcript = ["format", "turn", "kinds", "since", "max"];
  expect(parameters("/sessions/{id}")).toEqual(["watch", "resourceVersion", ...replay, ...transcript]);
  expect(parameters("/sessions/{id}/queries/{query}")).toEqual(["for", "name"]);
});
