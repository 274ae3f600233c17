import { indexAttributes } from "../../src/facts/attribute-index.ts";
import { tokensIn } from "../../src/facts/usage.ts";
import { attributesOf } from "./span-of.ts";

/** "in (read, written, written for an hour) out (reasoning)". */
export function usage(attributes: Record<string, string | number>): string {
  const tokens = tokensIn(indexAttributes(attributesOf(attributes)));
  if (tokens === undefined) return "none";
  const { input, cached, written, written1h, output, reasoning } = tokens;
  return `${input} (${cached}, ${written}, ${written1h}) ${output} (${reasoning})`;
}
