import { describe, expect, test } from "vitest";
import { factLine, placeWords } from "../../../src/session/inspector/fact-line.ts";
import { readPrices } from "../../../src/session/prices/prices.ts";
import { StepReader } from "../../../src/session/inspector/step-reader.ts";
import { assistant, llm, sketched, user } from "../transcript/session-of.ts";
import type { Sketch } from "../transcript/session-of.ts";

/** `who: place | facts`. */
function print(sketches: readonly Sketch[]): string[] {
  const view = sketched(sketches);
  view.usePrices(readPrices);
  const tree = view.tree();
  const reader = new StepReader([], tree.replacements);
  return tree.rows.map((node) => {
    const place = placeWords(tree, node, "en");
    const facts = factLine(node, reader.contentOf(node), "en").map(({ text }) => text);
    return `${place} | ${facts.join(" · ")}`.replaceAll(/[\u00a0\u202f]/g, " ");
  });
}

const agent = (id: number, name: string, more: Partial<Sketch> = {}): Sketch => ({
  id,
  name,
  end: 99,
  ...more,
  with: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name },
});

describe("the facts of a step in one line", () => {
  test("a model: where the call stands, time, first token, tokens, cost, why it ended", () => {
    const usage = {
      "gen_ai.usage.input_tokens": 1380,
      "gen_ai.usage.output_tokens": 132,
      "gen_ai.usage.cache_read.input_tokens": 900,
      "gen_ai.usage.reasoning.output_tokens": 12,
      "gen_ai.response.time_to_first_chunk": "0.4",
      "gen_ai.response.finish_reasons": ["stop"],
    };
    expect(
      print([
        agent(1, "investigator"),
        llm({ id: 2, parent: 1, start: 1 }, [user("?")], [assistant("!")]),
        agent(3, "engineer", { parent: 1, start: 3 }),
        llm({ id: 4, parent: 3, start: 4, end: 6.42, with: usage }, [user("?")], [assistant("!")]),
        llm({ id: 5, parent: 3, start: 8, end: null }, [user("?")], undefined),
      ]),
    ).toEqual([
      " | 1 m 39 s · 1,380 in (900 cached) → 132 out (12 reasoning) · ≈ $0.0020",
      "in investigator · call 1 of 3 | 1.00 s",
      "in investigator | 1 m 36 s · 1,380 in (900 cached) → 132 out (12 reasoning) · ≈ $0.0020",
      "in engineer · call 1 of 2 here, 2 of 3 in all | 2.42 s · first token 400 ms · 1,380 in (900 cached) → 132 out (12 reasoning) · ≈ $0.0020 · stop",
      "in engineer · call 2 of 2 here, 3 of 3 in all | running",
    ]);
  });

  test("a tool: which attempt it is, and that it failed", () => {
    const tool = (id: number, start: number, more: Partial<Sketch> = {}): Sketch => ({
      id,
      parent: 1,
      name: "t",
      start,
      with: { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "run_sql" },
      ...more,
    });
    expect(print([agent(1, "a"), tool(2, 1, { error: "timeout" }), tool(3, 3)]).slice(1)).toEqual([
      "in a · attempt 1 of 2 | 1.00 s · failed",
      "in a · attempt 2 of 2 | 1.00 s",
    ]);
  });

  test("tokens that were written to a cache, a reported cost, a cost without a price", () => {
    const call = (id: number, more: Readonly<Record<string, unknown>>): Sketch =>
      llm(
        { id, start: id * 2, with: { "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 2, ...more } },
        [user("?")],
        [assistant("!")],
      );
    expect(
      print([
        call(1, { "gen_ai.usage.cache_creation.input_tokens": 4, "gen_ai.usage.cost": "0.5" }),
        call(2, { "gen_ai.request.model": "no-such-model" }),
      ]).map((line) => line.slice(line.indexOf("|"))),
    ).toEqual(["| 1.00 s · 10 in (4 written) → 2 out · $0.500", "| 1.00 s · 10 in → 2 out · no price"]);
  });
});
