import type { Context } from "hono";
import type { AppEnv } from "../../config.ts";
import { callerOf, directoryOf } from "../../place.ts";
import { notFound, problem } from "../../api/problem.ts";

type Peek =
  | { readonly state: "absent" }
  | { readonly state: "moved"; readonly sessions: readonly string[] }
  | { readonly state: "present" };

/** The response for a session that is absent or moved; `undefined` for one that is present. */
export async function redirectIfMoved(
  c: Context<AppEnv>,
  id: string,
  peek: Peek,
  suffix = "",
): Promise<Response | undefined> {
  if (peek.state === "present") return undefined;
  if (peek.state === "absent") return await absent(c, id);
  const only = peek.sessions.length === 1 ? peek.sessions[0] : undefined;
  if (only === undefined) {
    const detail = `The traces of ${id} moved to several sessions.`;
    return problem(c, { status: 404, title: "Not Found", detail, movedTo: peek.sessions });
  }
  const { search } = new URL(c.req.url);
  return c.body(null, 307, {
    location: `/sessions/${encodeURIComponent(only)}${suffix}${search}`,
    "cache-control": "no-store",
  });
}

async function absent(c: Context<AppEnv>, id: string): Promise<Response> {
  if (!(await directoryOf(c.env, callerOf(c)).isDamaged(id))) return notFound(c, `The session ${id}`);
  const detail = `The storage of ${id} was damaged: only its line in the list is left. It can be deleted.`;
  return problem(c, { status: 404, title: "Not Found", detail });
}
