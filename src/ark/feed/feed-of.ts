import type { Bindings } from "../../config.ts";

/** The stub of the tenant's order of all sessions. */
export function feedOf(env: Bindings, tenant: string) {
  return env.ARK_FEED.getByName(`${tenant}/ark-feed`);
}
