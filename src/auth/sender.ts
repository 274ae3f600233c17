import type { Bindings } from "../config.ts";
import type { Refusal } from "./principal.ts";

/** Methods that change nothing (RFC 9110 §9.2.1), without TRACE, which has no route. */
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/** A page of this machine, at any port. Browsers write an origin in lower case. */
const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/** Values of `Sec-Fetch-Site` other than `cross-site`. An unknown value counts as `cross-site`. */
const ALLOWED_SITES: ReadonlySet<string> = new Set(["same-origin", "same-site", "none"]);

/** Whether requests need no token. An open program answers this machine only. */
export function isOpen({ OPEN_ACCESS }: Pick<Bindings, "OPEN_ACCESS">): boolean {
  return OPEN_ACCESS === "loopback";
}

/** Whether the `Host` header names this machine. A page of another name may forge everything else, including the URL of the runtime. */
export function isLoopback(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_HOST.test(host);
}

/**
 * Whether a page of this origin may send to the program. A token is valid from any page: no cookie carries it. Without tokens
 * only pages of this machine may send. They include the program's own page: an open program has no other address.
 */
export function mayPageSend(env: Pick<Bindings, "OPEN_ACCESS">, origin: string): boolean {
  return !isOpen(env) || LOOPBACK_ORIGIN.test(origin);
}

/** The refusal of a request whose target, `Host`, `Origin` or `Sec-Fetch-Site` no route may see. */
export function judgeSender(env: Bindings, request: Request, path: string): Refusal | undefined {
  const host = request.headers.get("host");
  if (host !== null && !isValidHost(host))
    return {
      reason: "bad-request",
      status: 400,
      title: "Bad Request",
      detail: `The Host header is "${host}": it must be a name or an address, with or without a port.`,
    };
  // A target such as `*` (RFC 9112 §3.2.4) names no resource: its URL has no path.
  if (!path.startsWith("/"))
    return {
      reason: "bad-request",
      status: 400,
      title: "Bad Request",
      detail: "The target of the request must be a path that begins with a slash.",
    };
  const page = foreignPage(env, request);
  if (page !== undefined)
    return {
      reason: "foreign-page",
      status: 403,
      title: "Forbidden",
      detail: `This program is open, so it refuses changes from pages of other sites, such as ${page}. Send from a page on localhost, or set ADMIN_TOKEN.`,
    };
  return undefined;
}

/**
 * A client may send any `Host` (RFC 9110 §7.2), and the URL of the request contains it: a slash moves the path, and a comma
 * joins several headers. Real hosts consist of letters, digits and `-._`.
 */
function isValidHost(host: string): boolean {
  return /^[\w.:[\]-]+$/.test(host) && URL.canParse(`http://${host}`);
}

/**
 * The foreign page whose change an open program refuses: its origin, or "this one" if the browser does not name it. `undefined`
 * for a permitted request. The content type does not matter: a page sends text, a form or a beacon without a preflight. Programs
 * other than browsers send neither header.
 */
function foreignPage(env: Bindings, { method, headers }: Request): string | undefined {
  if (!isOpen(env) || SAFE_METHODS.has(method)) return undefined;
  const origin = headers.get("origin");
  if (origin !== null) return LOOPBACK_ORIGIN.test(origin) ? undefined : origin;
  const site = headers.get("sec-fetch-site");
  return site === null || ALLOWED_SITES.has(site) ? undefined : "this one";
}
