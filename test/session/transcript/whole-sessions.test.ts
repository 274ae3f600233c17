import { describe, expect, test } from "vitest";
import { untraced, capturedRecords } from "../../logs/captured-records.ts";
import { assistant, calls, captured, llm, markdownOf, result, sketched, system, user, viewOf } from "./session-of.ts";
import type { Sketch } from "./session-of.ts";

const QUERY = { "query.name": "plan", "query.namespace": "default" };

/** A team as Ark runs it: every model call repeats the conversation, every span around repeats the answer. */
const TEAM: readonly Sketch[] = [
  {
    id: 1,
    name: "query.plan",
    end: 12,
    with: { ...QUERY, "openinference.span.kind": "CHAIN", "input.value": "Plan a day in Bern" },
  },
  {
    id: 2,
    parent: 1,
    name: "team.travel",
    end: 12,
    with: {
      ...QUERY,
      "team.name": "travel",
      "input.value": "Plan a day in Bern",
      "output.value": "Bears, then the Aare.",
    },
  },
  {
    id: 3,
    parent: 2,
    name: "agent.default/researcher",
    end: 4,
    with: {
      ...QUERY,
      "openinference.span.kind": "AGENT",
      "agent.name": "researcher",
      "input.value": "Plan a day in Bern",
      "output.value": "The bear park is open.",
    },
  },
  llm(
    { id: 4, parent: 3, end: 1, with: { ...QUERY, "gen_ai.usage.input_tokens": 20, "gen_ai.usage.output_tokens": 4 } },
    [system("You research."), user("Plan a day in Bern")],
    [calls("c1", "search", { q: "Bern sights" }, "I look it up.")],
  ),
  {
    id: 5,
    parent: 3,
    name: "tool.search",
    start: 1,
    end: 2,
    with: {
      ...QUERY,
      "openinference.span.kind": "TOOL",
      "tool.name": "search",
      "input.value": { q: "Bern sights" },
      "output.value": "bear park, open 9 to 5",
    },
  },
  llm(
    { id: 6, parent: 3, start: 2, end: 4, with: QUERY },
    [
      system("You research."),
      user("Plan a day in Bern"),
      calls("c1", "search", { q: "Bern sights" }, "I look it up."),
      result("c1", "bear park, open 9 to 5"),
    ],
    [assistant("The bear park is open.")],
  ),
  {
    id: 7,
    parent: 2,
    name: "agent.default/planner",
    start: 10,
    end: 12,
    with: {
      ...QUERY,
      "openinference.span.kind": "AGENT",
      "agent.name": "planner",
      "input.value": "Plan a day in Bern\n\nSo far: The bear park is open.",
      "output.value": "Bears, then the Aare.",
    },
  },
  llm(
    { id: 8, parent: 7, start: 10, end: 12, with: QUERY },
    [system("You plan."), user("Plan a day in Bern\n\nSo far: The bear park is open.")],
    [assistant("Bears, then the Aare.")],
  ),
];

describe("a transcript", () => {
  // spec: TEXT-1
  test("of an Ark team shows what each agent was asked, called and answered, each once", () => {
    expect(markdownOf(sketched(TEAM), { head: true, version: "g.8" })).toBe(`# Plan a day in Bern

**finished** · 12.0 s · 20 tokens in, 4 out · 1 turn · 8 spans

Session \`s-1\`, started 2026-09-21T14:13:20Z. Agents: \`planner\`, \`researcher\`, \`travel\`. Models: \`gpt-5\`. \`?since=g.8\` shows what comes later.

## Turn 1: \`plan\` · done · 12.0 s

**User**

Plan a day in Bern

### Team \`travel\` · 12.0 s

#### Agent \`researcher\` · 4.00 s

**System**

You research.

**Model** \`gpt-5\` · 1.00 s · 20 tokens in, 4 out

I look it up.

**Tool** \`search\` \`{"q":"Bern sights"}\` → \`bear park, open 9 to 5\` · 1.00 s

**Model** \`gpt-5\` · 2.00 s

The bear park is open.

### Team \`travel\`, continued

*Nothing for 6.00 s.*

#### Agent \`planner\` · 2.00 s

**User**

Plan a day in Bern

So far: The bear park is open.

**System**

You plan.

**Model** \`gpt-5\` · 2.00 s

Bears, then the Aare.

`);
  });

  // spec: TEXT-1
  test("of a coding agent that only logs has its prompt, its answers and its calls in the order of time", () => {
    const records = capturedRecords("claude-code-json-002").map((one) => untraced(one).record);
    expect(markdownOf(viewOf([], records))).toBe(`## Turn 1: \`claude_code.interaction\` · done · 174 ms · $0.0006

**User**

What is the weather? Use Bash.

**Model** \`claude-sonnet-4-5\` · 57 ms · 55 tokens in, 11 out

Let me check.

**Tool** \`Bash\` \`{"command":"echo hello-from-tool"}\` · 55 ms

**Model** \`claude-sonnet-4-5\` · 15 ms · 55 tokens in, 11 out

It is 18°C and sunny in Paris.

`);
  });

  // spec: TEXT-1
  test("of LangGraph shows a call once, which its model, its nodes, its tool and all later inputs repeat", () => {
    expect(markdownOf(captured("langfuse-langgraph-001.json"))).toBe(`## Turn 1: \`weather_team\` · done · 117 ms

**User**

Weather in Paris?

**System**

You are the supervisor; pick researcher.

**Model** \`gpt-4o-mini-2024-07-18\` · 33 ms · 42 tokens in, 11 out

It is 18°C and sunny in Paris.

**System**

You are the researcher.

**Tool** \`get_weather\` \`{"city":"Paris"}\` → \`{"city":"Paris","tempC":18}\` · 796 µs

**Model** \`gpt-4o-mini-2024-07-18\` · 8.2 ms · 42 tokens in, 11 out

*The same text as above.*

**System**

You are the writer.

**User**

Summarise: It is 18°C and sunny in Paris.

**Model** \`gpt-4o-mini-2024-07-18\` · 6.9 ms · 42 tokens in, 11 out

*The same text as above.*

`);
  });
});
