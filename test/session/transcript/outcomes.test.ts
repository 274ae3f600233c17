import { describe, expect, test } from "vitest";
import { markdownOf, sketched, spanOfSketch, viewOf } from "./session-of.ts";

describe("what went wrong or goes on", () => {
  // spec: TEXT-3
  test("an error is shown where it happened, and not again by the spans around it", () => {
    const view = sketched([
      { id: 1, name: "query.q", with: { "query.name": "q" }, end: 9, error: "agent failed: disk is full" },
      { id: 2, parent: 1, name: "agent.a", with: { "agent.name": "a" }, end: 9, error: "disk is full" },
      {
        id: 3,
        parent: 2,
        name: "tool.write",
        with: { "tool.name": "write", "input.value": "x" },
        error: "disk is full",
      },
    ]);
    expect(markdownOf(view)).toBe(`## Turn 1: \`q\` · error · 9.00 s

### Agent \`a\` · 9.00 s

**Tool** \`write\` \`x\` · 1.00 s

**Error**: \`disk is full\`

`);
  });

  // spec: TEXT-3
  test("what runs now comes last, with its arguments, after what was said", () => {
    const view = sketched([
      { id: 1, name: "query.q", with: { "query.name": "q", "input.value": "Go" }, end: null },
      { id: 2, parent: 1, name: "agent.a", with: { "agent.name": "a" }, end: null },
      {
        id: 3,
        parent: 2,
        name: "tool.slow",
        start: 1,
        end: null,
        with: { "tool.name": "slow", "input.value": { n: 1 } },
      },
      { id: 4, parent: 2, name: "tool.fast", start: 2, with: { "tool.name": "fast", "output.value": "ok" } },
    ]);
    expect(markdownOf(view)).toBe(`## Turn 1: \`q\` · running

**User**

Go

### Agent \`a\` · running

**Tool** \`fast\` → \`ok\` · 1.00 s

## Turn 1, continued

**Running now**: \`slow\`, since 2026-09-21T14:13:21Z

\`\`\`
{"n":1}
\`\`\`

`);
  });

  // spec: TEXT-3
  test("an open question is shown in its turn", () => {
    const view = sketched([
      { id: 1, name: "agent.a", with: { "agent.name": "a", "input.value": "Pay" }, end: null },
      {
        id: 2,
        parent: 1,
        name: "tool.pay",
        start: 1,
        end: null,
        with: { "tool.name": "pay", "a2a.task.state": "input-required", "a2a.task.id": "t", message: "Pay 5 francs?" },
      },
    ]);
    expect(markdownOf(view)).toContain("**Waiting for an answer**");
  });

  test("a model call whose text no span states is shown by its figures", () => {
    const usage = { "gen_ai.usage.input_tokens": 30, "gen_ai.usage.output_tokens": 5 };
    const view = sketched([
      { id: 1, name: "root", end: 3 },
      {
        id: 2,
        parent: 1,
        name: "chat",
        with: { "gen_ai.operation.name": "chat", "gen_ai.request.model": "m", ...usage },
      },
    ]);
    expect(markdownOf(view)).toContain("\n\n**Model** `m` · 1.00 s · 30 tokens in, 5 out\n\n");
  });

  test("silence of more than five seconds is shown", () => {
    const steps = (start: number) =>
      markdownOf(
        sketched([
          { id: 1, name: "root", end: 99 },
          { id: 2, parent: 1, name: "tool.a" },
          { id: 3, parent: 1, name: "tool.b", start },
        ]),
      );
    expect(steps(6)).not.toContain("Nothing for");
    expect(steps(7)).toContain("*Nothing for 6.00 s.*");
  });

  test("traces in which nothing was said are one line", () => {
    const view = sketched([1, 2, 3].map((id) => ({ id, name: `GET /${id}`, start: id, trace: String(id).repeat(32) })));
    expect(markdownOf(view, { head: true })).toContain(
      "*Turns 1 to 3: nothing was said.* `GET /1`, `GET /2`, `GET /3`\n",
    );
  });

  test("a chain of 10,000 nested agents is read", () => {
    const chain = Array.from({ length: 10_000 }, (_, at) => ({
      id: at + 1,
      ...(at > 0 && { parent: at }),
      name: `agent.${at}`,
      with: { "agent.name": `a${at}` },
    }));
    const text = markdownOf(viewOf([chain.map(spanOfSketch)]));
    expect(text).toContain("###### Agent `a9999` · 1.00 s");
    expect(text.length).toBeLessThanOrEqual(200_000);
  });
});
