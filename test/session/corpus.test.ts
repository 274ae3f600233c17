import { describe, expect, test } from "vitest";

import { readContent } from "../../src/facts/span-content.ts";
import type { Content } from "../../src/content/content-value.ts";
import { EXPECTED, readPayload } from "./corpus.ts";

const ALL = Object.entries(EXPECTED);
const WITH_MODELS = ALL.filter(([, { llm }]) => llm.length > 0);
const WITH_TOOLS = ALL.filter(([, { tools }]) => tools.length > 0);

function textOf(content: Content | undefined): string | undefined {
  return content === undefined || content.kind === "messages" ? undefined : content.text;
}

describe("captured payloads of real exporters", () => {
  test.each(ALL)("%s: spans and errors", (file, { spans, errors }) => {
    const payload = readPayload(file);
    expect({ spans: payload.length, errors: payload.filter(({ facts }) => facts.error).length }).toEqual({
      spans,
      errors,
    });
  });

  test.each(ALL)("%s: the sessions that its spans name", (file, { sessions }) => {
    const seen = new Map<string, number>();
    for (const { facts } of readPayload(file)) {
      if (facts.session !== undefined) seen.set(facts.session.value, (seen.get(facts.session.value) ?? 0) + 1);
    }
    expect(Object.fromEntries(seen)).toEqual(sessions);
  });

  test.each(WITH_MODELS)("%s: calls of models", (file, { llm }) => {
    const byId = new Map(readPayload(file).map(({ facts }) => [facts.spanId, facts]));
    const seen = llm.map(({ spanId }) => {
      const facts = byId.get(spanId);
      const isModel = facts?.kind === "llm" || facts?.kind === "embedding";
      return { spanId, isModel, model: facts?.model, input: facts?.tokens?.input, output: facts?.tokens?.output };
    });
    const wanted = llm.map(({ spanId, model, inputTokens, outputTokens }) => {
      // An embedding has no output; facts then hold 0.
      const output = inputTokens === undefined ? undefined : (outputTokens ?? 0);
      return { spanId, isModel: true, model, input: inputTokens, output };
    });
    expect(seen).toEqual(wanted);
  });

  test.each(WITH_TOOLS)("%s: calls of tools", (file, { tools }) => {
    const byId = new Map(readPayload(file).map((read) => [read.facts.spanId, read]));
    const seen = tools.map(({ spanId, output }) => {
      const read = byId.get(spanId);
      const content = read === undefined ? undefined : readContent(read.span);
      return {
        spanId,
        kind: read?.facts.kind,
        tool: read?.facts.tool,
        input: textOf(content?.input),
        // Expectations hold the head of a long output.
        output: textOf(content?.output)?.slice(0, output?.length),
      };
    });
    const wanted = tools.map(({ spanId, tool, input, output }) => ({ spanId, kind: "tool", tool, input, output }));
    expect(seen).toEqual(wanted);
  });
});
