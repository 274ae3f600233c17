import type { Context } from "hono";
import type * as v from "valibot";
import { negotiate } from "../api/negotiate.ts";
import { readParameters } from "../api/parameter.ts";
import type { AppEnv } from "../config.ts";
import { invalid, wrongPage } from "./error.ts";
import { ArkParameters, BrokerListParameters } from "./query-parameters.ts";

/** Ark's clients distinguish errors of these from others. */
const OF_PAGES: ReadonlySet<string> = new Set(["limit", "cursor", "resourceVersion", "before"]);

export type ArkParams = {
  readonly limit: number;
  /** In streams and ascending lists everything up to it was sent; a descending list goes on before it. */
  readonly cursor: number | undefined;
  readonly session: string | undefined;
  readonly fromBeginning: boolean;
};

/** The parameters of a reading request, and its form. */
export function readRequest(c: Context<AppEnv>): Response | { readonly params: ArkParams; readonly isStream: boolean } {
  const representation = negotiate(c);
  if (typeof representation === "object") return invalid(c, representation.problem);
  const read = readArkParameters(c, ArkParameters, searchOf(c));
  if (read instanceof Response) return read;
  const { limit, cursor, session_id: session = "", "from-beginning": fromBeginning } = read;
  return {
    params: {
      limit,
      cursor,
      session: session === "" ? undefined : session,
      fromBeginning: fromBeginning === "true",
    },
    isStream: representation === "stream",
  };
}

/** The parameters of the list of sessions. */
export function readBrokerList(
  c: Context<AppEnv>,
): Response | { readonly before: number | undefined; readonly active: boolean } {
  const read = readArkParameters(c, BrokerListParameters, new URL(c.req.url).searchParams);
  return read instanceof Response ? read : { before: read.before, active: read.active === "true" };
}

function readArkParameters<const Schema extends typeof ArkParameters | typeof BrokerListParameters>(
  c: Context<AppEnv>,
  schema: Schema,
  search: URLSearchParams,
): Response | v.InferOutput<Schema> {
  const read = readParameters(schema, search);
  if (read.ok) return read.value;
  return OF_PAGES.has(read.parameter) ? wrongPage(c, read.detail) : invalid(c, read.detail);
}

/**
 * The URL's query with the cursor that applies. A resumed stream sends `Last-Event-ID` by itself, and repeats the cursor of the URL:
 * the header wins.
 */
function searchOf(c: Context<AppEnv>): URLSearchParams {
  const search = new URL(c.req.url).searchParams;
  const resumed = c.req.header("last-event-id") ?? "";
  const cursor = resumed === "" ? (search.get("cursor") ?? search.get("resourceVersion") ?? "") : resumed;
  search.delete("resourceVersion");
  if (cursor === "") search.delete("cursor");
  else search.set("cursor", cursor);
  return search;
}
