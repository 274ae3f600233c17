import type { Context } from "hono";
import type { AppEnv } from "../config.ts";

/** The text of spans is untrusted: only the page's own files run, and no site may frame the page. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The page. Its URL determines its view. It contains no data and loads without a token. */
export async function servePage(c: Context<AppEnv>): Promise<Response> {
  const asset = await c.env.ASSETS.fetch(new Request(new URL("/", c.req.url)));
  const page = new Response(asset.body, asset);
  page.headers.set("cache-control", "no-cache");
  page.headers.set("vary", "Accept");
  page.headers.set("content-security-policy", CONTENT_SECURITY_POLICY);
  page.headers.set("referrer-policy", "no-referrer");
  return page;
}

/** A file of the page. On Cloudflare the platform serves it (`run_worker_first` in wrangler.toml); under `npm start` the Worker does. */
export async function servePageFile(c: Context<AppEnv>): Promise<Response> {
  const file = await c.env.ASSETS.fetch(c.req.raw);
  // The headers of a fetched response are immutable.
  return new Response(file.body, file);
}
