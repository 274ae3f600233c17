import { describe, expect, test } from "vitest";
import type { Step } from "../../../src/session/transcript/transcript.ts";
import type { SessionView } from "../../../src/session/view/session-view.ts";
import { assistant, calls, llm, markdownOf, result, sketched, system, transcribed, user } from "./session-of.ts";
import type { Sketch } from "./session-of.ts";

describe("the conversation", () => {
  const first = [user("Hi"), assistant("Hello.")];

  // spec: TEXT-1
  test("that a later turn repeats is shown in the turns that had it", () => {
    const view = sketched([
      llm({ id: 1, trace: "a".repeat(32) }, [system("Be kind."), user("Hi")], [assistant("Hello.")]),
      llm(
        { id: 2, trace: "b".repeat(32), start: 2 },
        [system("Be kind."), ...first, user("How are you?")],
        [assistant("Fine.")],
      ),
    ]);
    expect(said(view)).toEqual([
      ["1 user: Hi", "system: Be kind.", "text: Hello."],
      ["2 user: How are you?", "text: Fine."],
    ]);
  });

  // spec: TEXT-1
  test("from before the session stands before what the user asks", () => {
    const view = sketched([llm({ id: 1 }, [...first, user("How are you?")], [assistant("Fine.")])]);
    expect(said(view)).toEqual([["before user: Hi", "before text: Hello.", "1 user: How are you?", "text: Fine."]]);
    expect(markdownOf(view)).toContain("*Earlier in this conversation:*\n\n**User**\n\nHi\n");
  });

  test("has the same question in two turns, as the user asked it twice", () => {
    const turns = ["a", "b"].map((trace, at) =>
      llm({ id: at + 1, trace: trace.repeat(32), start: at * 2 }, [user("Now?")], [assistant("No.")]),
    );
    expect(said(sketched(turns))).toEqual([
      ["1 user: Now?", "text: No."],
      ["2 user: Now?", "text: No."],
    ]);
  });

  test("has the answers of a model whose spans do not state them, from its later inputs", () => {
    const view = sketched([
      { id: 1, name: "root", end: 9 },
      llm({ id: 2, parent: 1 }, [user("Weather?")], undefined),
      llm(
        { id: 3, parent: 1, start: 2 },
        [user("Weather?"), calls("c1", "look", { at: "sky" }), result("c1", "blue")],
        [assistant("Fine.")],
      ),
    ]);
    expect(said(view)).toEqual([["1 user: Weather?", "text: ", 'tool: look({"at":"sky"}) = blue', "text: Fine."]]);
  });

  test("pairs calls and tools without ids by their arguments, else by their order", () => {
    const call = (city: string) => ({
      role: "assistant",
      content: "",
      tool_calls: [{ function: { name: "weather", arguments: JSON.stringify({ city }) } }],
    });
    const tool = (id: number, input: unknown, output: string): Sketch => ({
      id,
      parent: 1,
      name: "weather",
      start: id,
      with: { "openinference.span.kind": "TOOL", "tool.name": "weather", "input.value": input, "output.value": output },
    });
    const view = sketched([
      { id: 1, name: "root", end: 9 },
      llm({ id: 2, parent: 1, end: 2 }, [user("Weather?")], [call("Bern"), call("Rome")]),
      tool(3, "Rome", "hot"),
      tool(4, { city: "Bern" }, "cold"),
    ]);
    expect(said(view)).toEqual([
      ["1 user: Weather?", "tool: weather(Rome) = hot", 'tool: weather({"city":"Bern"}) = cold'],
    ]);
  });

  test("keeps two equal calls that no span carries out, and gives each its result", () => {
    const view = sketched([
      { id: 1, name: "root", end: 9 },
      llm({ id: 2, parent: 1 }, [user("Wait")], [calls("c1", "poll", {})]),
      llm(
        { id: 3, parent: 1, start: 2 },
        [user("Wait"), calls("c1", "poll", {}), result("c1", "no")],
        [calls("c2", "poll", {})],
      ),
      llm(
        { id: 4, parent: 1, start: 4 },
        [user("Wait"), calls("c1", "poll", {}), result("c1", "no"), calls("c2", "poll", {}), result("c2", "yes")],
        [assistant("Done.")],
      ),
    ]);
    expect(said(view)).toEqual([["1 user: Wait", "tool: poll() = no", "tool: poll() = yes", "text: Done."]]);
  });

  test("of an agent that is called as a tool shows its answer once", () => {
    const view = sketched([
      { id: 1, name: "root", end: 9 },
      llm({ id: 2, parent: 1 }, [user("Ask her")], [calls("c1", "ask_expert", { question: "Why?" })]),
      {
        id: 3,
        parent: 1,
        name: "execute_tool ask_expert",
        start: 1,
        end: 5,
        with: {
          "gen_ai.operation.name": "execute_tool",
          "gen_ai.tool.name": "ask_expert",
          "gen_ai.tool.call.id": "c1",
          "gen_ai.tool.call.arguments": { question: "Why?" },
          "gen_ai.tool.call.result": "Because.",
        },
      },
      {
        id: 4,
        parent: 3,
        name: "agent.expert",
        start: 2,
        end: 4,
        with: { "agent.name": "expert", "openinference.span.kind": "AGENT" },
      },
      llm({ id: 5, parent: 4, start: 2 }, [user("Why?")], [assistant("Because.")]),
    ]);
    expect(markdownOf(view)).toBe(`## Turn 1: \`root\` · done · 9.00 s

**User**

Ask her

### Tool \`ask_expert\` · 4.00 s

\`\`\`
{"question":"Why?"}
\`\`\`

#### Agent \`expert\` · 2.00 s

**User**

Why?

**Model** \`gpt-5\` · 1.00 s

Because.

Result of \`ask_expert\`: the text above.

`);
  });

  test("has a picture as a line, not its bytes", () => {
    const parts = [
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url: `data:${"A".repeat(5_000)}` } },
    ];
    const view = sketched([llm({ id: 1 }, [{ role: "user", content: parts }], [assistant("A cat.")])]);
    expect(markdownOf(view)).toContain("What is this?\n\n*Attachment: `image_url`, 5.0 kB.*\n\n**Model**");
  });

  test("quotes what a model thinks", () => {
    const view = sketched([
      llm(
        { id: 1 },
        [user("2+2?")],
        [
          {
            role: "assistant",
            parts: [
              { type: "reasoning", content: "Two\nand two." },
              { type: "text", content: "4" },
            ],
          },
        ],
      ),
    ]);
    expect(markdownOf(view)).toContain("**Reasoning**\n\n> Two  \n> and two.\n\n**Model** `gpt-5` · 1.00 s\n\n4\n");
  });
});

/** One line a step. */
function said(view: SessionView): string[][] {
  const line = (step: Step): string => {
    if (step.kind === "tool") return `tool: ${step.name}(${step.arguments?.text ?? ""}) = ${step.result?.text ?? "?"}`;
    return `${step.kind}: ${"passage" in step ? step.passage.text : ""}`;
  };
  return transcribed(view).turns.map(({ number, before, userText, steps }) => [
    ...before.map((step) => `before ${line(step)}`),
    ...(userText === undefined ? [] : [`${number} ${line(userText)}`]),
    ...steps.map(line),
  ]);
}
