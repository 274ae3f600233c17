import type { Principal, Refusal } from "./auth/principal.ts";
import { readSettings, SETTINGS } from "./session/contract/settings.ts";
import type { Settings, SettingTexts } from "./session/contract/settings.ts";
import type { EXPORTER_VARIABLES } from "./otel/exporter-variables.ts";
import { readTelemetry, TELEMETRY_SETTINGS } from "./otel/telemetry-settings.ts";
import type { Telemetry, TelemetryTexts } from "./otel/telemetry-settings.ts";
import type { RequestTrace } from "./self/request-trace.ts";
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
  /** How many objects hold a tenant's logs. It is read when the tenant has none, and stays what it was then. */
  readonly SHARDS?: string;
  /** Where the objects of a tenant are made, such as `weur`. It is read at the tenant's first export, and stays what it was then. */
  readonly LOCATION_HINT?: string;
  /** Bytes from which a shard makes room; for tests. */
  readonly SHARD_BYTES?: string;
  /** Maximum age of a trace in days since its last arrival. 0 or "forever": no maximum. */
  readonly RETENTION_DAYS?: string;
  /** Maximum size of a session, such as 500MB. */
  readonly MAX_SESSION_BYTES?: string;
  /** Maximum size of all sessions, such as 10GB. The least recently active sessions are deleted first. */
  readonly MAX_TENANT_BYTES?: string;
  /** "false": the program does not trace itself. */
  readonly TELEMETRY_ENABLED?: string;
  /** The `service.name` of the program's own traces. */
  readonly TELEMETRY_SERVICE_NAME?: string;
  /** Share of the program's own traces that is stored, from 0 to 1. */
  readonly TELEMETRY_SAMPLING_RATE?: string;
  /** Encrypts the header values of upstreams, and the URLs and secrets of alerts: a secret of 16 characters or more. To rotate: `new,old`. */
  readonly UPSTREAM_KEY?: string;
  /** "allowed": upstreams and webhooks may be on private networks and over http. */
  readonly PRIVATE_UPSTREAMS?: string;
  /** The disk under the databases: GET reports (`DiskReport`), POST gives its reserve to deletions. `npm start` alone binds it. */
  readonly DISK?: Pick<Fetcher, "fetch">;
  /** By it owners make Workers deliver traces; without it they call one. `npm run deploy:sinks` binds it. */
  readonly DELIVERIES?: Queue<TraceDelivery>;
} & { readonly [Name in (typeof EXPORTER_VARIABLES)[number]]?: string };

/** A trace to deliver. A message that is lost, repeated or late changes nothing: the owner knows what each sink has. */
export type TraceDelivery = { readonly tenant: string; readonly traceId: string };

export type AppEnv = {
  Bindings: Bindings;
  /**
   * Set before every route. `refuse` answers in the form that clients of the path read. `trace`: of this request; `undefined` if
   * it is not traced.
   */
  Variables: { principal: Principal; refuse: (refusal: Refusal) => Response; trace: RequestTrace | undefined };
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

let knownTelemetry: { readonly texts: TelemetryTexts; readonly telemetry: Telemetry } | undefined;

/** How the program traces itself. A wrong setting is logged once an isolate, and its default applies. */
export function telemetryOf(env: Bindings): Telemetry {
  // Each request asks for it.
  const texts = knownTelemetry?.texts;
  if (knownTelemetry === undefined || TELEMETRY_SETTINGS.some((name) => env[name] !== texts?.[name])) {
    const { telemetry, faults } = readTelemetry(env);
    for (const error of faults) log("setting-invalid", { level: "error", error });
    knownTelemetry = { texts: Object.fromEntries(TELEMETRY_SETTINGS.map((name) => [name, env[name]])), telemetry };
  }
  return knownTelemetry.telemetry;
}

/** Of a deployment: enough to use many machines' processors, few enough that small logs share their objects. */
const DEPLOYED_SHARDS = 64;
const MOST_SHARDS = 1_024;

/** The number of shards for a tenant without any. */
export function configuredShards({ SHARDS }: Pick<Bindings, "SHARDS">): number {
  const shards = Number(SHARDS);
  return Number.isInteger(shards) && shards >= 1 && shards <= MOST_SHARDS ? shards : DEPLOYED_SHARDS;
}
