import { negotiate } from "../api/negotiate.ts";
import type { AppEnv } from "../config.ts";
import { invalid, wrongPage, permitArk } from "./error.ts";
import type { Context } from "hono";

/** Items a page, as Ark's API server has them. */
const DEFAULT_LIMIT = 100;
const LARGEST_LIMIT = 1_000;

export type ArkQuery = {
  readonly limit: number;
  /** Everything up to it was told; in lists that descend, what stands before it is next. */
  readonly cursor: number | undefined;
  readonly session: string | undefined;
  readonly watch: boolean;
  readonly fromBeginning: boolean;
};

export type ArkQueryOutcome =
  | { readonly ok: true; readonly query: ArkQuery }
  | { readonly ok: false; readonly response: Response };

/**
 * The parameters of Ark's reading routes. `Last-Event-ID` is what a stream that is resumed sends by itself, and goes over the
 * URL's cursor, which a client that resumes sends again.
 */
export function readArkQuery(c: Context<AppEnv>): ArkQueryOutcome {
  const page = readPage(c);
  if ("wrong" in page) return { ok: false, response: wrongPage(c, page.wrong) };
  for (const name of ["watch", "from-beginning"]) {
    const text = c.req.query(name) ?? "false";
    if (text === "true" || text === "false") continue;
    return { ok: false, response: invalid(c, `${name} must be true or false`) };
  }
  const watch = c.req.query("watch") === "true";
  const session = c.req.query("session_id");
  return {
    ok: true,
    query: {
      ...page,
      watch,
      fromBeginning: c.req.query("from-beginning") === "true",
      session: session === undefined || session === "" ? undefined : session,
    },
  };
}

function readPage(c: Context<AppEnv>): Pick<ArkQuery, "limit" | "cursor"> | { readonly wrong: string } {
  const limit = readInteger(c.req.query("limit") ?? String(DEFAULT_LIMIT));
  if (limit === undefined || limit < 1) return { wrong: "limit must be a positive integer" };
  if (limit > LARGEST_LIMIT) return { wrong: `limit cannot exceed ${LARGEST_LIMIT}` };
  const resumed = c.req.header("last-event-id");
  const text = (resumed === "" ? undefined : resumed) ?? c.req.query("cursor") ?? c.req.query("resourceVersion");
  const cursor = text === undefined || text === "" ? undefined : readInteger(text);
  if (text !== undefined && text !== "" && cursor === undefined)
    return { wrong: "cursor must be a non-negative integer" };
  return { limit, cursor };
}

/** Exact as a number: a cursor that JSON would round is none. */
export function readInteger(text: string): number | undefined {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : undefined;
  return number !== undefined && Number.isSafeInteger(number) ? number : undefined;
}

/** What is asked for, where the request may read and its parameters are right; else the answer. */
export function readAsked(c: Context<AppEnv>): Response | { readonly query: ArkQuery; readonly isStream: boolean } {
  const representation = negotiate(c);
  if (typeof representation === "object") return invalid(c, representation.problem);
  const refused = permitArk(c, "read");
  if (refused !== undefined) return refused;
  const read = readArkQuery(c);
  return read.ok ? { query: read.query, isStream: representation === "stream" } : read.response;
}
