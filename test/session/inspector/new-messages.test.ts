import { describe, expect, test } from "vitest";
import { readMessages } from "../../../src/content/messages.ts";
import { foldedRuns } from "../../../src/session/inspector/folded-runs.ts";
import { earlierMessages, newMessages } from "../../../src/session/inspector/new-messages.ts";
import { StepReader } from "../../../src/session/inspector/step-reader.ts";
import { assistant, calls, llm, result, sketched, system, user } from "../transcript/session-of.ts";
import type { Sketch } from "../transcript/session-of.ts";

/** Each message of the input with "new" or "-", and from which call the earlier ones are known. */
function print(sketches: readonly Sketch[], name: number): string[] {
  const tree = sketched(sketches).tree();
  const node = tree.rows.find(({ spanId }) => Number(spanId) === name);
  if (node === undefined) throw new Error("no such span");
  const found = earlierMessages(tree, node, new StepReader([], tree.replacements));
  const input = new StepReader([], tree.replacements).contentOf(node).input;
  const messages = input?.kind === "messages" ? input.messages : [];
  return [
    `after ${found.call === undefined ? "nothing" : Number(found.call.spanId)}`,
    ...messages.map(({ role }, at) => `${found.news[at] === "new" ? "new" : "-"} ${role}`),
  ];
}

const agent = (id: number, name: string, more: Partial<Sketch> = {}): Sketch => ({
  id,
  name: `invoke_agent ${name}`,
  end: 99,
  ...more,
  with: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name },
});

const ASK = [system("Be kind."), user("Weather?")];
const CALLED = calls("c1", "weather", { city: "Paris" });

describe("what is new in the input of a model call", () => {
  test("what neither the input nor the answer of the call before had", () => {
    const spans = [
      agent(1, "a"),
      llm({ id: 2, parent: 1, start: 1 }, ASK, [CALLED]),
      llm({ id: 3, parent: 1, start: 3 }, [...ASK, CALLED, result("c1", "sunny")], [assistant("Sunny.")]),
      llm(
        { id: 4, parent: 1, start: 5 },
        [...ASK, CALLED, result("c1", "sunny"), assistant("Sunny."), user("Thanks")],
        [assistant("Sure.")],
      ),
    ];
    expect(print(spans, 2)).toEqual(["after nothing", "new system", "new user"]);
    expect(print(spans, 3)).toEqual(["after 2", "- system", "- user", "- assistant", "new tool"]);
    expect(print(spans, 4)).toEqual([
      "after 3",
      "- system",
      "- user",
      "- assistant",
      "- tool",
      "- assistant",
      "new user",
    ]);
  });

  test("a message of thoughts alone, or without a part, and a call before that shares nothing", () => {
    const thoughts = { role: "assistant", parts: [{ type: "reasoning", content: "Hm." }] };
    const empty = { role: "user", parts: [] };
    const spans = [
      agent(1, "a"),
      llm({ id: 2, parent: 1, start: 1 }, [user("A title, please.")], [assistant("Weather")]),
      llm({ id: 3, parent: 1, start: 3 }, [thoughts, empty, user("Weather?")], [assistant("Sunny.")]),
    ];
    expect(print(spans, 3)).toEqual(["after nothing", "new assistant", "new user", "new user"]);
  });

  test("a message that is said again is new", () => {
    const spans = [
      agent(1, "a"),
      llm({ id: 2, parent: 1, start: 1 }, [user("Go on"), assistant("1"), user("yes")], [assistant("2")]),
      llm(
        { id: 3, parent: 1, start: 3 },
        [user("Go on"), assistant("1"), user("yes"), assistant("2"), user("yes")],
        [assistant("3")],
      ),
    ];
    expect(print(spans, 3)).toEqual(["after 2", "- user", "- assistant", "- user", "- assistant", "new user"]);
  });

  test("of the same agent, not of one beside or within it", () => {
    const spans = [
      agent(1, "a"),
      llm({ id: 2, parent: 1, start: 1 }, ASK, [CALLED]),
      agent(5, "b", { parent: 1, start: 2 }),
      llm({ id: 6, parent: 5, start: 2 }, [user("Sub task")], [assistant("Done.")]),
      llm({ id: 3, parent: 1, start: 4 }, [...ASK, CALLED, result("c1", "sunny")], [assistant("Sunny.")]),
    ];
    expect(print(spans, 3)[0]).toBe("after 2");
    expect(print(spans, 6)).toEqual(["after nothing", "new user"]);
  });

  test("a short call in between, of another conversation, is passed over", () => {
    const spans = [
      agent(1, "a"),
      llm({ id: 2, parent: 1, start: 1 }, ASK, [CALLED]),
      llm({ id: 4, parent: 1, start: 2 }, [user("Write a title for: Weather?")], [assistant("Weather")]),
      llm({ id: 3, parent: 1, start: 4 }, [...ASK, CALLED, result("c1", "sunny")], [assistant("Sunny.")]),
    ];
    expect(print(spans, 3)).toEqual(["after 2", "- system", "- user", "- assistant", "new tool"]);
  });

  test("the next turn of the agent goes on, in another trace too", () => {
    const spans = [
      agent(1, "a"),
      llm({ id: 2, parent: 1, start: 1 }, ASK, [assistant("Sunny.")]),
      agent(11, "a", { start: 100, end: 199 }),
      llm({ id: 12, parent: 11, start: 101 }, [...ASK, assistant("Sunny."), user("And Rome?")], [assistant("Rain.")]),
    ];
    expect(print(spans, 12)).toEqual(["after 2", "- system", "- user", "- assistant", "new user"]);
  });

  test("an answer may lose its thoughts, split, and come back in another form", () => {
    const before = {
      input: readMessages([user("Weather?")]) ?? [],
      output:
        readMessages([
          {
            role: "assistant",
            content: [
              { type: "thinking", thinking: "hm" },
              { type: "text", text: "Let me  look." },
              { type: "tool_use", id: "c1", name: "weather", input: { city: "Paris" } },
            ],
          },
        ]) ?? [],
    };
    const now = readMessages([user("Weather?"), assistant("Let me look."), CALLED, result("c1", "sunny")]) ?? [];
    expect(newMessages(now, [...before.input, ...before.output])).toEqual(["earlier", "earlier", "earlier", "new"]);
  });
});

test("instructions and earlier messages are runs, each a line", () => {
  const messages =
    readMessages([system(`Be kind.\n${"x".repeat(200)}`), user("a"), assistant("b"), user("c"), user("d")]) ?? [];
  const print = (news: readonly ("new" | "earlier")[]): string[] =>
    foldedRuns(messages, news).map(({ is, from, to, lines }) => `${is} ${from}–${to - 1}, ${lines} lines`);
  expect(print(["earlier", "earlier", "earlier", "new", "new"])).toEqual([
    "system 0–0, 2 lines",
    "earlier 1–2, 2 lines",
    "new 3–4, 2 lines",
  ]);
  expect(print(["new", "new", "new", "new", "new"])).toEqual(["system 0–0, 2 lines", "new 1–4, 4 lines"]);
});
