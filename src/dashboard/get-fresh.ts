import { whyRefused } from "../client/refusal.ts";
import { authorisedFetch } from "./server.ts";

/** Gets what the server has now, past the browser's cache. Throws the server's reason if it answers another status than success. */
export async function getFresh(url: string, accept: string, signal?: AbortSignal): Promise<Response> {
  const response = await authorisedFetch(url, {
    headers: { Accept: accept },
    cache: "no-store",
    signal: signal ?? null,
  });
  if (response.ok) return response;
  throw new Error(await whyRefused(response));
}
