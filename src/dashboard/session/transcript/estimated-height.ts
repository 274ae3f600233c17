import type { ReadingRow } from "../../../session/transcript/reading-rows.ts";

const LINE = 26;
const TEXT_LINE = 20;
/** UTF-16 units in a line of prose, and the lines that are shown at first. */
const UNITS = 90;
const MAX_LINES = 60;

/** Of a row that was never drawn, pixels. Near enough for the scrollbar; the drawn row says it exactly. */
export function estimatedHeight(row: ReadingRow): number {
  switch (row.of.kind) {
    case "turn":
      return 44;
    case "user":
      return 30 + linesOf(row.of.passage.text);
    case "text":
      return row.of.passage.text === "" ? LINE : 10 + linesOf(row.of.passage.text);
    case "agent":
    case "team":
      return 34;
    case "question":
      return 70;
    default:
      return LINE;
  }
}

function linesOf(text: string): number {
  if (!text.includes("\n")) return Math.min(Math.max(1, Math.ceil(text.length / UNITS)), MAX_LINES) * TEXT_LINE;
  const head = text.slice(0, MAX_LINES * UNITS);
  let lines = 0;
  for (const line of head.split("\n")) lines += Math.max(1, Math.ceil(line.length / UNITS));
  return Math.min(lines, MAX_LINES) * TEXT_LINE;
}
