import { settingsOf } from "./config.ts";
import type { Bindings } from "./config.ts";
import { locationOf } from "./session/contract/location.ts";
import type { LocationHint, Origin } from "./session/contract/location.ts";

/** Where the platform is to make a tenant's objects, as its directory decided; `none`: wherever they are called first. */
export type Location = LocationHint | "none";

/** By tenant, in this isolate. It never changes once the directory has it. */
const decided = new Map<string, Location>();
/** By tenant: where its last export came from, until the directory has decided. */
const origins = new Map<string, LocationHint>();

/** Of a tenant; `undefined` if this isolate does not know it. */
export function knownLocation(tenant: string): Location | undefined {
  return decided.get(tenant);
}

export function rememberLocation(tenant: string, location: Location): void {
  decided.set(tenant, location);
  origins.delete(tenant);
}

/**
 * An export came from there: as long as nothing is decided, the tenant's objects are to be made near it. Returns where that is, unless
 * all objects are made elsewhere by the setting. `origin`: `cf` of the request.
 */
export function noteOrigin(env: Bindings, tenant: string, origin: Origin | undefined): LocationHint | undefined {
  const location = locationOf(origin);
  if (location === undefined) return undefined;
  if (!decided.has(tenant)) origins.set(tenant, location);
  return settingsOf(env, tenant).location === undefined ? location : undefined;
}

/** What the directory is to decide: the setting, else where the export came from. `undefined` while the setting is wrong: nothing is decided. */
export function wantedLocation(env: Bindings, tenant: string): Location | undefined {
  const { location } = settingsOf(env, tenant);
  return location === "wrong" ? undefined : (location ?? origins.get(tenant) ?? "none");
}

/** For tests that begin with empty storage. */
export function forgetLocations(): void {
  decided.clear();
  origins.clear();
}

/** Of objects, as far as they are named. */
export type Namespace<Stub> = {
  getByName(name: string, options?: DurableObjectNamespaceGetDurableObjectOptions): Stub;
};

/** An object of the tenant, near another place than the tenant's if one is given. The platform reads the hint when it makes the object, and ignores it ever after. */
export function stubAt<Stub>(
  namespace: Namespace<Stub>,
  env: Bindings,
  tenant: string,
  name: string,
  near?: LocationHint,
): Stub {
  const location = near ?? decided.get(tenant) ?? wantedLocation(env, tenant);
  if (location === undefined || location === "none") return namespace.getByName(name);
  return namespace.getByName(name, { locationHint: location });
}
