import { duration } from "../../../src/lib/figures.ts";
import type { ReadingRow } from "../../../src/session/transcript/reading-rows.ts";

/** Rows as a person would write them down: a line each, indented by depth. */
export function printRows(rows: readonly ReadingRow[]): readonly string[] {
  return rows.map(({ depth, of }) => `${"  ".repeat(depth)}${of.kind}${wordsOf(of)}`);
}

function wordsOf(of: ReadingRow["of"]): string {
  switch (of.kind) {
    case "turn":
      return ` ${of.turn.number} ${of.turn.summary.name}`;
    case "earlier":
      return ` ${of.steps}`;
    case "silent":
      return ` ${of.from}–${of.to}`;
    case "user":
    case "system":
    case "reasoning":
      return `: ${of.passage.text}`;
    case "text":
      return `${of.name === undefined ? "" : ` ${of.name}`}${of.calls === undefined ? `: ${of.passage.text}` : ` calls ${of.calls.join(", ")}`}`;
    case "tool":
      return ` ${of.name}(${of.arguments?.text ?? ""}) → ${of.result?.text ?? of.failure?.message?.text ?? ""}`;
    case "agent":
    case "team":
    case "running":
      return ` ${of.name}`;
    case "error":
      return ` ${of.name}: ${of.failure.message?.text ?? of.failure.type ?? ""}`;
    case "question":
      return `: ${of.question}`;
    case "attachment":
      return ` ${of.word}`;
    case "gap":
      return ` ${duration(of.duration)}`;
  }
}
