import { describe, expect, test } from "vitest";
import { attemptsOf, comparedAttempts } from "../../../src/session/inspector/attempts.ts";
import { StepReader } from "../../../src/session/inspector/step-reader.ts";
import { assistant, llm, sketched, user } from "../transcript/session-of.ts";
import type { Sketch } from "../transcript/session-of.ts";

const tool = (id: number, start: number, name: string, args: unknown, more: Partial<Sketch> = {}): Sketch => ({
  id,
  parent: 1,
  name: `execute_tool ${name}`,
  start,
  ...more,
  with: {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": name,
    "gen_ai.tool.call.arguments": args,
    ...more.with,
  },
});
const agent: Sketch = { id: 1, name: "invoke_agent a", end: 99, with: { "gen_ai.operation.name": "invoke_agent" } };

/** `3: attempt 2 of 2 after 2`. */
function print(sketches: readonly Sketch[]): string[] {
  return sketched([agent, ...sketches])
    .tree()
    .rows.flatMap((node) => {
      const found = attemptsOf(node);
      const before = found?.before === undefined ? "" : ` after ${Number(found.before.spanId)}`;
      return found === undefined ? [] : [`${Number(node.spanId)}: attempt ${found.number} of ${found.of}${before}`];
    });
}

describe("attempts of one call", () => {
  const failed = { error: "timeout" };
  test("the same tool again, after it failed, under the same parent", () => {
    expect(
      print([
        tool(2, 1, "run_sql", { q: "a" }, failed),
        tool(3, 3, "run_sql", { q: "b" }, failed),
        tool(4, 5, "run_sql", { q: "c" }),
        tool(5, 7, "run_sql", { q: "d" }),
      ]),
    ).toEqual(["2: attempt 1 of 3", "3: attempt 2 of 3 after 2", "4: attempt 3 of 3 after 3"]);
  });

  test("other calls may lie between; calls beside it, and calls of other tools, are no attempts", () => {
    expect(
      print([
        tool(2, 1, "run_sql", { q: "a" }, failed),
        llm({ id: 3, parent: 1, start: 2 }, [user("?")], [assistant("again")]),
        tool(4, 4, "run_sql", { q: "b" }),
        tool(5, 6, "look", {}, { ...failed, end: 9 }),
        tool(6, 7, "look", {}),
        tool(7, 12, "other", {}),
      ]),
    ).toEqual(["2: attempt 1 of 2", "4: attempt 2 of 2 after 2"]);
  });

  test("a model called again", () => {
    expect(
      print([
        llm({ id: 2, parent: 1, start: 1, error: "429" }, [user("?")], undefined),
        llm({ id: 3, parent: 1, start: 3 }, [user("?")], [assistant("Hi.")]),
      ]),
    ).toEqual(["2: attempt 1 of 2", "3: attempt 2 of 2 after 2"]);
  });

  test("what changed: the input's text before and after, and what came of each", () => {
    const tree = sketched([
      agent,
      tool(2, 1, "run_sql", { q: "select 1", limit: 5 }, failed),
      tool(3, 3, "run_sql", { q: "select 2", limit: 5 }, { with: { "gen_ai.tool.call.result": { rows: 1 } } }),
    ]).tree();
    const [, before, now] = tree.rows;
    if (before === undefined || now === undefined) throw new Error("rows are missing");
    expect(comparedAttempts(before, now, new StepReader([], tree.replacements))).toEqual({
      input: { before: '{\n  "q": "select 1",\n  "limit": 5\n}', now: '{\n  "q": "select 2",\n  "limit": 5\n}' },
      outcome: { before: "✗ timeout", now: "1" },
    });
  });

  test("an input of messages is one text, and pictures in it are notes", () => {
    const picture = { type: "image_url", image_url: { url: `data:image/png;base64,iVBORw0KGgo${"AbC1".repeat(300)}` } };
    const tree = sketched([
      agent,
      llm({ id: 2, parent: 1, start: 1, error: "429" }, [user("?"), { role: "user", content: [picture] }], undefined),
      llm({ id: 3, parent: 1, start: 3 }, [user("?")], [assistant("Hi.")]),
    ]).tree();
    const [, before, now] = tree.rows;
    if (before === undefined || now === undefined) throw new Error("rows are missing");
    expect(comparedAttempts(before, now, new StepReader([], tree.replacements))).toEqual({
      input: { before: "user: ?\nuser: [image/png, 908 B]", now: "user: ?" },
      outcome: { before: "✗ 429", now: "assistant: Hi." },
    });
  });
});
