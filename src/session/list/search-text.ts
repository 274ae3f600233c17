import { cut } from "../../lib/one-line.ts";
import { textHash } from "../../lib/text-hash.ts";

/** The fields that a list can be filtered by. */
export const NAME_FIELDS = ["agent", "model", "tool", "namespace", "service"] as const;
export type NameField = (typeof NAME_FIELDS)[number];

/** Texts and names that a session can be found by. */
export type Searchable = {
  readonly texts: readonly string[];
  readonly names: readonly (readonly [field: NameField | "other", name: string])[];
};

/** UTF-16 units of one session's search text: a few pages, whatever the size of the session. */
export const MAX_SEARCH_TEXT = 16_384;
/** UTF-16 units of one text or name. */
const MAX_ENTRY = 512;

/** Starts tokens that no typed word can match: typed words lose characters of private use. */
const SEPARATOR = "\ue000";

/**
 * One line of words in lower case, without accents, each between spaces. A separator between two entries keeps a phrase
 * from matching across both. Names are also contained as tokens. Full-text search and {@link matchesText} read the same
 * line and agree.
 */
export function searchText({ texts, names }: Searchable): string {
  const line = [""];
  const known = new Set(["", SEPARATOR]);
  let room = MAX_SEARCH_TEXT;
  const add = (entry: string, isWords: boolean): void => {
    if (room <= 0 || known.has(entry)) return;
    known.add(entry);
    // An entry that does not fit is omitted whole: a part of a word is another word.
    room -= entry.length + 2;
    if (room > 0) line.push(...(isWords ? [SEPARATOR, entry] : [entry]));
  };
  for (const [field, name] of names)
    if (field !== "other" && room > MAX_SEARCH_TEXT / 2) add(nameToken(field, name), false);
  for (const text of texts) if (room > 0) add(wordsOf(text), true);
  for (const [, name] of names) {
    if (room <= 0) break;
    add(wordsOf(name), true);
    // The words of a tool's name can be searched for, too.
    add(wordsOf(name.slice(0, MAX_ENTRY).replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2")), true);
  }
  return `${line.join(" ")} `;
}

/** The name as one token, which depends on its field and on upper and lower case. */
export function nameToken(field: NameField, name: string): string {
  return SEPARATOR + textHash(`${field} ${name}`);
}

/** Typed text as phrases of the search text: each must match from the start of a word. Punctuation is ignored. */
export function searchPhrases(typed: string): string[] {
  return [...new Set(typed.split(/\s+/).map(wordsOf))].filter((phrase) => phrase !== "");
}

/** Whether the search text contains every phrase and every name. */
export function matchesText(text: string, phrases: readonly string[], names: readonly string[]): boolean {
  return names.every((name) => text.includes(` ${name} `)) && phrases.every((phrase) => text.includes(` ${phrase}`));
}

/** The same condition for SQLite's FTS5: quoted, so that nothing in it is syntax. */
export function matchExpression(phrases: readonly string[], names: readonly string[]): string {
  return [...names.map((name) => `"${name}"`), ...phrases.map((phrase) => `"${phrase}"*`)].join(" AND ");
}

/** Scripts without spaces between words: each character counts as a word. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/gu;

function wordsOf(text: string): string {
  return cut(text, MAX_ENTRY)
    .toWellFormed()
    .normalize("NFKD")
    .replace(/\p{Mn}+/gu, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(UNSPACED, " $& ")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
