import { negotiate } from "../api/negotiate.ts";
import type { AppEnv } from "../config.ts";
import { invalid, wrongPage } from "./error.ts";
import type { Context } from "hono";

/** Items a page, as in Ark's API server. */
const DEFAULT_LIMIT = 100;
const LARGEST_LIMIT = 1_000;

export type ArkParams = {
  readonly limit: number;
  /** In streams and ascending lists everything up to it was sent; a descending list goes on before it. */
  readonly cursor: number | undefined;
  readonly session: string | undefined;
  readonly watch: boolean;
  readonly fromBeginning: boolean;
};

export type ArkParamsOutcome =
  | { readonly ok: true; readonly params: ArkParams }
  | { readonly ok: false; readonly response: Response };

/**
 * The parameters of Ark's reading routes. A resumed stream sends `Last-Event-ID` by itself, and repeats the cursor of the URL: the
 * header wins.
 */
export function readArkParams(c: Context<AppEnv>): ArkParamsOutcome {
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
    params: {
      ...page,
      watch,
      fromBeginning: c.req.query("from-beginning") === "true",
      session: session === undefined || session === "" ? undefined : session,
    },
  };
}

function readPage(c: Context<AppEnv>): Pick<ArkParams, "limit" | "cursor"> | { readonly wrong: string } {
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

/** `undefined` unless the text is an exact integer: JSON would round larger numbers. */
export function readInteger(text: string): number | undefined {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : undefined;
  return number !== undefined && Number.isSafeInteger(number) ? number : undefined;
}

/** The parameters of a reading request, and its form. */
export function readRequest(c: Context<AppEnv>): Response | { readonly params: ArkParams; readonly isStream: boolean } {
  const representation = negotiate(c);
  if (typeof representation === "object") return invalid(c, representation.problem);
  const read = readArkParams(c);
  return read.ok ? { params: read.params, isStream: representation === "stream" } : read.response;
}
