import { describe, expect, test } from "vitest";
import type { Span, SpanEvent } from "../../src/otel/span.ts";
import { attributesOf, factsOfSpan, spanOf } from "./span-of.ts";
import type { Attributes } from "./span-of.ts";

const START = 1795261714504000000n;
const END = 1795261714505000000n;

const event = (name: string, attributes: Attributes = {}, micros = 100): SpanEvent => ({
  timeUnixNano: String(START + BigInt(micros) * 1000n),
  name,
  attributes: attributesOf(attributes),
});

/** "open of task (tool): question @ microseconds after the start". */
function inputRequest(attributes: Attributes, more: Partial<Span> = {}): string | undefined {
  const { inputRequest: found } = factsOfSpan(spanOf("the span", attributes, more));
  if (found === undefined) return undefined;
  const { state, task, tool, question, since } = found;
  const about = [state, ...(task === "" ? [] : [`of ${task}`]), ...(tool === undefined ? [] : [`(${tool})`])].join(" ");
  return `${about}: ${question} @ ${(since - START) / 1000n}`;
}

const RUNNING = { endTimeUnixNano: "0" };
const STATE = "a2a.task.state";

describe("states of a task", () => {
  test.each([
    ["TASK_STATE_INPUT_REQUIRED", "open"],
    ["input-required", "open"],
    ["input_required", "open"],
    ["InputRequired", "open"],
    ["auth-required", "open"],
    ["TASK_STATE_WORKING", "closed"],
    ["completed", "closed"],
    ["canceled", "closed"],
    ["rejected", "closed"],
  ])("%s: %s", (state, expected) => {
    expect(inputRequest({ [STATE]: state, "a2a.task.id": "t" })).toBe(
      expected === "open" ? "open of t: the span @ 1000" : "closed of t:  @ 1000",
    );
  });

  test.each(["", "unknown", "TASK_STATE_UNSPECIFIED"])("%s means only that the task goes on", (state) => {
    expect(inputRequest({ [STATE]: state, "a2a.task.id": "t" })).toBe("closed of t:  @ 0");
    expect(inputRequest({ [STATE]: state })).toBeUndefined();
  });

  test("a closed request without a task is dropped: only this span could report it", () => {
    expect(inputRequest({ [STATE]: "input-required" })).toBe("open: the span @ 1000");
    expect(inputRequest({ [STATE]: "completed" })).toBeUndefined();
  });

  test("a running span's state begins when its report was written, if that time is known", () => {
    expect(inputRequest({ [STATE]: "input-required" }, RUNNING)).toBe("open: the span @ 0");
    expect(inputRequest({ [STATE]: "input-required", "acme.span.pending": true })).toBe("open: the span @ 1000");
    expect(inputRequest({ [STATE]: "input-required", "_dd.partial_version": 7 })).toBe("open: the span @ 0");
  });

  test("the word pending opens a request in an approval, and means nothing elsewhere", () => {
    const approval = { "tool.approval.state": "pending", "gen_ai.tool.name": "pay" };
    expect(inputRequest(approval)).toBe("open (pay): the span @ 1000");
    expect(inputRequest({ ...approval, "tool.approval.state": "approved" })).toBeUndefined();
    expect(inputRequest({ [STATE]: "pending" })).toBeUndefined();
  });
});

