import { LIST_PRICES, readPrices } from "../prices/prices.ts";
import type { Prices } from "../prices/prices.ts";
import { readLocation } from "./location.ts";
import type { LocationHint } from "./location.ts";
import { DEFAULT_RETENTION, readRetention } from "./retention.ts";
import type { RetentionRule } from "./retention.ts";

/** The variables of a deployment that are settings of its tenants. */
export const SETTINGS = ["PRICES", "RETENTION_DAYS", "MAX_SESSION_BYTES", "MAX_TENANT_BYTES", "LOCATION_HINT"] as const;

export type SettingTexts = { readonly [Name in (typeof SETTINGS)[number]]?: string | undefined };

export type Settings = {
  readonly prices: Prices;
  /** A valid setting, for viewers that compute the same costs. */
  readonly pricesText?: string;
  readonly retention: RetentionRule;
  /** Where the objects of a new tenant are to be made. `wrong`: no place is to be decided before the setting is mended. */
  readonly location?: LocationHint | "wrong";
};

/** The settings, with the default of each that is wrong, and the faults: English, each names its variable. */
export function readSettings(texts: SettingTexts): { readonly settings: Settings; readonly faults: readonly string[] } {
  const { PRICES: pricesText } = texts;
  const prices = readPrices(pricesText);
  const retention = readRetention(texts);
  const location = readLocation(texts);
  const hint = location.ok ? location.location : "wrong";
  return {
    settings: {
      prices: prices.ok ? prices.prices : LIST_PRICES,
      ...(prices.ok && pricesText !== undefined ? { pricesText } : {}),
      retention: retention.ok ? retention.rule : DEFAULT_RETENTION,
      ...(hint === undefined ? {} : { location: hint }),
    },
    faults: [prices, retention, location].flatMap((read) => (read.ok ? [] : [read.error])),
  };
}
