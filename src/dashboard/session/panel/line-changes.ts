import { diffLines } from "diff";

/** A line of two texts: in both, only in the later one, only in the earlier one; or lines that are left out because they are equal. */
export type LineChange =
  | { readonly is: "same" | "added" | "removed"; readonly text: string }
  | { readonly is: "folded"; readonly lines: number };

/** Equal lines shown around a change. */
const AROUND = 2;
/** Milliseconds after which a comparison gives up. */
const MOST_MILLIS = 200;

/** The changed lines of a text with the lines around them; `undefined` if comparing takes too long. */
export function lineChanges(before: string, now: string): readonly LineChange[] | undefined {
  const parts = diffLines(`${before}\n`, `${now}\n`, { timeout: MOST_MILLIS });
  return parts?.flatMap(({ value, added, removed }, at): LineChange[] => {
    const lines = value.replace(/\n$/, "").split("\n");
    const is = added ? "added" : removed ? "removed" : "same";
    if (is !== "same") return lines.map((text) => ({ is, text }));
    const head = at === 0 ? 0 : AROUND;
    const tail = at === parts.length - 1 ? 0 : AROUND;
    const folded = lines.length - head - tail;
    const same = (texts: readonly string[]): LineChange[] => texts.map((text) => ({ is, text }));
    // A line that says that one line is left out takes its room.
    if (folded <= 1) return same(lines);
    return [...same(lines.slice(0, head)), { is: "folded", lines: folded }, ...same(lines.slice(lines.length - tail))];
  });
}
