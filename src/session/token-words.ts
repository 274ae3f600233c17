import type { Tokens } from "../facts/usage.ts";
import { count } from "../lib/figures.ts";
import type { Locale } from "../lib/figures.ts";

/** "1,380 in (900 cached, 40 written) → 132 out (12 reasoning)". */
export function tokenWords({ input, output, cached, written, reasoning }: Tokens, locale?: Locale): string {
  const within = [
    ...(cached > 0 ? [`${count(cached, locale)} cached`] : []),
    ...(written > 0 ? [`${count(written, locale)} written`] : []),
  ];
  const inNote = within.length === 0 ? "" : ` (${within.join(", ")})`;
  const outNote = reasoning > 0 ? ` (${count(reasoning, locale)} reasoning)` : "";
  return `${count(input, locale)} in${inNote} → ${count(output, locale)} out${outNote}`;
}
