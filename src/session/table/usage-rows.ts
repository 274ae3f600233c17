import type { SpanFacts, Tokens } from "../../facts/facts.ts";

const WIDTH = 6;
const FIRST_CAPACITY = 16;
const GROWTH = 1.25;
const MAX_WORD = 0xffff_ffff;
/** Costs are summed as whole billionths of a dollar: sums of fractions would depend on their order. */
const PER_DOLLAR = 1e9;
/** Billionths of a dollar that are still exact: 9 million dollars a span. */
const MAX_COST = Number.MAX_SAFE_INTEGER;

export const NO_TOKENS: Tokens = { input: 0, output: 0, cached: 0, reasoning: 0 };

/** Sums of tokens and of costs that spans say; these stay undefined until somebody names one. */
export type UsageSum = { input: number; output: number; cached: number; reasoning: number; billionths?: number };

export function dollars(billionths: number | undefined): number | undefined {
  return billionths === undefined ? undefined : billionths / PER_DOLLAR;
}

/** Tokens and cost of the spans that name any, 24 bytes each, counted from one. */
export class UsageRows {
  #words = new Uint32Array(FIRST_CAPACITY * WIDTH);
  #length = 0;

  get bytes(): number {
    return this.#words.byteLength;
  }

  /** Writes over the given place, or over a new one if it is 0; answers the place. */
  write(place: number, { tokens, cost }: Pick<SpanFacts, "tokens" | "cost">): number {
    const at = (place === 0 ? this.#add() : place - 1) * WIDTH;
    const nano = Math.min(Math.round((cost ?? 0) * PER_DOLLAR), MAX_COST) || 0;
    const { input, output, cached, reasoning } = tokens ?? NO_TOKENS;
    this.#words[at] = whole(input);
    this.#words[at + 1] = whole(output);
    this.#words[at + 2] = whole(cached);
    this.#words[at + 3] = whole(reasoning);
    this.#words[at + 4] = Math.floor(Math.max(nano, 0) / 2 ** 32);
    this.#words[at + 5] = Math.max(nano, 0) % 2 ** 32;
    return at / WIDTH + 1;
  }

  tokens(place: number): Tokens {
    const words = this.#words;
    const at = (place - 1) * WIDTH;
    return {
      input: words[at] ?? 0,
      output: words[at + 1] ?? 0,
      cached: words[at + 2] ?? 0,
      reasoning: words[at + 3] ?? 0,
    };
  }

  addTokensTo(sum: UsageSum, place: number): void {
    const at = (place - 1) * WIDTH;
    sum.input += this.#words[at] ?? 0;
    sum.output += this.#words[at + 1] ?? 0;
    sum.cached += this.#words[at + 2] ?? 0;
    sum.reasoning += this.#words[at + 3] ?? 0;
  }

  addCostTo(sum: UsageSum, place: number): void {
    const at = (place - 1) * WIDTH;
    sum.billionths = (sum.billionths ?? 0) + (this.#words[at + 4] ?? 0) * 2 ** 32 + (this.#words[at + 5] ?? 0);
  }

  /** Takes over the place from another store. */
  copy(from: UsageRows, place: number): number {
    const to = this.#add();
    this.#words.set(from.#words.subarray((place - 1) * WIDTH, place * WIDTH), to * WIDTH);
    return to + 1;
  }

  #add(): number {
    const capacity = this.#words.length / WIDTH;
    if (this.#length === capacity) {
      const rows = Math.ceil(capacity * GROWTH);
      this.#words = new Uint32Array(this.#words.buffer.transfer(rows * WIDTH * Uint32Array.BYTES_PER_ELEMENT));
    }
    return this.#length++;
  }
}

/** Exporters say anything; a count is a whole number that fits. */
function whole(count: number): number {
  return count > 0 ? Math.min(Math.round(count), MAX_WORD) : 0;
}
