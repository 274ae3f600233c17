/** UTF-16 units of a search. */
export const MAX_SEARCH = 256;

/**
 * Finds a text in others, whatever its case. Messages stand in JSON in many spans: there quotes and line breaks are escaped,
 * and some producers escape every letter beyond ASCII. The forms of the text that differ are sought too.
 */
export type SearchPattern = {
  /** The first place, and the number of all places; `undefined` without one. */
  readonly find: (text: string) => Found | undefined;
};

/** UTF-16 units. */
export type Found = { readonly at: number; readonly length: number; readonly count: number };

/** `undefined` for a text of blanks. Only the first {@link MAX_SEARCH} units count. */
export function searchPattern(search: string): SearchPattern | undefined {
  const text = search.trim().slice(0, MAX_SEARCH);
  if (text === "") return undefined;
  const inJson = JSON.stringify(text).slice(1, -1);
  const forms = Array.from(new Set([text, inJson, asciiOnly(inJson)]));
  const pattern = new RegExp(forms.map((form) => form.replace(SPECIAL, String.raw`\$&`)).join("|"), "giu");
  return {
    find(within) {
      pattern.lastIndex = 0;
      const first = pattern.exec(within);
      if (first === null) return undefined;
      let count = 1;
      while (count < MAX_COUNT && pattern.exec(within) !== null) count++;
      return { at: first.index, length: first[0].length, count };
    },
  };
}

/** Places in one text. More are not counted: a single letter stands everywhere. */
export const MAX_COUNT = 1_000;

const SPECIAL = /[\\^$.*+?()[\]{}|/]/g;

function asciiOnly(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
