const ELLIPSIS = "…";
const ELLIPSIS_BYTES = 3;

/** The text, cut between characters so that its JSON text in UTF-8 has at most `limit` bytes, without the quotes; an ellipsis says so. */
export function cutToJsonBytes(text: string, limit: number): string {
  let bytes = 0;
  /** The length that leaves room for the ellipsis. */
  let kept = 0;
  let length = 0;
  for (const character of text) {
    bytes += jsonBytesOf(character);
    if (bytes > limit) return text.slice(0, kept).trimEnd() + ELLIPSIS;
    length += character.length;
    if (bytes <= limit - ELLIPSIS_BYTES) kept = length;
  }
  return text;
}

function jsonBytesOf(character: string): number {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x20) return 6;
  if (point < 0x80) return character === '"' || character === "\\" ? 2 : 1;
  if (point < 0x800) return 2;
  // Half of a pair is written as an escape.
  if (point >= 0xd800 && point <= 0xdfff) return 6;
  return point < 0x1_0000 ? 3 : 4;
}
