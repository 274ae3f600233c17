import type { Bindings } from "../../config.ts";

export type JudgedUrl = { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly error: string };

/** `refused`: only hosts of the public internet, over https. `allowed`: any host, also over http; for a program inside a network. */
export type PrivateHosts = "refused" | "allowed";

export function privateHostsOf({ PRIVATE_UPSTREAMS }: Pick<Bindings, "PRIVATE_UPSTREAMS">): PrivateHosts {
  return PRIVATE_UPSTREAMS === "allowed" ? "allowed" : "refused";
}

/** Names that no public DNS has, or that clouds give to their metadata. */
const PRIVATE_SUFFIX = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|test|example|invalid|home\.arpa)$/;
const CLUSTER_SUFFIX = /\.svc(\.[a-z0-9.-]+)?$|\.cluster\.local$/;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/**
 * A URL to which this program may send, or why not, in English. A Worker can't resolve names: one that resolves to a private address
 * is refused by the platform, which has no route to it.
 */
export function judgeUrl(text: string, privateHosts: PrivateHosts): JudgedUrl {
  if (!/^https?:/i.test(text)) return refused("it must begin with https:// or http://");
  if (!URL.canParse(text)) return refused(`it is not a URL`);
  const url = new URL(text);
  if (url.username !== "" || url.password !== "")
    return refused("it has a user or password: send them as an Authorization header");
  if (privateHosts === "allowed") return { ok: true, url };
  // A root dot does not change a name.
  const host = url.hostname.toLowerCase().replace(/\.$/, "");
  if (CLUSTER_SUFFIX.test(host))
    return refused(`${host} is a name inside a cluster: only a program in that cluster reaches it`);
  // The URL parser has turned octal, hexadecimal and short forms into four decimals.
  if (host.startsWith("[") || IPV4.test(host)) return refused(`${host} is an address: name the host`);
  if (!host.includes(".") || PRIVATE_SUFFIX.test(host)) return refused(`${host} is a name of a private network`);
  if (url.protocol === "http:") return refused("it must be https: a deployment sends over the internet");
  return { ok: true, url };
}

function refused(error: string): JudgedUrl {
  return { ok: false, error };
}
