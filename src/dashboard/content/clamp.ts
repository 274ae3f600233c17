/** What a person takes in at once; the rest is one press away. */
const CHARACTERS = 2_400;
const LINES = 36;
/** Hiding less than this is not worth a button. */
const TOLERANCE = 1.25;

/** The head of a long text, cut at a line's end where one is near; `undefined` when it is short enough to show whole. */
export function headOf(text: string): string | undefined {
  let end = text.length > CHARACTERS * TOLERANCE ? CHARACTERS : text.length;
  let line = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) {
    line++;
    if (line === LINES) {
      const rest = text.slice(at + 1, at + 1 + CHARACTERS).split("\n").length;
      if (rest > LINES * (TOLERANCE - 1) || end < text.length) end = at;
      break;
    }
  }
  return end < text.length ? text.slice(0, end).toWellFormed() : undefined;
}
