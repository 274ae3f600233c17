import { describe, expect, test } from "vitest";
import type { Span, SpanEvent } from "../../src/otel/span.ts";
import { attributesOf, factsOfSpan, spanOf } from "./span-of.ts";
import type { Attributes } from "./span-of.ts";

const thrown = (type: string, message = ""): SpanEvent => ({
  name: "exception",
  attributes: attributesOf({ "exception.type": type, "exception.message": message }),
});

/** "open (tool): question", and whether the span counts as an error. */
function said(attributes: Attributes, more: Partial<Span>, name = "the span"): readonly [string | undefined, boolean] {
  const { inputRequest: request, error } = factsOfSpan(spanOf(name, attributes, more));
  if (request === undefined) return [undefined, error];
  const tool = request.tool === undefined ? "" : ` (${request.tool})`;
  return [`${request.state}${tool}: ${request.question}`, error];
}

const ERROR = { code: 2 };
const INTERRUPT = "langgraph.errors.GraphInterrupt";

describe("LangGraph's interrupts wait", () => {
  test.each<readonly [string, Attributes, Partial<Span>, string]>([
    [
      "OpenInference, with a status of its text",
      {},
      { status: { code: 2, message: "GraphInterrupt((Interrupt(value='Send it?', id='a'),))\n\nTraceback" } },
      "open: Send it?",
    ],
    [
      "OpenInference since 0.1.67, whose status is OK",
      {},
      { status: { code: 1 }, events: [thrown(INTERRUPT, "(Interrupt(value='Send it?', id='a'),)")] },
      "open: Send it?",
    ],
    [
      "OpenLLMetry",
      { "error.type": "GraphInterrupt" },
      {
        status: { code: 2, message: "(Interrupt(value='Send it?', resumable=True, ns=['n:1']),)" },
        events: [thrown(INTERRUPT, "(Interrupt(value='Send it?', resumable=True, ns=['n:1']),)")],
      },
      "open: Send it?",
    ],
    [
      "LangSmith, under a type of its own",
      {},
      {
        status: ERROR,
        events: [thrown("Exception", "GraphInterrupt((Interrupt(value='Send it?', id='a'),))Traceback")],
      },
      "open: Send it?",
    ],
    [
      "Langfuse, by a message without an error's level",
      {
        "langfuse.observation.level": "DEFAULT",
        "langfuse.observation.status_message": "(Interrupt(value='Send it?', id='a'),)",
      },
      {},
      "open: Send it?",
    ],
    [
      "an older NodeInterrupt",
      {},
      {
        status: ERROR,
        events: [thrown("langgraph.errors.NodeInterrupt", "[Interrupt(value='Send it?', when='during')]")],
      },
      "open: Send it?",
    ],
    [
      "LangGraph in JavaScript",
      {},
      { status: ERROR, events: [thrown("GraphInterrupt", '[\n  {\n    "value": "Send it?",\n    "id": "a"\n  }\n]')] },
      "open: Send it?",
    ],
    [
      "a run whose output has the interrupt",
      { "output.value": '{"messages":[],"__interrupt__":[{"value":{"question":"Send it?"},"id":"a"}]}' },
      {},
      "open: Send it?",
    ],
    ["a graph around it, without words", {}, { status: { code: 2, message: "GraphInterrupt()" } }, "open: "],
  ])("%s", (_, attributes, more, expected) => {
    expect(said(attributes, more)).toEqual([expected, false]);
  });

  test.each([
    ["a text in double quotes", `"It's due?"`, "It's due?"],
    ["a question", `{'question': 'Send the mail?', 'to': ['a', None, True, 1.5]}`, "Send the mail?"],
    ["the first of several lines", `'Send?\\nNow!'`, "Send?"],
    [
      "an action to review",
      `{'action_requests': [{'name': 'send_email', 'args': {'to': 'bob'}, 'description': 'Tool execution requires approval\\n\\nTool: send_email'}], 'review_configs': []}`,
      "Tool execution requires approval: send_email",
    ],
    ["an action without words", `[{'action_request': {'action': 'pay', 'args': {'eur': 5}}}]`, 'pay({"eur":5})'],
    ["other data", `{'draft': 3}`, '{"draft":3}'],
    ["an object of another class", `Review(id=3)`, "Review(id=3)"],
    ["a text that was cut", `'Send the`, "Send the"],
  ])("with %s", (_, value, question) => {
    const events = [thrown(INTERRUPT, `(Interrupt(value=${value}, id='a'),)`)];
    const shown = said({}, { status: ERROR, events })[0];
    expect(shown?.slice(0, 60)).toContain(`open: ${question}`.slice(0, 60));
  });

  test("a hostile value is read in bounded time and depth", () => {
    const deep = `(Interrupt(value=${"[".repeat(100_000)}`;
    expect(said({}, { status: ERROR, events: [thrown(INTERRUPT, deep)] })[0]).toMatch(/^open: \[{160}$/);
    const hostile = "(Interrupt(value={'__proto__': {'question': 'x'}}, id='a'),)";
    expect(said({}, { status: ERROR, events: [thrown(INTERRUPT, hostile)] })[0]).toContain("__proto__");
  });

  test("a span with a resume command goes on with the run", () => {
    expect(said({ "input.value": `{"input": "Command(resume='yes')"}` }, {})).toEqual(["resumed: ", false]);
    expect(said({ "input.value": "How does resume work?" }, {})).toEqual([undefined, false]);
  });
});

describe("other frameworks' requests wait", () => {
  const tool = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "pay" };
  test.each<readonly [string, Attributes, Partial<Span>, string]>([
    ["Pydantic AI's approval", { ...tool, "pydantic_ai.tool.deferral.name": "ApprovalRequired" }, {}, "open (pay): "],
    [
      "Pydantic AI's approval with words",
      {
        ...tool,
        "pydantic_ai.tool.deferral.name": "ApprovalRequired",
        "pydantic_ai.tool.deferral.metadata": '{"reason":"Too much?"}',
      },
      {},
      'open (pay): {"reason":"Too much?"}',
    ],
    [
      "Pydantic AI's deferred call before version 5",
      { ...tool, "pydantic_ai.tool.deferral.name": "CallDeferred" },
      { status: ERROR, events: [thrown("pydantic_ai.exceptions.CallDeferred")] },
      "open (pay): ",
    ],
    [
      "CrewAI's feedback",
      {},
      {
        status: ERROR,
        events: [thrown("crewai.flow.async_feedback.types.HumanFeedbackPending", "Human feedback pending")],
      },
      "open: Human feedback pending",
    ],
    [
      "Ark's approval",
      {},
      { status: ERROR, events: [thrown("*completions.ApprovalRequiredError", "approval required for 2 tool call(s)")] },
      "open: approval required for 2 tool call(s)",
    ],
    [
      "Ark's approval, in the words of a team",
      {},
      { status: { code: 2, message: "turn 1 failed: approval required for 2 tool call(s)" } },
      "open: approval required for 2 tool call(s)",
    ],
    [
      "Google ADK's confirmation",
      {
        ...tool,
        "gcp.vertex.agent.tool_response": '{"error":"This tool call requires confirmation, please approve or reject."}',
      },
      {},
      "open (pay): ",
    ],
    [
      "Google ADK's request for a credential",
      {
        ...tool,
        "gcp.vertex.agent.tool_response": '{"pending":true,"message":"Needs your authorization to access your data."}',
      },
      {},
      "open (pay): Needs your authorization to access your data.",
    ],
    [
      "Google ADK's request as a call",
      {
        "gen_ai.request.model": "m",
        "gcp.vertex.agent.llm_response":
          '{"content":{"parts":[{"function_call":{"name":"adk_request_confirmation","args":{"toolConfirmation":{"hint":"Pay 5?"}}}}]}}',
      },
      {},
      "open: Pay 5?",
    ],
    [
      "Google ADK's long-running tool",
      {
        ...tool,
        "gen_ai.tool.type": "LongRunningFunctionTool",
        "gcp.vertex.agent.tool_response": '{"status":"pending","ticketId":"t-1"}',
      },
      {},
      "open (pay): ",
    ],
    [
      "Mastra's suspended agent",
      { "mastra.agent_run.output": '{"status":"suspended","reason":"approval","toolName":"pay","toolCallId":"c"}' },
      {},
      "open: pay",
    ],
    [
      "Mastra's suspended workflow",
      { "mastra.span.type": "workflow_run", "workflow.status": "suspended" },
      {},
      "open: ",
    ],
    [
      "the AI SDK's request",
      {
        "gen_ai.output.messages":
          '[{"role":"assistant","parts":[{"type":"tool-approval-request","approvalId":"x","toolCall":{"toolName":"pay","input":{"eur":5}}}]}]',
      },
      {},
      'open: pay({"eur":5})',
    ],
    [
      "OpenAI's request of a hosted MCP server",
      { "output.value": '{"output":[{"type":"mcp_approval_request","name":"pay","arguments":"{\\"eur\\":5}"}]}' },
      {},
      'open: pay({"eur":5})',
    ],
    [
      "Strands' interrupt",
      {},
      { events: [{ name: "gen_ai.choice", attributes: attributesOf({ message: "[]", finish_reason: "interrupt" }) }] },
      "open: ",
    ],
  ])("%s", (_, attributes, more, expected) => {
    expect(said(attributes, more)).toEqual([expected, false]);
  });

  test.each<readonly [string, Attributes]>([
    ["a result that is pending, of an ordinary tool", { ...tool, "output.value": '{"status":"pending"}' }],
    ["a record of a suspended account", { ...tool, "output.value": '{"account":{"status":"suspended"}}' }],
    ["a text about interrupts", { "output.value": 'Use "__interrupt__" and approval_request.' }],
    [
      "a request that a policy answered at once",
      {
        "output.value":
          '[{"type":"tool-approval-request","approvalId":"x"},{"type":"tool-approval-response","approvalId":"x"}]',
      },
    ],
  ])("nothing is asked by %s", (_, attributes) => {
    expect(said(attributes, {})).toEqual([undefined, false]);
  });

  test("AG2 asks while the agent's span runs", () => {
    const asks = { "gen_ai.operation.name": "await_human_input", "ag2.human_input.prompt": "Continue?" };
    expect(said(asks, { endTimeUnixNano: "0" })).toEqual(["open: Continue?", false]);
    expect(said(asks, {})).toEqual([undefined, false]);
  });

  test("AutoGen's event asks while its span runs", () => {
    const events = [{ name: "UserInputRequestedEvent", timeUnixNano: "1795261714504000100" }];
    expect(said({}, { endTimeUnixNano: "0", events })).toEqual(["open: UserInputRequestedEvent", false]);
  });
});
