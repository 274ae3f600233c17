import type { Bindings } from "../config.ts";

/** Methods that change nothing (RFC 9110 §9.2.1), without TRACE, which has no route. */
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** A page of this machine, at any port. Browsers write an origin in lower case. */
const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/** Values of `Sec-Fetch-Site` other than `cross-site`; a value that is not known yet counts as that. */
const NEAR: ReadonlySet<string> = new Set(["same-origin", "same-site", "none"]);

/** Whether requests need no token. Such a program answers this machine only. */
export function isOpen({ OPEN_ACCESS }: Pick<Bindings, "OPEN_ACCESS">): boolean {
  return OPEN_ACCESS === "loopback";
}

/**
 * Whether a page of this origin may send to the program. A token counts from any page: no cookie carries it. Without tokens
 * only pages of this machine may send. The program's own page is one of them: an open program has no other address.
 */
export function mayPageSend(env: Pick<Bindings, "OPEN_ACCESS">, origin: string): boolean {
  return !isOpen(env) || LOOPBACK_ORIGIN.test(origin);
}

/**
 * The page that tries to change something in an open program and may not: its origin, or "this one" where the browser does not
 * name it. `undefined` where the request may go on. The content type does not matter: a page sends text, a form or a beacon
 * without asking first. Programs other than browsers send neither header.
 */
export function foreignPage(
  env: Pick<Bindings, "OPEN_ACCESS">,
  { method, headers }: Pick<Request, "method" | "headers">,
): string | undefined {
  if (!isOpen(env) || SAFE_METHODS.has(method)) return undefined;
  const origin = headers.get("origin");
  if (origin !== null) return LOOPBACK_ORIGIN.test(origin) ? undefined : origin;
  const site = headers.get("sec-fetch-site");
  return site === null || NEAR.has(site) ? undefined : "this one";
}
