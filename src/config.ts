import type { Principal, Refusal } from "./auth/principal.ts";
import { DEFAULT_RETENTION, readRetention } from "./session/contract/retention.ts";
import type { RetentionRule } from "./session/contract/retention.ts";
import { LIST_PRICES, readPrices } from "./session/prices/prices.ts";
import type { Prices } from "./session/prices/prices.ts";
import { log } from "./lib/log.ts";

/** Wrangler's bindings, and the secrets and variables of a deployment. */
export type Bindings = Env & {
  /** All rights. Without it, and without OPEN_ACCESS, data routes answer 503. */
  readonly ADMIN_TOKEN?: string;
  /** The right to write only. */
  readonly INGEST_TOKEN?: string;
  /** The right to read only. */
  readonly VIEW_TOKEN?: string;
  /** "loopback": no token is required, and only requests addressed to this machine are answered. */
  readonly OPEN_ACCESS?: string;
  /** JSON: prices of models that override the list prices, `{"<model>": {"input", "cached"?, "written"?, "written1h"?, "output"}}`, US dollars per million tokens. */
  readonly PRICES?: string;
  /** Maximum age of a trace in days since its last arrival. 0 or "forever": no maximum. */
  readonly RETENTION_DAYS?: string;
  /** Maximum size of a session, such as 500MB. */
  readonly MAX_SESSION_BYTES?: string;
  /** Maximum size of all sessions, such as 10GB. The least recently active sessions are deleted first. */
  readonly MAX_TENANT_BYTES?: string;
};

export type AppEnv = {
  Bindings: Bindings;
  /** Set by the guard, before every route. `refuse` answers in the form that clients of the path read. */
  Variables: { principal: Principal; refuse: (refusal: Refusal) => Response };
};

/** `text`: a valid setting, for viewers that compute the same costs. */
export type PriceSetting = { readonly prices: Prices; readonly text?: string };

const LIST: PriceSetting = { prices: LIST_PRICES };
let knownPrices: { readonly text: string; readonly setting: PriceSetting } | undefined;

/** The prices of this deployment. A wrong setting is logged once an isolate; the list prices then apply. */
export function priceSetting({ PRICES: text }: Bindings): PriceSetting {
  if (text === undefined) return LIST;
  if (knownPrices?.text !== text) {
    const read = readPrices(text);
    if (!read.ok) log("setting-invalid", { level: "error", error: read.error });
    knownPrices = { text, setting: read.ok ? { prices: read.prices, text } : LIST };
  }
  return knownPrices.setting;
}

let knownRule: { readonly settings: string; readonly rule: RetentionRule } | undefined;

/** The retention of this deployment. A wrong setting is logged once an isolate; the defaults then apply. */
export function retentionSetting({ RETENTION_DAYS, MAX_SESSION_BYTES, MAX_TENANT_BYTES }: Bindings): RetentionRule {
  const settings = JSON.stringify([RETENTION_DAYS, MAX_SESSION_BYTES, MAX_TENANT_BYTES]);
  if (knownRule?.settings !== settings) {
    const read = readRetention({ RETENTION_DAYS, MAX_SESSION_BYTES, MAX_TENANT_BYTES });
    if (!read.ok) log("setting-invalid", { level: "error", error: read.error });
    knownRule = { settings, rule: read.ok ? read.rule : DEFAULT_RETENTION };
  }
  return knownRule.rule;
}
