import type { Tokens } from "../../../facts/facts.ts";
import { count } from "../../../lib/figures.ts";

/** "1,204 in (800 cached) · 220 out (64 reasoning)". */
export function tokensText({ input, output, cached, reasoning }: Tokens): string {
  const cachedNote = cached > 0 ? ` (${count(cached)} cached)` : "";
  const reasoningNote = reasoning > 0 ? ` (${count(reasoning)} reasoning)` : "";
  return `${count(input)} in${cachedNote} · ${count(output)} out${reasoningNote}`;
}
