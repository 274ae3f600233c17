import type { Context } from "hono";
import type { AppEnv } from "../app-env.ts";
import { negotiate } from "../negotiate.ts";
import { invalid, permitArk } from "./ark-error.ts";
import { readArkQuery } from "./ark-query.ts";
import type { ArkQuery } from "./ark-query.ts";

/** What is asked for, where the request may read and its parameters are right; else the answer. */
export function readAsked(c: Context<AppEnv>): Response | { readonly query: ArkQuery; readonly isStream: boolean } {
  const representation = negotiate(c);
  if (typeof representation === "object") return invalid(c, representation.problem);
  const refused = permitArk(c, "read");
  if (refused !== undefined) return refused;
  const read = readArkQuery(c);
  return read.ok ? { query: read.query, isStream: representation === "stream" } : read.response;
}
