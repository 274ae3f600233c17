import type { AnyValue, Spill } from "../../trace/span.ts";
import { authorisedFetch } from "../access.ts";

/** A whole value, by the hash that its preview names. Content never changes under its hash: fetched once a tab. */
const fetched = new Map<string, Promise<AnyValue>>();

export function fetchSpilled(sessionId: string, spill: Spill): Promise<AnyValue> {
  const url = `/sessions/${encodeURIComponent(sessionId)}/values/${encodeURIComponent(spill.hash)}`;
  let value = fetched.get(url);
  if (value === undefined) {
    value = read(url);
    fetched.set(url, value);
    // A fault passes: the next press asks again.
    value.catch(() => fetched.delete(url));
  }
  return value;
}

async function read(url: string): Promise<AnyValue> {
  const response = await authorisedFetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok)
    throw new Error(response.status === 404 ? "it is no longer kept" : `the server answered ${response.status}`);
  const value: unknown = await response.json();
  if (typeof value !== "object" || value === null) throw new Error("the server sent something else");
  return value;
}
