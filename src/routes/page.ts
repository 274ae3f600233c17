import type { Context, Next } from "hono";
import { negotiate } from "../api/negotiate.ts";
import { pathOf } from "../auth/self.ts";
import type { AppEnv } from "../config.ts";
import { preloadLinks } from "./first-load.ts";

/** The page. Its URL determines its view. It contains no data and loads without a token. */
export async function servePage(c: Context<AppEnv>): Promise<Response> {
  const asset = await c.env.ASSETS.fetch(new Request(new URL("/", c.req.url)));
  const page = new Response(asset.body, asset);
  page.headers.set("cache-control", "no-cache");
  page.headers.set("vary", "Accept");
  page.headers.set("link", preloadLinks({ path: pathOf(c.req.raw), query: new URL(c.req.url).searchParams }));
  return page;
}

/** Browsers get the page instead of the data at the same path. */
export async function servePageIfAsked(c: Context<AppEnv>, next: Next): Promise<Response | void> {
  return negotiate(c) === "page" ? await servePage(c) : await next();
}

/**
 * A file of the page, or openapi.json. On Cloudflare the platform serves the page's files (`run_worker_first` in wrangler.toml);
 * under `npm start` the Worker does.
 */
export async function servePageFile(c: Context<AppEnv>): Promise<Response> {
  const file = await c.env.ASSETS.fetch(c.req.raw);
  // The headers of a fetched response are immutable.
  return new Response(file.body, file);
}
