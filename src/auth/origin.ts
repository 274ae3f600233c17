import type { Bindings } from "../config.ts";

/** Methods that change nothing (RFC 9110 §9.2.1), without TRACE, which has no route. */
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** A page of this machine, at any port. Browsers write an origin in lower case. */
const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/** Values of `Sec-Fetch-Site` other than `cross-site`. An unknown value counts as `cross-site`. */
const ALLOWED_SITES: ReadonlySet<string> = new Set(["same-origin", "same-site", "none"]);

/** Whether requests need no token. An open program answers this machine only. */
export function isOpen({ OPEN_ACCESS }: Pick<Bindings, "OPEN_ACCESS">): boolean {
  return OPEN_ACCESS === "loopback";
}

/**
 * Whether a page of this origin may send to the program. A token is valid from any page: no cookie carries it. Without tokens
 * only pages of this machine may send. They include the program's own page: an open program has no other address.
 */
export function mayPageSend(env: Pick<Bindings, "OPEN_ACCESS">, origin: string): boolean {
  return !isOpen(env) || LOOPBACK_ORIGIN.test(origin);
}

/**
 * The foreign page whose change an open program refuses: its origin, or "this one" if the browser does not name it. `undefined`
 * for a permitted request. The content type does not matter: a page sends text, a form or a beacon without a preflight. Programs
 * other than browsers send neither header.
 */
export function foreignPage(
  env: Pick<Bindings, "OPEN_ACCESS">,
  { method, headers }: Pick<Request, "method" | "headers">,
): string | undefined {
  if (!isOpen(env) || SAFE_METHODS.has(method)) return undefined;
  const origin = headers.get("origin");
  if (origin !== null) return LOOPBACK_ORIGIN.test(origin) ? undefined : origin;
  const site = headers.get("sec-fetch-site");
  return site === null || ALLOWED_SITES.has(site) ? undefined : "this one";
}
