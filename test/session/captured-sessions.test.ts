import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { SessionView } from "../../src/session/view/session-view.ts";
import { wholeView } from "./whole-view.ts";
import type { ResourceSpans } from "../../src/otel/span.ts";
import { spansEvent } from "./wire-of.ts";

/** The captured bodies used here are canonical but for what no fold looks at. */
function captured(file: string): readonly ResourceSpans[] {
  const body = readFileSync(new URL(`../fixtures/corpus/${file}.json`, import.meta.url), "utf8");
  const { resourceSpans }: { readonly resourceSpans: readonly ResourceSpans[] } = JSON.parse(body);
  return resourceSpans;
}

function viewOf(...files: readonly string[]): SessionView {
  const view = wholeView("s-1");
  files.forEach((file, second) => view.apply(spansEvent(second, captured(file))));
  return view;
}

const outline = (view: SessionView) =>
  view
    .tree()
    .rows.map(
      (row) => `${"  ".repeat(row.depth)}${row.span ? `${row.span.facts.kind} ${row.span.facts.name}` : "not come"}`,
    );

describe("captured sessions", () => {
  test("Claude Code: one turn, whose model calls and tool stand under the interaction", () => {
    const view = viewOf("claude-code-json-001");
    expect(outline(view)).toEqual([
      "agent claude_code.interaction",
      "  llm claude_code.llm_request",
      "  tool claude_code.tool",
      "    internal claude_code.tool.blocked_on_user",
      "    internal claude_code.tool.execution",
      "  llm claude_code.llm_request",
    ]);
    expect(view.summary()).toMatchObject({
      kind: "session",
      title: "What is the weather? Use Bash.",
      models: [{ name: "claude-sonnet-4-5", calls: 2, errors: 0 }],
      tools: [{ name: "Bash", calls: 1, errors: 0 }],
      tokens: { input: 110, output: 22, cached: 16 },
    });
  });

  test("AI SDK: usage that both a call and its steps report counts once, and each top-level call is a query", () => {
    const view = viewOf("ai-sdk-v6-json-001");
    expect(view.summary()).toMatchObject({
      tokens: { input: 168, output: 44 },
      tools: [{ name: "get_weather", calls: 2 }],
    });
    expect(view.queries().map(({ name, phase, tokens }) => `${name} ${phase} ${tokens.input}`)).toEqual([
      "ai.generateText done 84",
      "ai.streamText done 84",
    ]);
  });

  test("a LangGraph run under Langfuse carries two session names in one trace", () => {
    const { summary, queries } = {
      summary: viewOf("langfuse-langgraph-001").summary(),
      queries: viewOf("langfuse-langgraph-001").queries(),
    };
    expect(summary).toMatchObject({
      traces: 1,
      spans: 18,
      also: ["sess-lf-1", "sess-lf-lg"],
      title: "Weather in Paris?",
    });
    expect(queries).toHaveLength(1);
  });

  test("a root that comes last adopts what waited for it, whichever delivery comes first", () => {
    const files = ["otel-js-json-late-001", "otel-js-json-late-002", "otel-js-json-late-003"];
    const whole = ["internal late root", "  internal early child", "    internal early grandchild"];
    expect(outline(viewOf(...files))).toEqual(whole);
    expect(outline(viewOf(...files.toReversed()))).toEqual(whole);
    const roots = files.map((file) => viewOf(file).tree().roots[0]?.badges);
    expect(roots).toEqual([["placeholder"], ["placeholder"], []]);
  });
});
