import { getPathNoStrict } from "hono/utils/url";
import { SELF } from "../place.ts";
import { refusalFor } from "./principal.ts";
import type { Principal } from "./principal.ts";

/** Before a path: the same of the program's own traces. */
export const SELF_BASE = "/self";

/** Whether a request is for the program's own traces. */
export function isForSelf(request: Request): boolean {
  const path = getPathNoStrict(request);
  return path === SELF_BASE || path.startsWith(`${SELF_BASE}/`);
}

/** What stands before the paths of links in an answer, so that they stay with what was asked. */
export const baseOf = (request: Request): string => (isForSelf(request) ? SELF_BASE : "");

/** The path that routes see. */
export function pathOf(request: Request): string {
  const path = getPathNoStrict(request);
  if (path === SELF_BASE) return "/";
  return path.startsWith(`${SELF_BASE}/`) ? path.slice(SELF_BASE.length) : path;
}

/** Only an administrator sees what the program does for all, and reads it only. */
export function readerOfSelf(caller: Principal): Principal {
  const refusal = refusalFor(caller, "administer");
  return refusal === undefined ? { tenant: SELF, role: "view" } : { tenant: SELF, role: "anonymous", refusal };
}

/** A redirect stays within the program's own traces. */
export function stayWithSelf({ headers }: Response): void {
  const location = headers.get("location");
  if (location?.startsWith("/") === true) headers.set("location", SELF_BASE + location);
}