describe("requests that stay open as long as their span", () => {
  const elicitation = { "mcp.method.name": "elicitation/create" };
  test("an MCP elicitation, and Claude Code's permission", () => {
    expect(inputRequest(elicitation, RUNNING)).toBe("open: the span @ 0");
    expect(inputRequest({ "span.type": "tool.blocked_on_user" }, RUNNING)).toBe("open: the span @ 0");
    expect([inputRequest(elicitation), inputRequest({ "span.type": "tool.blocked_on_user" })]).toEqual([
      undefined,
      undefined,
    ]);
    expect(inputRequest({ "mcp.method.name": "tools/call" }, RUNNING)).toBeUndefined();
  });

  test.each([
    ["in an attribute", { "mcp.elicitation.message": "Which room?\nSay!" }, "Which room?"],
    [
      "in the request",
      { "input.value": '{"method":"elicitation/create","params":{"message":"Which room?"}}' },
      "Which room?",
    ],
    ["in the request's parameters", { "input.value": '{"message":"Which room?"}' }, "Which room?"],
    ["as plain text", { "input.value": "Which room?" }, "Which room?"],
    ["not at all", { "input.value": "" }, "the span"],
    ["at length", { "input.value": `${"x".repeat(300)}?` }, "x".repeat(160)],
  ])("the question is given %s", (_, attributes, question) => {
    expect(inputRequest({ ...elicitation, ...attributes }, RUNNING)).toBe(`open: ${question} @ 0`);
  });
});

describe("an agent's answer contains its question", () => {
  test.each([
    ["as text", "Which city?"],
    [
      "as a task",
      '{"status":{"state":"input-required","message":{"role":"agent","parts":[{"kind":"text","text":"Which city?"}]}}}',
    ],
    ["as messages", '[{"role":"assistant","parts":[{"type":"text","content":"Which city?"}]}]'],
  ])("%s", (_, output) => {
    expect(inputRequest({ [STATE]: "input-required", "output.value": output })).toBe("open: Which city? @ 1000");
  });

  test("in its status", () => {
    expect(inputRequest({ [STATE]: "input-required" }, { status: { message: "Which city?" } })).toBe(
      "open: Which city? @ 1000",
    );
  });
});

describe("events", () => {
  const during = (...events: readonly SpanEvent[]) => inputRequest({ "tool.name": "pay" }, { ...RUNNING, events });

  test.each([
    ["ToolApprovalRequired", "open"],
    ["tool.approval_requested", "open"],
    ["approval.pending", "open"],
    ["elicitation/create", "open"],
    ["input-required", "open"],
    ["user.input_requested", "open"],
    ["input", undefined],
    ["gen_ai.input.messages", undefined],
    ["approval policy loaded", undefined],
    ["requested", undefined],
  ])("%s: %s", (name, state) => {
    expect(during(event(name))).toBe(state && `${state} (pay): ${name} @ 100`);
  });

  test.each(["ToolApprovalGranted", "approval.denied", "elicitation.response", "approval timed out", "input_received"])(
    "%s closes earlier requests and no later ones",
    (name) => {
      const ask = event("approval.required", { message: "Pay?" }, 100);
      expect(during(ask, event(name, {}, 200))).toBeUndefined();
      expect(during(event(name, {}, 200), ask)).toBeUndefined();
      expect(during(event(name, {}, 50), ask)).toBe("open (pay): Pay? @ 100");
    },
  );

  test("a state on an event counts under any event name, with its tool and task", () => {
    const update = event("status", {
      [STATE]: "input-required",
      "a2a.task.id": "t",
      "tool.name": "refund",
      message: "Sure?",
    });
    expect(during(update)).toBe("open of t (refund): Sure? @ 100");
    expect(during(update, event("status", { [STATE]: "working", "a2a.task.id": "t" }, 300))).toBe(
      "closed of t:  @ 300",
    );
  });

  test("the end of a span closes a request opened by an event's name; a state outlives the span", () => {
    expect(inputRequest({}, { events: [event("approval.required")] })).toBeUndefined();
    expect(inputRequest({}, { events: [event("status", { [STATE]: "input-required" })] })).toBe("open: status @ 100");
  });

  test("the attributes of an ended span have its final state", () => {
    const events = [event("status", { [STATE]: "input-required" }, 2000)];
    expect(inputRequest({ [STATE]: "completed", "a2a.task.id": "t" }, { events })).toBe("closed of t:  @ 1000");
    expect(END - START).toBe(1_000_000n);
  });
});
