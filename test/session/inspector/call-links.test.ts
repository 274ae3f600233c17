import { describe, expect, test } from "vitest";
import { askedBy, callsOf } from "../../../src/session/inspector/call-links.ts";
import { StepReader } from "../../../src/session/inspector/step-reader.ts";
import { assistant, calls, llm, result, sketched, user } from "../transcript/session-of.ts";
import type { Sketch } from "../transcript/session-of.ts";

const tool = (id: number, parent: number, name: string, start: number, args: unknown, callId?: string): Sketch => ({
  id,
  parent,
  name: `execute_tool ${name}`,
  start,
  with: {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": name,
    "gen_ai.tool.call.arguments": args,
    ...(callId === undefined ? {} : { "gen_ai.tool.call.id": callId }),
  },
});
const agent = (id: number, more: Partial<Sketch> = {}): Sketch => ({
  id,
  name: "invoke_agent a",
  end: 99,
  with: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a" },
  ...more,
});

/** Of each model: the span that carried out each call of its answer. Of each tool: the model that asked for it. */
function print(sketches: readonly Sketch[]): string[] {
  const tree = sketched(sketches).tree();
  const reader = new StepReader([], tree.replacements);
  return tree.rows.flatMap((node) => {
    const kind = node.span?.facts.kind;
    const name = Number(node.spanId);
    if (kind === "llm")
      return callsOf(tree, node, reader).map(
        ({ call, by }) => `${name}: ${call.name} by ${by === undefined ? "nothing" : Number(by.spanId)}`,
      );
    const model = kind === "tool" ? askedBy(tree, node, reader) : undefined;
    return kind === "tool" ? [`${name} asked by ${model === undefined ? "nothing" : Number(model.spanId)}`] : [];
  });
}

describe("a call of a tool and the model that asked for it", () => {
  test("by the id of the call", () => {
    expect(
      print([
        agent(1),
        llm(
          { id: 2, parent: 1, start: 1 },
          [user("?")],
          [
            {
              role: "assistant",
              content: null,
              tool_calls: [
                ...calls("a", "weather", { city: "Rome" }).tool_calls,
                ...calls("b", "weather", { city: "Paris" }).tool_calls,
              ],
            },
          ],
        ),
        tool(4, 1, "weather", 3, { city: "Paris" }, "b"),
        tool(3, 1, "weather", 4, { city: "Rome" }, "a"),
        llm({ id: 5, parent: 1, start: 6 }, [user("?")], [assistant("Sunny.")]),
      ]),
    ).toEqual(["2: weather by 3", "2: weather by 4", "4 asked by 2", "3 asked by 2"]);
  });

  test("a name may have its server before it, and no other beginning", () => {
    const asking = (name: string) => [{ role: "assistant", parts: [{ type: "tool_call", name, arguments: {} }] }];
    const carriedOut = (name: string, by: string) =>
      print([agent(1), llm({ id: 2, parent: 1, start: 1 }, [user("?")], asking(name)), tool(3, 1, by, 3, { a: 1 })])[0];
    expect(carriedOut("mcp__notes__get", "get")).toBe("2: mcp__notes__get by 3");
    expect(carriedOut("get", "notes.get")).toBe("2: get by 3");
    expect(carriedOut("get", "forget")).toBe("2: get by nothing");
    expect(carriedOut("forget", "get")).toBe("2: forget by nothing");
    expect(carriedOut("get", "")).toBe("2: get by nothing");
  });

  test("without ids by name and arguments, then by name in their order", () => {
    expect(
      print([
        agent(1),
        llm(
          { id: 2, parent: 1, start: 1 },
          [user("?")],
          [
            {
              role: "assistant",
              parts: [
                { type: "tool_call", name: "weather", arguments: { city: "Rome" } },
                { type: "tool_call", name: "weather", arguments: { city: "Paris" } },
                { type: "tool_call", name: "time", arguments: {} },
              ],
            },
          ],
        ),
        tool(3, 1, "weather", 3, { city: "Paris" }),
        tool(4, 1, "weather", 3.5, { town: "Rome" }),
      ]),
    ).toEqual(["2: weather by 4", "2: weather by 3", "2: time by nothing", "3 asked by 2", "4 asked by 2"]);
  });

  test("ids that each answer numbers anew belong to the answer before the call", () => {
    const weather = (city: string) => calls("call_0", "weather", { city });
    expect(
      print([
        agent(1),
        llm({ id: 2, parent: 1, start: 1 }, [user("?")], [weather("Rome")]),
        tool(3, 1, "weather", 2, { city: "Rome" }, "call_0"),
        llm({ id: 4, parent: 1, start: 4 }, [user("?"), weather("Rome"), result("call_0", "x")], [weather("Paris")]),
        tool(5, 1, "weather", 6, { city: "Paris" }, "call_0"),
      ]),
    ).toEqual(["2: weather by 3", "3 asked by 2", "4: weather by 5", "5 asked by 4"]);
  });

  test("not by a model of another agent, and not by a later one", () => {
    expect(
      print([
        agent(1),
        tool(2, 1, "look", 1, {}),
        llm({ id: 3, parent: 1, start: 3 }, [user("?")], [calls("x", "look", { deep: 1 })]),
        agent(10, { parent: 1, start: 5, with: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "b" } }),
        tool(11, 10, "look", 6, { deep: 2 }),
      ]),
    ).toEqual(["2 asked by nothing", "3: look by nothing", "11 asked by nothing"]);
  });
});
