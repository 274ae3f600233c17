/** Characters that would break a row or reverse the text around them: C0 and C1 controls, line and bidi controls. */
// oxlint-disable-next-line no-control-regex -- the pattern matches control characters on purpose
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+/g;

/** The first line is searched in this many UTF-16 units: a text that begins with more blanks counts as empty. */
const LOOK_AHEAD = 4_096;

/** The text cut to `length` UTF-16 units, never inside a surrogate pair. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  // Joined from characters: a slice would hold the whole text in memory as long as the cut text lives.
  return Array.from(text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)).join("");
}

/** The text in one printable line of at most `length` UTF-16 units. */
export function oneLine(text: string, length: number): string {
  return cut(text.slice(0, LOOK_AHEAD).toWellFormed().replace(UNPRINTABLE, " ").trim(), length);
}

/** The first non-empty line, made printable and cut; `undefined` if there is none. */
export function firstLine(text: string, length: number): string | undefined {
  return plainLine(text, length) ?? printableLine(text, length);
}

/** The usual case, a line of printable ASCII with single blanks, costs a pass over its units; `undefined` for any other. */
function plainLine(text: string, length: number): string | undefined {
  const most = Math.min(text.length, length);
  let before = BLANK;
  for (let at = 0; at < most; at++) {
    const unit = text.charCodeAt(at);
    if (unit === LINE_FEED && before !== BLANK) return cut(text, at);
    if (unit < BLANK || unit > LAST_PRINTABLE || (unit === BLANK && before === BLANK)) return undefined;
    before = unit;
  }
  return before === BLANK ? undefined : cut(text, most);
}

const LINE_FEED = 0x0a;
const BLANK = 0x20;
const LAST_PRINTABLE = 0x7e;

function printableLine(text: string, length: number): string | undefined {
  for (const line of text.slice(0, LOOK_AHEAD).split(/[\r\n\u2028\u2029]+/)) {
    const printable = oneLine(line, length);
    if (printable !== "") return printable;
  }
  return undefined;
}
