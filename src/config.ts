import { DEFAULT_RETENTION, readRetention } from "./session/contract/retention.ts";
import type { RetentionRule } from "./session/contract/retention.ts";
import { LIST_PRICES, readPrices } from "./session/prices/prices.ts";
import type { Prices } from "./session/prices/prices.ts";

/** What the program is given: wrangler's bindings, and secrets and variables that a deployment may set. */
export type Bindings = Env & {
  /** May do everything. Without it, and without OPEN_ACCESS, data routes answer 503. */
  readonly ADMIN_TOKEN?: string;
  /** May only write. */
  readonly INGEST_TOKEN?: string;
  /** May only read. */
  readonly VIEW_TOKEN?: string;
  /** "loopback": no token is asked, and only requests addressed to this machine are answered. */
  readonly OPEN_ACCESS?: string;
  /** JSON: prices of models that go over the list prices, `{"<model>": {"input", "cached"?, "output"}}`, US dollars per million tokens. */
  readonly PRICES?: string;
  /** For how many days after its last arrival a trace is kept; 0 or "forever": until it is deleted. */
  readonly RETENTION_DAYS?: string;
  /** Where a session takes no more, and where the sessions that were silent for longest are forgotten; such as 500MB. */
  readonly MAX_SESSION_BYTES?: string;
  readonly MAX_TENANT_BYTES?: string;
};

export type AppEnv = { Bindings: Bindings; Variables: { tenant: string } };

/** `text`: the setting, where there is one and it is right, for viewers who compute the same costs. */
export type PriceSetting = { readonly prices: Prices; readonly text?: string };

const LIST: PriceSetting = { prices: LIST_PRICES };
let knownPrices: { readonly text: string; readonly setting: PriceSetting } | undefined;

/** The prices of this deployment. What is wrong with its setting is said in the log, once an isolate; the list prices then hold. */
export function priceSetting({ PRICES: text }: Bindings): PriceSetting {
  if (text === undefined) return LIST;
  if (knownPrices?.text !== text) {
    const read = readPrices(text);
    if (!read.ok) console.error(JSON.stringify({ message: "a setting is wrong", error: read.error }));
    knownPrices = { text, setting: read.ok ? { prices: read.prices, text } : LIST };
  }
  return knownPrices.setting;
}

let knownRule: { readonly of: string; readonly rule: RetentionRule } | undefined;

/** What this deployment keeps. What is wrong with a setting is said in the log, once an isolate; the defaults then hold. */
export function retentionSetting({ RETENTION_DAYS, MAX_SESSION_BYTES, MAX_TENANT_BYTES }: Bindings): RetentionRule {
  const of = JSON.stringify([RETENTION_DAYS, MAX_SESSION_BYTES, MAX_TENANT_BYTES]);
  if (knownRule?.of !== of) {
    const read = readRetention({ RETENTION_DAYS, MAX_SESSION_BYTES, MAX_TENANT_BYTES });
    if (!read.ok) console.error(JSON.stringify({ message: "a setting is wrong", error: read.error }));
    knownRule = { of, rule: read.ok ? read.rule : DEFAULT_RETENTION };
  }
  return knownRule.rule;
}
