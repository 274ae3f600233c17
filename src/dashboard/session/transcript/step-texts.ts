import { gistOf } from "../../../content/gist.ts";
import { textInPreview } from "../../../content/prompt.ts";
import type { Passage } from "../../../session/transcript/passage.ts";
import { parseJson } from "../../../otel/any-value.ts";
import type { Failure, ToolStep } from "../../../session/transcript/transcript.ts";
import { bytes } from "../../../lib/figures.ts";

/** UTF-16 units of one line. */
const MAX_LINE = 240;
/** UTF-16 units. Longer data is not parsed for a line. */
const MAX_PARSED = 100_000;

/** What a passage is about, in one line. */
export function lineOf(passage: Passage | undefined): string {
  if (passage === undefined) return "";
  const { text, missing } = passage;
  const value = text.length <= MAX_PARSED ? parseJson(text) : undefined;
  const gist = value === undefined ? (missing === undefined ? text : textInPreview(text)) : gistOf(value);
  return gist.slice(0, MAX_LINE) || text.slice(0, MAX_LINE);
}

/** The parsed data of a passage; `undefined` of a text. */
export function dataOf({ text, missing }: Passage): unknown {
  if (missing !== undefined) return undefined;
  const value = parseJson(text);
  return typeof value === "object" && value !== null ? value : undefined;
}

export const textOf = ({ text, missing }: Passage): string =>
  missing === undefined
    ? text
    : `${text.slice(0, missing.at)}\n… ${bytes(missing.bytes)} left out …\n${text.slice(missing.at)}`;

/** Why something failed, in one line. */
export function causeOf({ canceled, type, message }: Failure): string {
  const cause = message?.text.trim() || type || "";
  const word = canceled ? "canceled" : "failed";
  return cause === "" ? word : canceled ? `canceled: ${cause}` : cause;
}

/** Whether opening the step in place shows more than its line. */
export const hasMore = ({ arguments: given, result, failure }: ToolStep): boolean =>
  given !== undefined || result !== undefined || failure !== undefined;
