import type { Bindings } from "../../config.ts";
import { callsOf } from "../../place.ts";
import type { Caller, Calls } from "../../place.ts";
import type { ArkFeedObject } from "./feed-object.ts";

/** The tenant's order of all sessions. */
export function feedOf(env: Bindings, caller: Caller): Calls<ArkFeedObject> {
  return callsOf(env.ARK_FEED, env, caller, "ark-feed", "ark-feed");
}
