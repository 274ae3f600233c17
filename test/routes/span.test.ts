import { beforeEach, describe, expect, test } from "vitest";
import { traceIdForSession } from "../../src/otlp/logs/group-records.ts";
import type { SpanDetail } from "../../src/session/span-detail.ts";
import { aRecord } from "../durable/log-records.ts";
import { aSpan, at, spanId, traceIdOf } from "../durable/spans.ts";
import type { Attributes } from "../durable/spans.ts";
import * as world from "../durable/world.ts";

const TRACE = traceIdOf("one span");
const SESSION = "trip-7";

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

const NAMED = { "session.id": SESSION };

const pathOf = (id: number | string, search = "", session = SESSION): string =>
  `/sessions/${encodeURIComponent(session)}/spans/${TRACE}/${spanId(id)}${search}`;

async function read(id: number | string, search = "", session = SESSION): Promise<SpanDetail> {
  const response = await world.request(pathOf(id, search, session));
  expect(response.status).toBe(200);
  return await response.json<SpanDetail>();
}

async function refusal(path: string): Promise<string> {
  const response = await world.request(path);
  const { detail } = await response.json<{ detail: string }>();
  return `${response.status} ${detail}`;
}

async function deliver(...sent: Parameters<typeof world.deliver>[0]): Promise<void> {
  await world.deliver(sent);
  await world.rest([TRACE, SESSION]);
}

const CHAT: Attributes = {
  ...NAMED,
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "anthropic",
  "gen_ai.request.model": "claude-sonnet-4-5",
  "gen_ai.request.max_tokens": 400,
  "gen_ai.tool.definitions": '[{"type":"function","name":"weather","description":"Looks it up"}]',
  "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Is it sunny in Faro?"}]}]',
  "gen_ai.output.messages":
    '[{"role":"assistant","parts":[{"type":"reasoning","content":"They ask."},{"type":"tool_call","id":"c1","name":"weather","arguments":{"city":"Faro"}}],"finish_reason":"tool_call"}]',
  "gen_ai.usage.input_tokens": 1000,
  "gen_ai.usage.output_tokens": 100,
  "gen_ai.response.finish_reasons": '["tool_use"]',
};

