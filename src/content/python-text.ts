import { parseJson } from "../otel/any-value.ts";

/** UTF-16 units of one value. */
const MAX_LENGTH = 16_384;

const TOKEN = /(['"])((?:(?!\1)[^\\]|\\[^])*)\1|[-+.\w]+|[[({]|[\])}]|[,:]|\s+/gy;
const IN_JSON: ReadonlyMap<string, string> = new Map([
  ["True", "true"],
  ["False", "false"],
  ["None", "null"],
  ["(", "["],
  [")", "]"],
]);
const ESCAPED: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/**
 * The value that begins at a place of Python's text of plain data, as exceptions contain it: `{'to': ['a', None]}`. JSON is
 * read too. `undefined` for a number, for an object of any class, and for a text that ends before the value.
 */
export function pythonValue(text: string, from: number): unknown {
  let json = "";
  let comma = "";
  let depth = 0;
  for (const [token, quote, inner = ""] of text.slice(from, from + MAX_LENGTH).matchAll(TOKEN)) {
    if (token === ",") comma = token;
    else if (token.trim() !== "") {
      const isEnd = "])}".includes(token);
      depth += "[({".includes(token) ? 1 : isEnd ? -1 : 0;
      // Python's tuple of one ends with a comma.
      json += (isEnd ? "" : comma) + (quote === undefined ? (IN_JSON.get(token) ?? token) : quoted(inner));
      comma = "";
    }
    if (depth <= 0 && json !== "") break;
  }
  return parseJson(json);
}

function quoted(inner: string): string {
  return JSON.stringify(inner.replace(/\\([^])/g, (_, unit: string) => ESCAPED.get(unit) ?? unit));
}
