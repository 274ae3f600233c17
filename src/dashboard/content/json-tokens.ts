export type JsonToken = { readonly type: "key" | "string" | "literal" | "plain"; readonly text: string };

const TOKEN = /("(?:[^"\\]|\\.)*"?)(\s*:)?|\b(?:true|false|null)\b|-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b/g;

/** Cuts JSON text, whole or only its head, into what is coloured alike. The tokens' texts joined are the text. */
export function jsonTokens(text: string): JsonToken[] {
  const tokens: JsonToken[] = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, quoted, colon] = match;
    if (match.index > from) tokens.push({ type: "plain", text: text.slice(from, match.index) });
    if (quoted === undefined) tokens.push({ type: "literal", text: whole });
    else {
      tokens.push({ type: colon === undefined ? "string" : "key", text: quoted });
      if (colon !== undefined) tokens.push({ type: "plain", text: colon });
    }
    from = match.index + whole.length;
  }
  if (from < text.length) tokens.push({ type: "plain", text: text.slice(from) });
  return tokens;
}
