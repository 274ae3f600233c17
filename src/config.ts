import type { Principal, Refusal } from "./auth/principal.ts";
import { readSettings, SETTINGS } from "./session/contract/settings.ts";
import type { Settings, SettingTexts } from "./session/contract/settings.ts";
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

let known: { readonly texts: SettingTexts; readonly settings: Settings } | undefined;

/** The settings of a tenant: those of the deployment, so far. A wrong one is logged once an isolate, and its default applies. */
export function settingsOf(env: Bindings, _tenant: string): Settings {
  // Each delivery asks for them.
  const texts = known?.texts;
  if (known === undefined || SETTINGS.some((name) => env[name] !== texts?.[name])) {
    const { settings, faults } = readSettings(env);
    for (const error of faults) log("setting-invalid", { level: "error", error });
    known = { texts: Object.fromEntries(SETTINGS.map((name) => [name, env[name]])), settings };
  }
  return known.settings;
}
