import type { Message } from "../../content/messages.ts";
import type { News } from "./new-messages.ts";

/** Neighbouring messages that are shown, or folded to a line, together. */
export type FoldedRun = {
  readonly is: "new" | "earlier" | "system";
  /** Places of the messages: `to` is the first after them. */
  readonly from: number;
  readonly to: number;
  /** Of their texts. */
  readonly lines: number;
};

/** Instructions of one line need no line that stands for them. */
const MAX_SHORT = 160;

/** The messages of an input in runs: new ones; instructions; what an earlier call had already. */
export function foldedRuns(messages: readonly Message[], news: readonly News[]): readonly FoldedRun[] {
  const runs: FoldedRun[] = [];
  for (const [at, message] of messages.entries()) {
    const text = textIn(message);
    const isFolded = message.role === "system" && (news[at] === "earlier" || text.length > MAX_SHORT);
    const is = isFolded ? "system" : news[at] === "earlier" ? "earlier" : "new";
    const lines = text.split("\n").length;
    const last = runs.at(-1);
    if (last?.is === is) runs[runs.length - 1] = { ...last, to: at + 1, lines: last.lines + lines };
    else runs.push({ is, from: at, to: at + 1, lines });
  }
  return runs;
}

const textIn = ({ parts }: Message): string =>
  parts
    .map((part) => ("text" in part ? part.text : ""))
    .join("\n")
    .trim();
