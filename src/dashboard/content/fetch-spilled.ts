import type { AnyValue, Spill } from "../../trace/span.ts";
import { authorisedFetch } from "../server/access.ts";

/** Whole values by URL: content never changes under its hash, and is fetched once a tab. */
const known = new Map<string, AnyValue>();

/** A whole value, by the hash that its preview names. */
export async function fetchSpilled(sessionId: string, spill: Spill, signal: AbortSignal): Promise<AnyValue> {
  const url = `/sessions/${encodeURIComponent(sessionId)}/values/${encodeURIComponent(spill.hash)}`;
  const value = known.get(url) ?? (await read(url, signal));
  known.set(url, value);
  return value;
}

async function read(url: string, signal: AbortSignal): Promise<AnyValue> {
  const response = await authorisedFetch(url, { headers: { Accept: "application/json" }, signal });
  if (!response.ok)
    throw new Error(response.status === 404 ? "it is no longer kept" : `the server answered ${response.status}`);
  const value: unknown = await response.json();
  if (typeof value !== "object" || value === null) throw new Error("the server sent something else");
  return value;
}
