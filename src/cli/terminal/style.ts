import type { Environment } from "../dispatch.ts";
import stringWidth from "string-width";
import { visibleText } from "../../lib/visible-text.ts";

export type Paint = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan";
/** Colours a text, or leaves it as it is. */
export type Style = (paint: Paint, text: string) => string;

const CODES: Readonly<Record<Paint, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
};

export const PLAIN: Style = (_paint, text) => text;

export const COLOURED: Style = (paint, text) => {
  const [on, off] = CODES[paint];
  return text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`;
};

/** Colours are for terminals. `NO_COLOR` (no-color.org) takes them away, `FORCE_COLOR` gives them to a pipe. */
export function styleFor(stream: { readonly isTTY?: boolean }, environment: Environment): Style {
  if (environment["NO_COLOR"]) return PLAIN;
  const forced = environment["FORCE_COLOR"];
  if (forced !== undefined) return forced === "0" || forced === "false" ? PLAIN : COLOURED;
  return stream.isTTY === true && environment["TERM"] !== "dumb" ? COLOURED : PLAIN;
}

/** Text of a span in one line. Nothing in it acts on the terminal. */
export const plain = (text: string): string => visibleText(text).replaceAll(/\s+/g, " ").trim();

/** Most texts: each unit takes a column. To see that of the others, their characters are looked at one by one. */
const NARROW = /^[ -~\u00a0\u202f·≈…→●○✓✗]*$/;

/** Columns that a text without colours takes. */
export const widthOf = (text: string): number => (NARROW.test(text) ? text.length : stringWidth(text));

const graphemes = new Intl.Segmenter();

/** The text cut to so many columns, with an ellipsis. */
export function fit(text: string, columns: number): string {
  if (columns <= 0) return "";
  // No character is wider than two columns.
  if (text.length * 2 <= columns || widthOf(text) <= columns) return text;
  if (NARROW.test(text)) return `${text.slice(0, columns - 1).trimEnd()}…`;
  let kept = "";
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

export const padEnd = (text: string, columns: number): string =>
  text + " ".repeat(Math.max(0, columns - widthOf(text)));
export const padStart = (text: string, columns: number): string =>
  " ".repeat(Math.max(0, columns - widthOf(text))) + text;
