import { parseJson } from "../../otel/any-value.ts";
import { isRecord } from "../../lib/plain-data.ts";
import { Lru } from "../../lib/lru.ts";
import { readModelName } from "./model-name.ts";
import { listedPrice, ratesOf } from "./price-list.ts";
import type { ModelPrice, Rates } from "./price-list.ts";
import type { Tokens } from "../../facts/usage.ts";

/** What the tokens of models cost. */
export type Prices = {
  /**
   * Cost of the tokens in whole billionths of a dollar; `undefined` for a model without a price. `at`: Unix seconds, as
   * prices change with time.
   */
  estimate(model: string, tokens: Tokens, at: number): number | undefined;
};

/** A price of one dollar per million tokens is a thousand billionths per token. */
const BILLIONTHS = 1_000;

/** Prices of a deployment by lower-case name; "none" where it removes a listed one. */
type OwnPrices = ReadonlyMap<string, ModelPrice | "none">;

/** A session has a few models; a hostile one has many names. */
const MAX_REMEMBERED = 500;

const NOTHING: ModelPrice = [{ tiers: [{ above: 0, input: 0, output: 0, cached: 0, written: 0, written1h: 0 }] }];

class PriceBook implements Prices {
  readonly #own: OwnPrices;
  readonly #found = new Lru<string, ModelPrice | "none">(MAX_REMEMBERED);

  constructor(own: OwnPrices = new Map()) {
    this.#own = own;
  }

  estimate(model: string, tokens: Tokens, at: number): number | undefined {
    let price = this.#found.get(model);
    if (price === undefined) this.#found.set(model, (price = this.#find(model) ?? "none"));
    return price === "none" ? undefined : costOf(tokens, ratesOf(price, at, tokens.input));
  }

  #find(model: string): ModelPrice | "none" | undefined {
    const { candidates, base, isFree } = readModelName(model);
    const exact = this.#own.get(model.toLowerCase());
    if (exact !== undefined) return exact;
    return isFree ? NOTHING : (this.#own.get(base) ?? listedPrice(candidates));
  }
}

function costOf(tokens: Tokens, rates: Rates): number {
  // A producer with inconsistent counts must not bring the sum below zero.
  const cached = Math.min(tokens.cached, tokens.input);
  const written = Math.min(tokens.written, tokens.input - cached);
  const written1h = Math.min(tokens.written1h, written);
  const dollars =
    (tokens.input - cached - written) * rates.input +
    cached * rates.cached +
    (written - written1h) * rates.written +
    written1h * rates.written1h +
    tokens.output * rates.output;
  return Math.round(dollars * BILLIONTHS);
}

/** Without a deployment's own. */
export const LIST_PRICES: Prices = new PriceBook();

export type PricesOutcome =
  | { readonly ok: true; readonly prices: Prices }
  | { readonly ok: false; readonly error: string };

/**
 * List prices, overridden by those of a deployment: `{"<model>": {"input": 3, "cached": 0.3, "written": 3.75, "written1h": 6, "output": 15}}`, US dollars per
 * million tokens; `null` removes a price.
 */
export function readPrices(text: string | undefined): PricesOutcome {
  if (text === undefined || text.trim() === "") return { ok: true, prices: LIST_PRICES };
  const given = parseJson(text);
  if (!isRecord(given)) return { ok: false, error: "PRICES must be a JSON object of models" };
  const exact = new Map<string, ModelPrice | "none">();
  for (const [model, value] of Object.entries(given)) {
    const price = value === null ? "none" : isRecord(value) ? priceIn(value) : undefined;
    if (price === undefined) {
      return { ok: false, error: `PRICES: ${model} needs input and output, in US dollars per million tokens` };
    }
    exact.set(model.toLowerCase(), price);
  }
  // A price holds for all hosts and releases of its model that have none of their own.
  const byBase = Array.from(exact, ([model, price]) => [readModelName(model).base, price] as const);
  return { ok: true, prices: new PriceBook(new Map([...byBase, ...exact])) };
}

export type ReadPrices = typeof readPrices;

/** Tokens written to a cache cost so many times the input: Anthropic's prices for five minutes and for an hour. */
export const WRITTEN = 1.25;
export const WRITTEN_1H = 2;

function priceIn({ input, output, ...others }: Readonly<Record<string, unknown>>): ModelPrice | undefined {
  if (!isAmount(input) || !isAmount(output)) return undefined;
  const { cached = input, written = WRITTEN * input, written1h = WRITTEN_1H * input } = others;
  if (!isAmount(cached) || !isAmount(written) || !isAmount(written1h)) return undefined;
  return [{ tiers: [{ above: 0, input, output, cached, written, written1h }] }];
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
