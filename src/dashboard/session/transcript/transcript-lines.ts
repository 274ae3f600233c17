import type { SessionTree } from "../../../session/tree/tree.ts";
import type { Passage } from "../../../session/transcript/passage.ts";
import type { Step, Transcript, Turn } from "../../../session/transcript/transcript.ts";
import { findRow } from "../reader.ts";

/** A line of the transcript: a turn, or a step within it. */
export type TranscriptLine = {
  /** Of the span's row in the tree; "" without. */
  readonly key: string;
  readonly depth: number;
  readonly as: "turn" | Step["kind"];
  readonly subject: string;
  readonly text: string;
  /** Nanoseconds. */
  readonly duration?: bigint;
};

/** Long enough for one line, UTF-16 units. */
const MAX_TEXT = 400;

/** All turns and steps, depth first. */
export function transcriptLines({ turns }: Transcript, tree: SessionTree): readonly TranscriptLine[] {
  const lines: TranscriptLine[] = [];
  const keyOf = (traceId: string, spanId: string): string => findRow(tree, `${traceId}:${spanId}`)?.key ?? "";
  for (const turn of turns) {
    lines.push({ ...turnLine(turn), key: keyOf(turn.summary.traceId, turn.summary.spanId) });
    const ahead = stepsOf(turn)
      .map((step) => ({ step, depth: 1 }))
      .toReversed();
    for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
      const { step, depth } = next;
      const { duration } = step;
      lines.push({
        ...wordsOf(step),
        as: step.kind,
        key: keyOf(step.traceId, step.spanId),
        depth,
        ...(duration === undefined ? {} : { duration }),
      });
      if ("steps" in step) for (const inner of step.steps.toReversed()) ahead.push({ step: inner, depth: depth + 1 });
    }
  }
  return lines;
}

const stepsOf = ({ before, userText, steps }: Turn): readonly Step[] => [
  ...before,
  ...(userText === undefined ? [] : [userText]),
  ...steps,
];

function turnLine({ number, summary }: Turn): Omit<TranscriptLine, "key"> {
  const { start, end } = summary;
  const duration = end === undefined ? {} : { duration: BigInt(end) - BigInt(start) };
  return { depth: 0, as: "turn", subject: `Turn ${number}`, text: summary.name, ...duration };
}

function wordsOf(step: Step): Pick<TranscriptLine, "subject" | "text"> {
  switch (step.kind) {
    case "user":
    case "system":
    case "reasoning":
    case "text":
      return { subject: step.name ?? "", text: textOf(step.passage) };
    case "attachment":
      return { subject: step.word, text: "" };
    case "tool": {
      const result = step.failure === undefined ? textOf(step.result) : `✗ ${failureText(step.failure)}`;
      return { subject: step.name, text: [textOf(step.arguments), result].filter(Boolean).join(" → ") };
    }
    case "agent":
    case "team":
      return { subject: step.name, text: "" };
    case "error":
      return { subject: step.name, text: failureText(step.failure) };
    case "question":
      return { subject: step.tool ?? "", text: step.question };
    case "running":
      return { subject: step.name, text: textOf(step.arguments) };
    case "gap":
      return { subject: "", text: "pause" };
  }
}

const failureText = ({ type = "failed", message }: { readonly type?: string; readonly message?: Passage }): string =>
  message === undefined ? type : textOf(message);

const textOf = (passage: Passage | undefined): string => passage?.text.slice(0, MAX_TEXT) ?? "";
