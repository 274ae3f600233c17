import { hasToken } from "../access.ts";
import type { Refusal } from "./stream-state.ts";

/** What an answer other than a stream means: a refusal to show, or (a reason in words) a fault that passes. */
export async function refusalOf(response: Response): Promise<Refusal | string> {
  const problem = await readProblem(response);
  const title = problem.title || response.statusText || `Status ${response.status}`;
  switch (response.status) {
    case 401:
    case 403:
      return { reason: "unauthorised", hadToken: hasToken() ? "yes" : "no" };
    case 404:
      return { reason: "not-found", movedTo: problem.movedTo };
    case 503:
      // Without Retry-After nothing passes by itself: the deployment is closed until somebody opens it.
      if (response.headers.has("Retry-After")) return problem.detail || "the server is busy";
      return { reason: "closed", title, detail: problem.detail };
  }
  if (response.status >= 500 || response.status === 429) return `the server answered ${response.status}`;
  return { reason: "unexpected", status: response.status, title, detail: problem.detail };
}

type Problem = { readonly title: string; readonly detail: string; readonly movedTo: readonly string[] };

/** RFC 9457, as far as it is there. */
async function readProblem(response: Response): Promise<Problem> {
  const none: Problem = { title: "", detail: "", movedTo: [] };
  if (!/\bjson\b/.test(response.headers.get("Content-Type") ?? "")) return none;
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body !== "object" || body === null) return none;
  const { title, detail, movedTo } = body as Record<string, unknown>;
  return {
    title: typeof title === "string" ? title : "",
    detail: typeof detail === "string" ? detail : "",
    movedTo: Array.isArray(movedTo) ? movedTo.filter((id) => typeof id === "string") : [],
  };
}
