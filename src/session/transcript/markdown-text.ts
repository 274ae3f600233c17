import { oneLine } from "../../lib/one-line.ts";
import { visibleText } from "../../lib/visible-text.ts";

/**
 * Untrusted text in Markdown (CommonMark and GitHub's): it can begin no heading, list, quote, table, code, link or HTML.
 * Prose is escaped. Text with markup or columns of its own is fenced instead: there it stands as it was written.
 */

/** Where a character begins markup within a line; an underscore within a word and a lone `<` do not. */
const INLINE = /[*`[|~]|<(?=[a-z/!?])|&(?=[a-z#])|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|\\(?=[!-/:-@[-`{-~]|$)/giu;
/** Where a line begins a block. */
const BLOCK = /^(?:[#>=]|[-+](?=[\s=:-]|$)|:(?=-)|\d{1,9}(?=[.)](?:\s|$)))/;
/** Indented lines, fences, and JSON. */
const LAID_OUT = /^(?:\t| {2,}\S|\s*(?:```|~~~))|^[[{]["{[]/m;
/** Escapes that prose may need: some, and one for so many units. */
const FEW = 6;
const UNITS_AN_ESCAPE = 24;
const MAX_NAME = 120;

/** Paragraphs; line breaks are kept. */
export function prose(text: string): string {
  const visible = visibleText(text);
  if (LAID_OUT.test(visible)) return fenced(visible);
  let escapes = 0;
  const escape = (mark: string): string => {
    escapes++;
    return `\\${mark}`;
  };
  const lines = visible.split("\n").map((line) => {
    const trimmed = line.trim();
    const escaped = trimmed.replace(INLINE, escape);
    // The dot of a number, not the number itself.
    return escaped.replace(BLOCK, (mark) => (/\d/.test(mark) ? `${mark}${escape("")}` : escape(mark)));
  });
  if (escapes > FEW + visible.length / UNITS_AN_ESCAPE) return fenced(visible);
  return lines.map((line, at) => (line !== "" && (lines[at + 1] ?? "") !== "" ? `${line}  ` : line)).join("\n");
}

/** A block of code. Its fence is longer than any in the text. */
export function fenced(text: string): string {
  const visible = visibleText(text);
  const longest = visible.match(/`{3,}/g)?.reduce((most, { length }) => Math.max(most, length), 2) ?? 2;
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${visible}\n${fence}`;
}

/** In every line a quote. */
export function quoted(markdown: string): string {
  return markdown
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`))
    .join("\n");
}

/** Code within a line. */
export function code(text: string, length = MAX_NAME): string {
  const line = visibleText(oneLine(text, length + 1));
  const shown = line.length <= length ? line : `${line.slice(0, length)}…`.toWellFormed();
  const longest = shown.match(/`+/g)?.reduce((most, run) => Math.max(most, run.length), 0) ?? 0;
  const mark = "`".repeat(longest + 1);
  const space = /^`|`$|^ .* $/.test(shown) ? " " : "";
  return shown === "" ? "" : `${mark}${space}${shown}${space}${mark}`;
}

/** Prose within a line, such as a heading. */
export function inline(text: string, length: number): string {
  return visibleText(oneLine(text, length))
    .replace(INLINE, "\\$&")
    .replace(/^[#>=+-]/, "\\$&");
}

/** Figures come with spaces that never wrap, which programs do not expect. */
export function plain(text: string): string {
  return text.replaceAll(/[\u00a0\u202f]/g, " ");
}
