import type { Context } from "hono";
import { problem } from "../api/problem.ts";
import type { AppEnv } from "../config.ts";

import type { Refusal } from "./refusal.ts";

/** The form of the errors that clients of some paths read. The first form whose path matches applies; else a problem (RFC 9457). */
export type ErrorForm = {
  readonly matches: (path: string) => boolean;
  readonly write: (c: Context<AppEnv>, refusal: Refusal) => Response;
};

export function refuse(c: Context<AppEnv>, forms: readonly ErrorForm[], refusal: Refusal): Response {
  const form = forms.find(({ matches }) => matches(c.req.path));
  if (form !== undefined) return form.write(c, refusal);
  const { status, title, detail, headers = {} } = refusal;
  return problem(c, { status, title, detail }, headers);
}
