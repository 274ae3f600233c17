import type { Bindings } from "./bindings.ts";
import { LIST_PRICES, readPrices } from "./trace/fold/prices/prices.ts";
import type { Prices } from "./trace/fold/prices/prices.ts";

/** `text`: the setting, where there is one and it is right, for viewers who compute the same costs. */
export type PriceSetting = { readonly prices: Prices; readonly text?: string };

const LIST: PriceSetting = { prices: LIST_PRICES };
let known: { readonly text: string; readonly setting: PriceSetting } | undefined;

/** The prices of this deployment. What is wrong with its setting is said in the log, once an isolate; the list prices then hold. */
export function priceSetting({ PRICES: text }: Bindings): PriceSetting {
  if (text === undefined) return LIST;
  if (known?.text !== text) {
    const read = readPrices(text);
    if (!read.ok) console.error(JSON.stringify({ message: "a setting is wrong", error: read.error }));
    known = { text, setting: read.ok ? { prices: read.prices, text } : LIST };
  }
  return known.setting;
}
