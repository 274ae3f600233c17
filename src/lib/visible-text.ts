/**
 * The text of spans is untrusted: users, and models that read users' text, write it. This makes characters visible that a
 * reader's screen would apply or hide: control characters, direction overrides, invisible characters (tag characters carry
 * hidden prompts), lone surrogates.
 */

const NAMES = new Map<number, string>([
  [0x00ad, "SHY"],
  [0x061c, "ALM"],
  [0x180e, "MVS"],
  [0x200b, "ZWSP"],
  [0x200e, "LRM"],
  [0x200f, "RLM"],
  [0x2028, "LS"],
  [0x2029, "PS"],
  [0x202a, "LRE"],
  [0x202b, "RLE"],
  [0x202c, "PDF"],
  [0x202d, "LRO"],
  [0x202e, "RLO"],
  [0x2060, "WJ"],
  [0x2066, "LRI"],
  [0x2067, "RLI"],
  [0x2068, "FSI"],
  [0x2069, "PDI"],
  [0xfeff, "BOM"],
]);

/** All control characters but tab and line feed, and the characters named above. */
const ACTING =
  // eslint-disable-next-line no-control-regex -- the expression looks for control characters
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** The same text with every acting character replaced by a picture (␛) or its name (⟨RLO⟩). Line ends become \n. */
export function visibleText(text: string): string {
  return text.toWellFormed().replaceAll("\r\n", "\n").replace(ACTING, picture);
}

/** Visible, on one line, and no longer than `limit` UTF-16 units (an ellipsis says so). */
export function visibleLine(text: string, limit = 300): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return visibleText(cut).replace(/\s+/g, " ").trim();
}

function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `⟨${NAMES.get(code) ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`}⟩`;
}
