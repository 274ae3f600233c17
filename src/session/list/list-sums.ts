import type { ListFacts } from "./list-filter.ts";

/** Sums over the sessions of a list. Costs are US dollars. */
export type ListSums = {
  readonly sessions: number;
  /** Input and output. */
  readonly tokens: number;
  readonly cost: number;
  /** The part of `cost` that comes from the price table. */
  readonly estimated: number;
  /** Sessions with tokens of unknown cost, which `cost` leaves out. */
  readonly unpriced: number;
};

/** Costs are summed as whole billionths of a dollar: what is added can then be taken away again without a remainder. */
const PER_DOLLAR = 1e9;

type Summed = Pick<ListFacts, "tokens" | "cost" | "estimated" | "unpriced">;

/** Sums that grow and shrink with a list. */
export class RunningSums {
  sessions = 0;
  #tokens = 0;
  #billionths = 0;
  #estimated = 0;
  #unpriced = 0;

  /** `times`: -1 takes the session away. */
  add({ tokens, cost, estimated, unpriced }: Summed, times: 1 | -1 = 1): void {
    this.sessions += times;
    this.#tokens += times * tokens;
    this.#billionths += times * Math.round(cost * PER_DOLLAR);
    this.#estimated += times * Math.round(estimated * PER_DOLLAR);
    this.#unpriced += times * unpriced;
  }

  addAll(others: RunningSums): void {
    this.sessions += others.sessions;
    this.#tokens += others.#tokens;
    this.#billionths += others.#billionths;
    this.#estimated += others.#estimated;
    this.#unpriced += others.#unpriced;
  }

  clear(): void {
    this.sessions = this.#tokens = this.#billionths = this.#estimated = this.#unpriced = 0;
  }

  get value(): ListSums {
    return {
      sessions: this.sessions,
      tokens: this.#tokens,
      cost: this.#billionths / PER_DOLLAR,
      estimated: this.#estimated / PER_DOLLAR,
      unpriced: this.#unpriced,
    };
  }
}
