import { describe, expect, test } from "vitest";
import { readContent } from "../../../src/facts/span-content.ts";
import type { Step } from "../../../src/session/transcript/transcript.ts";
import { fixtureNames, readCaptures, readTranscript } from "../../producers/fixtures.ts";
import { viewOfExports } from "../../producers/portrait.ts";
import { transcriptOfExports } from "../../producers/transcript.ts";
import { bare, modelCalls, stepsIn, texts, transcribed } from "./session-of.ts";

/** The texts and calls of a step. Another call may give the same answer: it is shown without repeating it. */
function textsOf(step: Step): string[] {
  if (step.kind === "text") return step.repeats || step.passage.text === "" ? [] : [`text ${bare(step.passage.text)}`];
  if (step.kind === "user" || step.kind === "system") return [`${step.kind} ${bare(step.passage.text)}`];
  if (step.kind === "tool") return [`call ${step.name} ${bare(step.arguments?.text ?? "")}`];
  return [];
}

describe("the transcript of what a real producer sent", () => {
  // A transcript that changed on purpose is written anew by `node test/producers/portraits.ts`: read its difference as a person would.
  // spec: TEXT-1
  test.each(fixtureNames())("%s: is as a person read it", (name) => {
    expect(transcriptOfExports(readCaptures(name))).toBe(readTranscript(name));
  });

  // spec: TEXT-2
  test.each(fixtureNames())("%s: shows each text and each call once in a turn, and no answer is missing", (name) => {
    const view = viewOfExports(readCaptures(name));
    const shown = new Set<string>();
    for (const turn of transcribed(view).turns) {
      // Each program calls a tool with the same arguments once in a turn.
      const once = stepsIn(turn).flatMap(textsOf);
      expect(once).toEqual([...new Set(once)]);
      for (const text of once) shown.add(text);
    }
    for (const { span } of modelCalls([...view.spans()])) {
      const { output } = readContent(span);
      if (output?.kind !== "messages") continue;
      for (const text of texts(output, "assistant")) expect(shown).toContain(`text ${bare(text)}`);
    }
  });
});
