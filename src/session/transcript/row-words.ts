import { readStep } from "./step-content.ts";
import { stepWords, type StepWords } from "./step-title.ts";
import type { TreeNode, ViewSpan } from "../tree/tree.ts";

/** Cached for each version of a span, because a row is drawn often. */
const known = new WeakMap<ViewSpan, StepWords>();

/** What a row is called by its kind; `undefined` for a placeholder. */
export function rowWords({ span: view, error, failure, usage }: TreeNode): StepWords | undefined {
  if (view === undefined) return undefined;
  let words = known.get(view);
  if (words === undefined) {
    const { span, facts } = view;
    words = stepWords({ span, facts, content: readStep(span, [], facts.error ? "failed" : "passed") });
    known.set(view, words);
  }
  // A part of a call that counts its tokens does not name its model.
  if (view.facts.kind === "llm" && view.facts.model === undefined && words.subject === view.facts.name && usage?.model)
    words = { ...words, subject: usage.model };
  // A log record may report a failure that the span does not know.
  if (!error || (words.outcome === "failed" && words.result !== "")) return words;
  return { ...words, outcome: "failed", result: failure ?? "" };
}
