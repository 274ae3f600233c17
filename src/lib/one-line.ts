/** Characters that would break a row, or turn the text around them: C0 and C1 controls, line and bidi controls. */
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+/g;

/** How far into a text its first line is looked for: longer blanks are no text. */
const LOOK_AHEAD = 4_096;

/** The text cut to so many UTF-16 units, never within a surrogate pair. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  // Joined from its characters: a slice would keep all of the text in memory for as long as the cut is held.
  return Array.from(text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)).join("");
}

/** All of the text in one printable line of at most `length` units. */
export function oneLine(text: string, length: number): string {
  return cut(text.slice(0, LOOK_AHEAD).toWellFormed().replace(UNPRINTABLE, " ").trim(), length);
}

/** The first line that has something in it, made printable and cut; `undefined` if there is none. */
export function firstLine(text: string, length: number): string | undefined {
  for (const line of text.slice(0, LOOK_AHEAD).split(/[\r\n\u2028\u2029]+/)) {
    const printable = oneLine(line, length);
    if (printable !== "") return printable;
  }
  return undefined;
}
