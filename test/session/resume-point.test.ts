import { expect, test } from "vitest";
import { arkManifest } from "../../src/ark/manifest.ts";
import { requestOf } from "../../src/session/rerun/query-request.ts";
import type { QueryRequest, WholeSpan } from "../../src/session/rerun/query-request.ts";
import { resumePoint } from "../../src/session/rerun/resume-point.ts";
import type { ResumePoint } from "../../src/session/rerun/resume-point.ts";
import type { Span } from "../../src/otel/span.ts";
import type { Attributes } from "../facts/span-of.ts";
import { spanOf } from "../facts/span-of.ts";

const REQUEST: QueryRequest = {
  session: "s",
  query: "t:1",
  traceId: "t",
  phase: "running",
  named: true,
  name: "q",
  input: "Hi?",
};

const CUT = { offloaded: { hash: "a", bytes: 9, cutFrom: 2_000_000 } };

function step(...calls: readonly { id?: string; name: string }[]): WholeSpan {
  const tool_calls = calls.map(({ id, name }) => ({ id, function: { name, arguments: "{}" } }));
  return {
    span: spanOf("chat", {
      "gen_ai.operation.name": "chat",
      "gen_ai.input.messages": JSON.stringify([{ role: "user", content: "Hi?" }]),
      "gen_ai.output.messages": JSON.stringify([{ role: "assistant", content: "", tool_calls }]),
    }),
  };
}

function tool(name: string, attributes: Attributes, more: Partial<Span> = {}): WholeSpan {
  return { span: spanOf(`execute_tool ${name}`, { "gen_ai.tool.name": name, ...attributes }, more) };
}

function running({ span }: WholeSpan): WholeSpan {
  const { endTimeUnixNano: _, ...open } = span;
  return { span: open };
}

function printed({ messages, results, unanswered, incomplete }: ResumePoint): string[] {
  return [
    `${messages.map(({ role }) => role).join(", ")}${incomplete === undefined ? "" : ` (incomplete: ${incomplete.join(", ")})`}`,
    ...results.map(({ id, name, result }) => `${id ?? "?"} ${name} = ${JSON.stringify(result)}`),
    ...unanswered.map(({ kind, id, name, failure }) => `${kind} ${id ?? "?"} ${name} open ${failure ?? ""}`.trim()),
  ];
}

test("before any answer there is the prompt and the unanswered call", () => {
  const call = running({ span: spanOf("chat", { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt" }) });
  expect(printed(resumePoint(REQUEST, undefined, [call], 0))).toEqual(["user", "llm ? gpt open"]);
  expect(printed(resumePoint({ ...REQUEST, incomplete: ["input"] }, undefined, [], 0))).toEqual([
    "user (incomplete: messages)",
  ]);
});

test("an answer without calls leaves nothing open", () => {
  expect(printed(resumePoint(REQUEST, step(), [], 0))).toEqual(["user, assistant"]);
});

test("calls find their spans by id, without one by name in order", () => {
  const point = resumePoint(
    REQUEST,
    step({ id: "1", name: "a" }, { id: "2", name: "a" }, { name: "b" }, { name: "b" }, { id: "5", name: "c" }),
    [
      tool("a", { "gen_ai.tool.call.id": "2", "gen_ai.tool.call.result": "two" }),
      tool("a", { "gen_ai.tool.call.id": "1", "gen_ai.tool.call.result": "one" }),
      tool("b", { "gen_ai.tool.call.result": '{"n":1}' }),
      running(tool("b", {})),
    ],
    0,
  );
  expect(printed(point)).toEqual([
    "user, assistant",
    '1 a = "one"',
    '2 a = "two"',
    '? b = {"n":1}',
    "tool ? b open",
    "tool 5 c open",
  ]);
});

test("a call that failed has no answer, unless it gave one", () => {
  const status = { code: 2, message: "no such hotel" };
  const calls = [
    tool("a", { "gen_ai.tool.call.id": "1" }, { status }),
    tool("a", { "gen_ai.tool.call.id": "2", "gen_ai.tool.call.result": "sorry" }, { status }),
  ];
  const point = resumePoint(REQUEST, step({ id: "1", name: "a" }, { id: "2", name: "a" }), calls, 0);
  expect(printed(point)).toEqual(["user, assistant", '2 a = "sorry"', "tool 1 a open no such hotel"]);
});

test("calls of parallel agents are excluded unless they are open", () => {
  const others = [tool("x", { "gen_ai.tool.call.result": "done" }), running(tool("y", {}))];
  expect(printed(resumePoint(REQUEST, step({ id: "1", name: "a" }), others, 0))).toEqual([
    "user, assistant",
    "tool 1 a open",
    "tool ? y open",
  ]);
});

test("truncated fields are named", () => {
  const calls = [tool("a", { "gen_ai.tool.call.id": "1", "gen_ai.tool.call.result": { stringValue: "head", ...CUT } })];
  expect(printed(resumePoint(REQUEST, step({ id: "1", name: "a" }), calls, 0))[0]).toBe(
    "user, assistant (incomplete: results)",
  );
  expect(printed(resumePoint(REQUEST, step(), [], 3))[0]).toBe("user, assistant (incomplete: results)");
  const call = spanOf("chat", { "gen_ai.operation.name": "chat", "input.value": { stringValue: "head", ...CUT } });
  expect(printed(resumePoint(REQUEST, { span: call }, [], 0))[0]).toBe("user (incomplete: messages)");
});

test("a request says whom it is for, and a manifest what it can't say", () => {
  const summary = {
    key: "t:1",
    traceId: "t",
    spanId: "1",
    name: "cut",
    phase: "done",
    start: "0",
    spans: 1,
    errors: 0,
    failedSpans: 0,
    tokens: { input: 0, output: 0, cached: 0, written: 0, written1h: 0, reasoning: 0 },
  } as const;
  const span = spanOf("query.q", {
    "query.name": "q",
    "input.value": "Hi?",
    "target.type": "crew",
    "target.name": "x",
  });
  const request = requestOf("s", summary, [{ span }]);
  expect(request).toMatchObject({ named: true, name: "q", target: { type: "crew", name: "x" } });
  const manifest = arkManifest(request, request.name);
  expect(manifest.ok && manifest.text.split("\n", 1)).toEqual(["# incomplete: spec.target is not known"]);
  expect(arkManifest(request, "No Name")).toEqual({ ok: false, detail: expect.stringContaining("No Name") });
  const { input: _, ...unasked } = request;
  expect(arkManifest(unasked, "q")).toEqual({ ok: false, detail: expect.stringContaining("spec.input") });
});
