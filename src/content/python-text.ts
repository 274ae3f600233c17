/**
 * Python's text of plain data, as exceptions contain it: `{'question': 'Send?', 'to': ['a', 'b']}`. JSON is read too.
 */

/** UTF-16 units of one value. */
const MAX_LENGTH = 16_384;
const MAX_DEPTH = 32;

/** The value that begins at a place of the text; `undefined` for an object of any other class, and for a text that ends before it. */
export function pythonValue(text: string, from: number): unknown {
  const reader = new Reader(text.slice(from, from + MAX_LENGTH));
  try {
    return reader.value(0);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
]);
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["True", true],
  ["true", true],
  ["False", false],
  ["false", false],
  ["None", null],
  ["null", null],
]);
const ENDS: ReadonlyMap<string, string> = new Map([
  ["[", "]"],
  ["(", ")"],
  ["{", "}"],
]);

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new SyntaxError("nested too deep");
    this.#skipBlanks();
    const first = this.#text[this.#at] ?? "";
    if (first === "'" || first === '"') return this.#string(first);
    const end = ENDS.get(first);
    if (end !== undefined) {
      this.#at++;
      return first === "{" ? this.#entries(depth) : this.#items(end, depth);
    }
    return this.#word();
  }

  #items(end: string, depth: number): unknown[] {
    const items: unknown[] = [];
    while (!this.#ends(end)) {
      items.push(this.value(depth + 1));
      this.#separator(end);
    }
    return items;
  }

  #entries(depth: number): unknown {
    const entries: [string, unknown][] = [];
    while (!this.#ends("}")) {
      const key = this.value(depth + 1);
      this.#skipBlanks();
      if (this.#text[this.#at++] !== ":") throw new SyntaxError("no entry");
      entries.push([String(key), this.value(depth + 1)]);
      this.#separator("}");
    }
    return Object.fromEntries(entries);
  }

  #ends(end: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.#at] !== end) return false;
    this.#at++;
    return true;
  }

  #separator(end: string): void {
    this.#skipBlanks();
    const next = this.#text[this.#at];
    if (next === ",") this.#at++;
    else if (next !== end) throw new SyntaxError("no separator");
  }

  #string(quote: string): string {
    let read = "";
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const unit = this.#text[at] ?? "";
      if (unit === quote) {
        this.#at = at + 1;
        return read;
      }
      if (unit === "\\") {
        const escaped = this.#text[++at] ?? "";
        read += ESCAPES.get(escaped) ?? escaped;
      } else read += unit;
    }
    throw new SyntaxError("no end of string");
  }

  #word(): unknown {
    const word = /^[-+.\w]+/.exec(this.#text.slice(this.#at, this.#at + 64))?.[0] ?? "";
    this.#at += word.length;
    if (WORDS.has(word)) return WORDS.get(word);
    const number = Number(word);
    if (word === "" || Number.isNaN(number)) throw new SyntaxError("not plain data");
    return number;
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }
}
