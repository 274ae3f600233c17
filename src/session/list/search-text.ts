import { cut } from "../../lib/one-line.ts";
import { textHash } from "../../lib/text-hash.ts";

/** The fields whose whole names a list can be filtered by. */
export const NAME_FIELDS = ["agent", "model", "tool", "namespace", "service"] as const;
export type NameField = (typeof NAME_FIELDS)[number];

/** What a session can be found by. */
export type Searchable = {
  readonly texts: readonly string[];
  readonly names: readonly (readonly [field: NameField | "other", name: string])[];
};

/** UTF-16 units of one session's search text: a few pages, which a session of any size has to do with. */
export const MAX_SEARCH_TEXT = 16_384;
/** Of one text or name. */
const MAX_ENTRY = 512;

/** Begins what no words of a person can hold: they lose characters of private use. */
const MARK = "\ue000";

/**
 * One line of words in lower case, without accents, each between spaces. Between two entries stands a mark, so that no
 * phrase reaches from one into the other; whole names stand in it as tokens too. Full-text search and
 * {@link matchesText} read the same line and agree.
 */
export function searchText({ texts, names }: Searchable): string {
  const line = [""];
  const known = new Set(["", MARK]);
  let room = MAX_SEARCH_TEXT;
  const add = (entry: string, mark: boolean): void => {
    if (room <= 0 || known.has(entry)) return;
    known.add(entry);
    // An entry for which there is no room is left out whole: a part of a word is another word.
    room -= entry.length + 2;
    if (room > 0) line.push(...(mark ? [MARK, entry] : [entry]));
  };
  for (const [field, name] of names)
    if (field !== "other" && room > MAX_SEARCH_TEXT / 2) add(nameToken(field, name), false);
  for (const text of texts) if (room > 0) add(wordsOf(text), true);
  for (const [, name] of names) {
    if (room <= 0) break;
    add(wordsOf(name), true);
    // A tool is looked for by the words of its name as well.
    add(wordsOf(name.slice(0, MAX_ENTRY).replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2")), true);
  }
  return `${line.join(" ")} `;
}

/** The name as one word; other fields' and other cases' names are other words. */
export function nameToken(field: NameField, name: string): string {
  return MARK + textHash(`${field} ${name}`);
}

/** What a person typed, as phrases of the search text: each must begin words of it. Signs are no words. */
export function searchPhrases(typed: string): string[] {
  return [...new Set(typed.split(/\s+/).map(wordsOf))].filter((phrase) => phrase !== "");
}

/** Whether the search text holds every phrase and every name. */
export function matchesText(text: string, phrases: readonly string[], names: readonly string[]): boolean {
  return names.every((name) => text.includes(` ${name} `)) && phrases.every((phrase) => text.includes(` ${phrase}`));
}

/** The same question in SQLite's FTS5: quoted, so that nothing in it is syntax. */
export function matchExpression(phrases: readonly string[], names: readonly string[]): string {
  return [...names.map((name) => `"${name}"`), ...phrases.map((phrase) => `"${phrase}"*`)].join(" AND ");
}

/** Letters of scripts that put no spaces between words: each is a word. */
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
