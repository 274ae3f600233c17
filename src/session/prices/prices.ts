import { parseJson } from "../../otel/any-value.ts";
import { isRecord } from "../../lib/plain-data.ts";
import { PRICE_SOURCES } from "./price-table.ts";
import type { Price } from "./price-table.ts";
import type { Tokens } from "../../facts/usage.ts";

/** Prefixes of a model's name: `models/`, `openai/`; then Bedrock's `us.anthropic.`. */
const PATH = /^.*\//;
const HOST = /^(?:[a-z]{2,6}\.)?(?:anthropic|amazon|meta|mistral|google|openai)\./;
/** Suffixes of a release: its date, `-latest`, `-preview`, Bedrock's `-v1:0`, Vertex's `@default`. */
const RELEASE =
  /(?:[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{2}-\d{2}|\d{2}-\d{4}|\d{4}|00\d|latest|preview|exp|default)|-v\d+(?::\d+)?)$/;
const MAX_MODEL = 256;
const MAX_SUFFIXES = 4;

/** By base name, see {@link baseModel}. */
export type Prices = ReadonlyMap<string, Price>;

export const LIST_PRICES: Prices = new Map(
  PRICE_SOURCES.flatMap(({ models }) => Object.entries(models).map(([model, price]) => [baseModel(model), price])),
);

/** Tokens written to a cache cost so many times the input: Anthropic's prices for five minutes and for an hour. */
const WRITTEN = 1.25;
const WRITTEN_1H = 2;

/** A price of one dollar per million tokens is a thousand billionths per token. */
const BILLIONTHS = 1_000;

/** Cost of the tokens in whole billionths of a dollar; `undefined` for a model without a price. */
export function estimate(prices: Prices, model: string, tokens: Tokens): number | undefined {
  const price = prices.get(model) ?? prices.get(baseModel(model));
  if (price === undefined) return undefined;
  // A producer with inconsistent counts must not bring the sum below zero.
  const cached = Math.min(tokens.cached, tokens.input);
  const written = Math.min(tokens.written, tokens.input - cached);
  const written1h = Math.min(tokens.written1h, written);
  const dollars =
    (tokens.input - cached - written) * price.input +
    cached * (price.cached ?? price.input) +
    (written - written1h) * (price.written ?? WRITTEN * price.input) +
    written1h * (price.written1h ?? WRITTEN_1H * price.input) +
    tokens.output * price.output;
  return Math.round(dollars * BILLIONTHS);
}

/** Base name of a model: without prefixes and release, as all releases have one price. */
export function baseModel(model: string): string {
  let base = model.slice(0, MAX_MODEL).toLowerCase().replace(PATH, "").replace(HOST, "");
  for (let left = MAX_SUFFIXES; left > 0 && RELEASE.test(base); left--) base = base.replace(RELEASE, "");
  // Anthropic writes versions with a dash, others write them with a dot.
  return base.startsWith("claude") ? base.replaceAll(".", "-") : base;
}

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
  const prices = new Map(LIST_PRICES);
  for (const [model, value] of Object.entries(given)) {
    if (value === null) {
      prices.delete(baseModel(model));
      continue;
    }
    const price = isRecord(value) ? priceIn(value) : undefined;
    if (price === undefined) {
      return { ok: false, error: `PRICES: ${model} needs input and output, in US dollars per million tokens` };
    }
    prices.set(baseModel(model), price);
  }
  return { ok: true, prices };
}

function priceIn({ input, output, ...others }: Readonly<Record<string, unknown>>): Price | undefined {
  if (!isAmount(input) || !isAmount(output)) return undefined;
  const price: { -readonly [Part in keyof Price]: Price[Part] } = { input, output };
  for (const part of ["cached", "written", "written1h"] as const) {
    const amount = others[part];
    if (amount === undefined) continue;
    if (!isAmount(amount)) return undefined;
    price[part] = amount;
  }
  return price;
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
