import type { SpanFacts, Tokens } from "../../facts/facts.ts";
import { grown } from "../../lib/grown.ts";

const WIDTH = 8;
const FIRST_CAPACITY = 16;
const MAX_WORD = 0xffff_ffff;
/** Costs are summed as whole billionths of a dollar: a sum of fractions would depend on the order. */
const PER_DOLLAR = 1e9;
/** Largest exact number of billionths: 9 million dollars a span. */
const MAX_COST = Number.MAX_SAFE_INTEGER;

export const NO_TOKENS: Tokens = { input: 0, output: 0, cached: 0, written: 0, written1h: 0, reasoning: 0 };

/** Sums of tokens and of costs in spans. `billionths` is undefined if no span has a cost. */
export type UsageSum = { -readonly [Count in keyof Tokens]: Tokens[Count] } & { billionths?: number };

export function dollars(billionths: number | undefined): number | undefined {
  return billionths === undefined ? undefined : billionths / PER_DOLLAR;
}

/** Tokens and costs of spans with either, 32 bytes each. Row numbers start at one. */
export class UsageRows {
  #words = new Uint32Array(FIRST_CAPACITY * WIDTH);
  #length = 0;

  get bytes(): number {
    return this.#words.byteLength;
  }

  /** Overwrites the given row, or adds one if it is 0; returns the row. */
  write(row: number, { tokens, cost }: Pick<SpanFacts, "tokens" | "cost">): number {
    const at = (row === 0 ? this.#add() : row - 1) * WIDTH;
    const nano = Math.min(Math.round((cost ?? 0) * PER_DOLLAR), MAX_COST) || 0;
    const { input, output, cached, written, written1h, reasoning } = tokens ?? NO_TOKENS;
    this.#words[at] = whole(input);
    this.#words[at + 1] = whole(output);
    this.#words[at + 2] = whole(cached);
    this.#words[at + 3] = whole(reasoning);
    this.#words[at + 4] = Math.floor(Math.max(nano, 0) / 2 ** 32);
    this.#words[at + 5] = Math.max(nano, 0) % 2 ** 32;
    this.#words[at + 6] = whole(written);
    this.#words[at + 7] = whole(written1h);
    return at / WIDTH + 1;
  }

  tokens(row: number): Tokens {
    const words = this.#words;
    const at = (row - 1) * WIDTH;
    return {
      input: words[at] ?? 0,
      output: words[at + 1] ?? 0,
      cached: words[at + 2] ?? 0,
      reasoning: words[at + 3] ?? 0,
      written: words[at + 6] ?? 0,
      written1h: words[at + 7] ?? 0,
    };
  }

  addTokensTo(sum: UsageSum, row: number): void {
    const at = (row - 1) * WIDTH;
    sum.input += this.#words[at] ?? 0;
    sum.output += this.#words[at + 1] ?? 0;
    sum.cached += this.#words[at + 2] ?? 0;
    sum.reasoning += this.#words[at + 3] ?? 0;
    sum.written += this.#words[at + 6] ?? 0;
    sum.written1h += this.#words[at + 7] ?? 0;
  }

  addCostTo(sum: Pick<UsageSum, "billionths">, row: number): void {
    const at = (row - 1) * WIDTH;
    sum.billionths = (sum.billionths ?? 0) + (this.#words[at + 4] ?? 0) * 2 ** 32 + (this.#words[at + 5] ?? 0);
  }

  /** Copies a row from another store. */
  copy(from: UsageRows, row: number): number {
    const to = this.#add();
    this.#words.set(from.#words.subarray((row - 1) * WIDTH, row * WIDTH), to * WIDTH);
    return to + 1;
  }

  #add(): number {
    if (this.#words.length === this.#length * WIDTH)
      this.#words = grown(this.#words, (this.#length + 1) * WIDTH, WIDTH);
    return this.#length++;
  }
}

/** Exporters send any number. A count is a whole number of 32 bits. */
function whole(count: number): number {
  return count > 0 ? Math.min(Math.round(count), MAX_WORD) : 0;
}
