import type { Context } from "hono";
import * as v from "valibot";
import { flag, readParameters } from "./parameter.ts";

/** The parameters of every resource that has a stream, documented in `operations.ts`. */
export const StreamParameters = v.object({ watch: flag("watch"), resourceVersion: v.exactOptional(v.string()) });

/** The forms of a resource: each URL serves people, stream readers and other programs. */
export type Representation = "stream" | "page" | "json";

export function negotiate(c: Context): Representation | { readonly problem: string } {
  const read = readParameters(StreamParameters, new URL(c.req.url).searchParams);
  if (!read.ok) return { problem: read.detail };
  if (read.value.watch === "true") return "stream";
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

/** An answer of data, as JSON. */
export function data(c: Context, answer: object): Response {
  return c.body(JSON.stringify(answer), 200, DATA_HEADERS);
}
