const SPACE = /[ \t\n\r]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * The first position at which a text that `JSON.parse` refused stops being JSON; its length if it only ends too soon.
 * Engines say where in some of their messages, and each in other words. Iterative: the text may be nested at any depth.
 */
export function jsonFaultAt(text: string): number {
  const open: ("{" | "[")[] = [];
  let at = after(SPACE, text, 0);
  for (;;) {
    // A value begins here.
    const first = text[at];
    if (first === "{" || first === "[") {
      at = after(SPACE, text, at + 1);
      if (text[at] !== (first === "{" ? "}" : "]")) {
        open.push(first);
        if (first === "[") continue;
        const key = afterKey(text, at);
        if (!key.ok) return key.at;
        at = key.at;
        continue;
      }
      at += 1;
    } else {
      const end =
        first === '"' ? afterString(text, at) : { ok: after(SCALAR, text, at) > at, at: after(SCALAR, text, at) };
      if (!end.ok) return end.at;
      at = end.at;
    }
    // A value has ended: containers may end with it.
    at = after(SPACE, text, at);
    while (open.length > 0 && text[at] === (open.at(-1) === "{" ? "}" : "]")) {
      open.pop();
      at = after(SPACE, text, at + 1);
    }
    if (open.length === 0 || text[at] !== ",") return at;
    at = after(SPACE, text, at + 1);
    if (open.at(-1) === "{") {
      const key = afterKey(text, at);
      if (!key.ok) return key.at;
      at = key.at;
    }
  }
}

type Scan = { readonly ok: boolean; readonly at: number };

function afterKey(text: string, from: number): Scan {
  if (text[from] !== '"') return { ok: false, at: from };
  const key = afterString(text, from);
  if (!key.ok) return key;
  const colon = after(SPACE, text, key.at);
  return text[colon] === ":" ? { ok: true, at: after(SPACE, text, colon + 1) } : { ok: false, at: colon };
}

function afterString(text: string, from: number): Scan {
  let at = from + 1;
  for (;;) {
    while (isPlain(text.charCodeAt(at))) at += 1;
    if (text[at] === '"') return { ok: true, at: at + 1 };
    const escaped = after(ESCAPE, text, at);
    if (escaped === at) return { ok: false, at };
    at = escaped;
  }
}

/** Control characters have to be escaped. */
function isPlain(unit: number): boolean {
  return unit >= 0x20 && unit !== 0x22 && unit !== 0x5c;
}

/** Where the pattern's match at `from` ends; `from` if there is none. */
function after(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}
