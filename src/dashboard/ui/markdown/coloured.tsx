import { visibleText } from "../../../lib/visible-text.ts";

/** JSON text in colours. */
export const Coloured = ({ text }: { text: string }) => (
  <>
    {jsonTokens(visibleText(text)).map(({ type, text: part }, index) =>
      type === "plain" ? (
        part
      ) : (
        <span key={index} class={`json-${type}`}>
          {part}
        </span>
      ),
    )}
  </>
);

export type JsonToken = { readonly type: "key" | "string" | "literal" | "plain"; readonly text: string };

const TOKEN = /("(?:[^"\\]|\\.)*"?)(\s*:)?|\b(?:true|false|null)\b|-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b/g;

/** Splits JSON text, whole or cut, into tokens for colouring. The joined tokens are the text. */
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
