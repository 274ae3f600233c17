import type { Context } from "hono";
import { challenge, judgeAccess } from "./access.ts";
import type { Right } from "./access.ts";
import type { AppEnv } from "./app-env.ts";
import { problem } from "./problem.ts";

/** The refusal, where the request has not the right; `undefined` where it has. */
export function permit(c: Context<AppEnv>, right: Right): Response | undefined {
  const verdict = judgeAccess(c.env, c.req.header("host"), c.req.header("authorization"), right);
  if (verdict.allowed) return undefined;
  const { status, title, detail } = verdict;
  return problem(c, { status, title, detail }, challenge(status));
}
