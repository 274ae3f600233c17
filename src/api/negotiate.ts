import type { Context } from "hono";

/** The forms of a resource: each URL serves people, stream readers and other programs. */
export type Representation = "stream" | "page" | "json";

export function negotiate(c: Context): Representation | { readonly problem: string } {
  const watch = c.req.query("watch") ?? "false";
  if (watch === "true") return "stream";
  if (watch !== "false") return { problem: "watch must be true or false" };
  const accept = c.req.header("accept") ?? "";
  if (accept.includes("text/event-stream")) return "stream";
  return accept.includes("text/html") ? "page" : "json";
}

/** Data changes with every delivery, and depends on the token. */
export const DATA_HEADERS = {
  "content-type": "application/json; charset=utf-8",
  "cache-control": "no-store",
  vary: "Accept",
};
