import { describe, expect, test } from "vitest";
import { readContent } from "../../../src/facts/span-content.ts";
import { EXPECTED, readPayload } from "../corpus.ts";
import { bare, captured, markdownOf, modelCalls, stepsOf, texts, transcribed } from "./session-of.ts";

const ALL = Object.keys(EXPECTED);

describe("the transcript of a captured payload", () => {
  // spec: TEXT-2
  test.each(ALL)("%s: each answer of a model stands once in its turn, at its call", (file) => {
    const steps = stepsOf(transcribed(captured(file)));
    for (const { span, facts } of modelCalls(readPayload(file))) {
      for (const text of texts(readContent(span).output, "assistant")) {
        const said = steps.filter((step) => step.kind === "text" && bare(step.passage.text) === bare(text));
        expect(said.filter(({ spanId }) => spanId === facts.spanId)).toHaveLength(1);
        // Other calls of the trace may answer in the same words: they are shown without repeating them.
        const whole = said.filter((step) => step.traceId === span.traceId && step.kind === "text" && !step.repeats);
        expect(whole).toHaveLength(1);
      }
    }
  });

  // spec: TEXT-2
  test.each(ALL)("%s: each text of a user stands once in its turn", (file) => {
    const steps = stepsOf(transcribed(captured(file)));
    for (const { span } of modelCalls(readPayload(file))) {
      for (const text of texts(readContent(span).input, "user")) {
        const said = steps.filter(
          (step) => step.kind === "user" && step.traceId === span.traceId && bare(step.passage.text) === bare(text),
        );
        expect({ text, times: said.length }).toEqual({ text, times: 1 });
      }
    }
  });

  // spec: TEXT-2
  test.each(ALL)("%s: each call of a tool stands once, with its result", (file) => {
    const steps = stepsOf(transcribed(captured(file)));
    const tools = readPayload(file).filter(({ facts }) => facts.kind === "tool");
    const calls = steps.filter((step) => step.kind === "tool");
    expect(
      calls
        .filter(({ spanId }) => tools.some(({ facts }) => facts.spanId === spanId))
        .map(({ spanId, result, failure }) => ({
          spanId,
          result: result === undefined ? undefined : bare(result.text),
          failed: failure !== undefined,
        }))
        .toSorted((a, b) => (a.spanId < b.spanId ? -1 : 1)),
    ).toEqual(
      tools
        .map(({ span, facts }) => {
          const { output } = readContent(span);
          const value = output?.kind === "json" ? output.value : output?.kind === "text" ? output.text : undefined;
          const result =
            value === undefined || facts.error
              ? undefined
              : bare(typeof value === "string" ? value : JSON.stringify(value));
          return { spanId: facts.spanId, result, failed: facts.error };
        })
        .toSorted((a, b) => (a.spanId < b.spanId ? -1 : 1)),
    );
  });

  // spec: TEXT-2
  test.each(ALL)("%s: no call stands a second time without its span", (file) => {
    const traces = new Map<string, { spans: number; readonly ids: Set<string> }>();
    for (const { span, facts } of readPayload(file)) {
      const { input, output } = readContent(span);
      const trace = traces.get(span.traceId) ?? { spans: 0, ids: new Set() };
      traces.set(span.traceId, trace);
      if (facts.kind === "tool") trace.spans++;
      for (const content of [input, output]) {
        const parts = content?.kind === "messages" ? content.messages.flatMap((message) => message.parts) : [];
        for (const part of parts) if (part.type === "tool_call" && part.id !== undefined) trace.ids.add(part.id);
      }
    }
    // In all of these payloads either each call has a span, or none has.
    const calls = [...traces.values()].reduce((sum, { spans, ids }) => sum + Math.max(spans, ids.size), 0);
    expect(stepsOf(transcribed(captured(file))).filter(({ kind }) => kind === "tool")).toHaveLength(calls);
  });

  // spec: TEXT-2
  test.each(ALL)("%s: in Markdown each of these texts is one paragraph or block", (file) => {
    const view = captured(file);
    const text = markdownOf(view);
    const transcript = transcribed(view);
    const blocks = text
      .split("\n\n")
      .map((block) => bare(block.startsWith("```") ? block : block.replaceAll(/\\(?=[!-/:-@[-`{-~])/g, "")));
    const whole = stepsOf(transcript).flatMap((step) =>
      (step.kind === "text" && !step.repeats && step.passage.text !== "") || step.kind === "user"
        ? [bare(step.passage.text)]
        : [],
    );
    for (const said of new Set(whole)) {
      const times = whole.filter((other) => other === said).length;
      const shown = blocks.filter((block) => block === said || block === `\`\`\`${said}\`\`\``).length;
      if (!said.includes("```")) expect({ said, shown }).toEqual({ said, shown: times });
    }
  });
});