describe("one span", () => {
  // spec: SPAN-1
  test("says what it was, what went in and came out", async () => {
    const agent = { ...NAMED, "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "Trip Bot" };
    await deliver(aSpan(TRACE, 1, {}, agent), aSpan(TRACE, 2, { parentSpanId: spanId(1), name: "chat" }, CHAT));
    const { attributes, ...detail } = await read(2);
    expect(attributes.map(({ key }) => key)).toEqual(Object.keys(CHAT));
    expect(detail).toEqual({
      traceId: TRACE,
      spanId: spanId(2),
      parentSpanId: spanId(1),
      otlpKind: 1,
      name: "chat",
      kind: "llm",
      title: "claude-sonnet-4-5 → weather(Faro)",
      status: "ok",
      start: at(0),
      end: at(1),
      model: "claude-sonnet-4-5",
      provider: "anthropic",
      agent: "Trip Bot",
      tokens: { input: 1000, output: 100, cached: 0, written: 0, written1h: 0, reasoning: 0 },
      cost: 0.0045,
      estimated: true,
      finishReasons: ["tool_use"],
      parameters: { max_tokens: 400 },
      toolsOffered: [{ name: "weather", description: "Looks it up" }],
      input: {
        type: "messages",
        messages: [{ role: "user", parts: [{ type: "text", text: "Is it sunny in Faro?" }] }],
      },
      output: {
        type: "messages",
        messages: [
          {
            role: "assistant",
            parts: [
              { type: "reasoning", text: "They ask." },
              { type: "tool_call", id: "c1", name: "weather", arguments: { city: "Faro" } },
            ],
            finishReason: "tool_call",
          },
        ],
      },
      events: [],
      links: [],
      resource: { attributes: [{ key: "service.name", value: { stringValue: "tests" } }] },
      scope: { name: "spanfold.tests" },
      logs: [],
    });
  });

  test("has the cost that it reports", async () => {
    await deliver(aSpan(TRACE, 1, {}, { ...CHAT, "gen_ai.usage.cost": { doubleValue: 0.5 } }));
    const { cost, estimated } = await read(1);
    expect([cost, estimated]).toEqual([0.5, undefined]);
  });

  test("runs, then ends: the best version answers", async () => {
    const tool = { ...NAMED, "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "weather" };
    await deliver(aSpan(TRACE, 1, { endTimeUnixNano: "0" }, { ...tool, "gen_ai.tool.call.arguments": "Faro" }));
    const running = await read(1);
    expect([running.status, running.end, running.title, running.output]).toEqual([
      "running",
      undefined,
      "weather(Faro)",
      undefined,
    ]);
    const given = { ...tool, "gen_ai.tool.call.arguments": "Faro", "gen_ai.tool.call.result": '{"sky":"clear"}' };
    await deliver(aSpan(TRACE, 1, {}, given));
    const ended = await read(1);
    expect([ended.status, ended.end, ended.title, ended.output, ended.tool]).toEqual([
      "ok",
      at(1),
      "weather(Faro) → clear",
      { type: "json", text: '{"sky":"clear"}' },
      "weather",
    ]);
  });

  test("has the ids of its span, not those of a copy that announces it", async () => {
    const pending = { ...NAMED, "logfire.span_type": "pending_span", "logfire.pending_parent_id": spanId(9) };
    await deliver(aSpan(TRACE, 7, { parentSpanId: spanId(8), endTimeUnixNano: at(0) }, pending));
    const { spanId: id, parentSpanId, status } = await read(8);
    expect([id, parentSpanId, status]).toEqual([spanId(8), spanId(9), "running"]);
  });

  test("failed: type, message and stack of its exception", async () => {
    const attributes = [
      { key: "exception.type", value: { stringValue: "Timeout" } },
      { key: "exception.message", value: { stringValue: "after 2 s" } },
      { key: "exception.stacktrace", value: { stringValue: "at query" } },
    ];
    const events = [{ timeUnixNano: at(1), name: "exception", attributes }];
    await deliver(aSpan(TRACE, 1, { name: "step", status: { code: 2 }, events }, NAMED));
    const { status, error, title, events: shown } = await read(1);
    expect([status, error, title, shown.length]).toEqual([
      "error",
      { type: "Timeout", message: "after 2 s", stack: "at query" },
      "step ✗ after 2 s",
      1,
    ]);
  });

  // spec: SPAN-2
  test("of several with one id, the earliest; another by its OTLP kind", async () => {
    await deliver(
      aSpan(TRACE, 1, { name: "server", kind: 2, startTimeUnixNano: at(0.5) }, NAMED),
      aSpan(TRACE, 1, { name: "client", kind: 3 }, NAMED),
    );
    const names = await Promise.all(["", "?otlpKind=2", "?otlpKind=3"].map(async (kind) => (await read(1, kind)).name));
    expect(names).toEqual(["client", "server", "client"]);
    expect((await read(1)).otlpKinds).toEqual([3, 2]);
    expect(await refusal(pathOf(1, "?otlpKind=4"))).toBe(
      `404 The span ${TRACE}:${spanId(1)} has another OTLP kind: 3, 2.`,
    );
  });
});

describe("the input and output of a span", () => {
  const LONG = `${"All of it. ".repeat(2_000)}The end.`;

  // spec: SPAN-3
  test("are whole, though the log has a large value apart", async () => {
    const messages = JSON.stringify([{ role: "user", parts: [{ type: "text", content: LONG }] }]);
    await deliver(aSpan(TRACE, 1, {}, { ...CHAT, "gen_ai.input.messages": messages }));
    const { input, attributes } = await read(1);
    expect(input).toEqual({ type: "messages", messages: [{ role: "user", parts: [{ type: "text", text: LONG }] }] });
    const stored = attributes.find(({ key }) => key === "gen_ai.input.messages")?.value;
    expect([stored?.stringValue?.length, stored?.offloaded?.bytes]).toEqual([512, expect.any(Number)]);
  });

  test("that were cut on arrival say so", async () => {
    await deliver(aSpan(TRACE, 1, {}, { ...NAMED, "input.value": "x".repeat(1_100_000) }));
    const { input } = await read(1);
    expect(input?.type === "text" && input.text.length < 1_100_000).toBe(true);
    expect(input?.cut?.bytes).toBeGreaterThanOrEqual(1_100_000);
  });

  // spec: SPAN-3
  test("are cut at so many bytes, and say so: the newest messages stay", async () => {
    const input = JSON.stringify([
      { role: "user", content: "first" },
      { role: "assistant", content: "second" },
      {
        role: "user",
        content: [
          { type: "text", text: "third" },
          { type: "text", text: "äöü" },
        ],
      },
    ]);
    await deliver(aSpan(TRACE, 1, {}, { ...NAMED, "input.value": input, "output.value": "Ofen ö 😀" }));
    const textsOf = ({ input: given }: SpanDetail): string =>
      given?.type === "messages"
        ? given.messages.map(({ role, parts }) => `${role}: ${parts.map(({ text }) => text).join("|")}`).join("; ")
        : "";
    const seen: Record<string, string> = {};
    for (const max of [0, 4, 8, 13, 21, 22]) {
      const detail = await read(1, `?max=${max}`);
      const cuts = [detail.input?.cut?.bytes ?? "whole", detail.output?.cut?.bytes ?? "whole"];
      const output = detail.output?.type === "text" ? detail.output.text : "";
      seen[`max=${max}`] = `${textsOf(detail)} → ${output} (${cuts.join(", ")})`;
    }
    expect(seen).toEqual({
      "max=0": " →  (22, 12)",
      "max=4": "user: thir → Ofen (22, 12)",
      "max=8": "user: third|ä → Ofen ö  (22, 12)",
      "max=13": "assistant: se; user: third|äöü → Ofen ö 😀 (22, whole)",
      "max=21": "user: firs; assistant: second; user: third|äöü → Ofen ö 😀 (22, whole)",
      "max=22": "user: first; assistant: second; user: third|äöü → Ofen ö 😀 (whole, whole)",
    });
  });

  test("may stand in events of the span", async () => {
    const said = (name: string, content: string) => ({
      timeUnixNano: at(0),
      name,
      attributes: [{ key: "content", value: { stringValue: content } }],
    });
    const events = [said("gen_ai.user.message", "Hello"), said("gen_ai.choice", "Good day")];
    await deliver(aSpan(TRACE, 1, { name: "chat", events }, { ...NAMED, "gen_ai.operation.name": "chat" }));
    expect((await read(1)).title).toBe("chat → Good day");
  });

  // spec: SPAN-4
  test("may stand in log records of the span, whichever arrives first", async () => {
    const given = { traceId: TRACE, spanId: spanId(1) };
    const answer = aRecord(LONG, 1, { ...given, eventName: "gen_ai.choice" });
    const question = aRecord("Hello", 0.5, { ...given, eventName: "gen_ai.user.message" });
    const other = aRecord("elsewhere", 0.5, { traceId: TRACE, spanId: spanId(2) });
    const failure = { "exception.type": "Late", "exception.message": "too late" };
    await world.deliverLogs([answer, other]);
    await deliver(aSpan(TRACE, 1, {}, { ...NAMED, "gen_ai.request.model": "m", "gen_ai.operation.name": "chat" }));
    await world.deliverLogs([question, aRecord("", 2, { ...given, severityNumber: 17 }, failure)]);
    await world.rest([TRACE, SESSION]);
    const { input, output, logs, status, error } = await read(1);
    expect(input).toEqual({ type: "messages", messages: [{ role: "user", parts: [{ type: "text", text: "Hello" }] }] });
    expect(output).toEqual({
      type: "messages",
      messages: [{ role: "assistant", parts: [{ type: "text", text: LONG }] }],
    });
    expect(logs.map(({ timeUnixNano, eventName }) => [timeUnixNano, eventName])).toEqual([
      [at(0.5), "gen_ai.user.message"],
      [at(1), "gen_ai.choice"],
      [at(2), undefined],
    ]);
    expect([status, error]).toEqual(["error", { type: "Late", message: "too late" }]);
  });
});

describe("a span derived from log records", () => {
  test("answers, with its records", async () => {
    const call = { "session.id": SESSION, "event.name": "tool_result", tool_name: "Bash", success: "true" };
    const record = aRecord("claude_code.tool_result", 3, {}, { ...call, duration_ms: "2000", tool_use_id: "t1" });
    await world.deliverLogs([record]);
    await world.rest([traceIdForSession(SESSION), SESSION]);
    const [found] = (await world.readPath<{ queries: { key: string }[] }>(`/sessions/${SESSION}`))?.queries ?? [];
    const [traceId = "", id = ""] = found?.key.split(":") ?? [];
    const response = await world.request(`/sessions/${SESSION}/spans/${traceId}/${id}`);
    const detail = await response.json<SpanDetail>();
    expect([detail.derived, detail.kind, detail.title, detail.start, detail.end, detail.logs.length]).toEqual([
      true,
      "tool",
      "Bash",
      at(1),
      at(3),
      1,
    ]);
    expect(detail.attributes.some(({ key }) => key.startsWith("spanfold."))).toBe(false);
  });
});

describe("a span that cannot be shown", () => {
  // spec: SPAN-5
  test("a placeholder has a reason, by spans and by records", async () => {
    await deliver(aSpan(TRACE, 2, { parentSpanId: spanId(1) }, NAMED));
    await world.deliverLogs([
      aRecord("", 1, { traceId: TRACE, spanId: spanId(3), severityNumber: 17 }, { "exception.type": "Late" }),
    ]);
    await world.rest([TRACE, SESSION]);
    expect([await refusal(pathOf(1)), await refusal(pathOf(3)), await refusal(pathOf(4))]).toEqual([
      `404 The span ${TRACE}:${spanId(1)} was not received. Other spans name it as their parent, so the session shows a placeholder.`,
      `404 The span ${TRACE}:${spanId(3)} was not received. Log records belong to it.`,
      `404 The span ${TRACE}:${spanId(4)} does not exist or was deleted.`,
    ]);
  });

  test("no session, malformed ids and parameters", async () => {
    await deliver(aSpan(TRACE, 1, {}, NAMED));
    expect(await refusal(pathOf(1, "", "other"))).toBe("404 The session other does not exist or was deleted.");
    expect(await refusal(`/sessions/${SESSION}/spans/${TRACE}/__proto__`)).toBe(
      "400 A trace id has 32 hex digits, a span id has 16.",
    );
    expect(await refusal(pathOf(1, "?max=-1"))).toBe("400 max must be a number of bytes up to 1,000,000,000");
    expect(await refusal(pathOf(1, "?otlpKind=client"))).toBe("400 otlpKind must be a number such as 3");
    const response = await world.request(pathOf(1), { method: "POST" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET"]);
  });

  // spec: BIND-9
  test("of a session that moved, a redirect that keeps the query", async () => {
    await deliver(aSpan(TRACE, 2, { parentSpanId: spanId(1) }));
    await deliver(aSpan(TRACE, 1, {}, NAMED));
    const response = await world.request(pathOf(1, "?max=5", TRACE));
    expect([response.status, response.headers.get("location")]).toEqual([307, pathOf(1, "?max=5")]);
  });

  test("of a trace that left a session that goes on, a redirect too", async () => {
    await deliver(aSpan(TRACE, 2, { parentSpanId: spanId(1) }, { "gen_ai.conversation.id": "talk" }));
    await deliver(aSpan(traceIdOf("another"), 1, {}, { "gen_ai.conversation.id": "talk" }));
    await deliver(aSpan(TRACE, 1, {}, NAMED));
    await world.rest([TRACE, SESSION, "talk"]);
    const response = await world.request(pathOf(1, "", "talk"));
    expect([response.status, response.headers.get("location")]).toEqual([307, pathOf(1)]);
  });
});

describe("hostile values", () => {
  test("ids of sessions with every sign, ids in capitals", async () => {
    const session = "a/b?c#d%20ü";
    await world.deliver([aSpan(TRACE, "ab", { name: "found" }, { "session.id": session })]);
    await world.rest([TRACE, session]);
    expect((await read("ab", "", session)).name).toBe("found");
    const upper = `/sessions/${encodeURIComponent(session)}/spans/${TRACE.toUpperCase()}/${spanId("ab").toUpperCase()}`;
    expect((await world.request(upper)).status).toBe(200);
  });

  test("deep, wide and odd contents", async () => {
    const deep = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
    const tool = { ...NAMED, "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "__proto__" };
    await deliver(
      aSpan(TRACE, 1, { name: "\u202e" }, { ...tool, "gen_ai.tool.call.arguments": deep }),
      aSpan(TRACE, 2, {}, { ...tool, "gen_ai.tool.call.arguments": '{"__proto__":{"query":"q"}}' }),
      aSpan(TRACE, 3, {}, { ...NAMED, "gen_ai.prompt.999999999.content": "x", "gen_ai.prompt.__proto__.content": "y" }),
      aSpan(TRACE, 4, {}, { ...NAMED, "llm.invocation_parameters": '{"__proto__":1,"n":2}' }),
    );
    expect((await read(1)).title.length).toBeLessThanOrEqual(120);
    expect((await read(2)).title).toBe("__proto__(q)");
    expect((await read(3)).input).toBeUndefined();
    expect((await read(4)).parameters).toEqual(JSON.parse('{"__proto__":1,"n":2}'));
  });
});
