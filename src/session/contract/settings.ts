import { LIST_PRICES, readPrices } from "../prices/prices.ts";
import type { Prices } from "../prices/prices.ts";
import { DEFAULT_RETENTION, readRetention } from "./retention.ts";
import type { RetentionRule } from "./retention.ts";

/** The variables of a deployment that are settings of its tenants. */
export const SETTINGS = ["PRICES", "RETENTION_DAYS", "MAX_SESSION_BYTES", "MAX_TENANT_BYTES"] as const;

export type SettingTexts = { readonly [Name in (typeof SETTINGS)[number]]?: string | undefined };

export type Settings = {
  readonly prices: Prices;
  /** A valid setting, for viewers that compute the same costs. */
  readonly pricesText?: string;
  readonly retention: RetentionRule;
};

/** The settings, with the default of each that is wrong, and the faults: English, each names its variable. */
export function readSettings(texts: SettingTexts): { readonly settings: Settings; readonly faults: readonly string[] } {
  const { PRICES: pricesText } = texts;
  const prices = readPrices(pricesText);
  const retention = readRetention(texts);
  return {
    settings: {
      prices: prices.ok ? prices.prices : LIST_PRICES,
      ...(prices.ok && pricesText !== undefined ? { pricesText } : {}),
      retention: retention.ok ? retention.rule : DEFAULT_RETENTION,
    },
    faults: [prices, retention].flatMap((read) => (read.ok ? [] : [read.error])),
  };
}
