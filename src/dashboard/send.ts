import { whyRefused } from "../client/refusal.ts";
import { authorisedFetch } from "./server.ts";

/** Sends a request with the reader's token. Returns the answer's JSON, if there is one; throws the server's reason if it refuses. */
export async function send(url: string, method: "GET" | "POST" | "PUT" | "DELETE", body?: object): Promise<unknown> {
  const response = await authorisedFetch(url, {
    method,
    headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(await whyRefused(response));
  return response.status === 204 ? undefined : ((await response.json()) as unknown);
}
