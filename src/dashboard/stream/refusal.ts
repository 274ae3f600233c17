import { hasToken } from "../server/access.ts";
import { readProblem } from "../server/problem.ts";
import type { Refusal } from "./stream-state.ts";

/**
 * What an answer other than a stream means: a refusal to show, or (a reason in words) a fault that passes. `since`: for how
 * long it is asked for.
 */
export async function refusalOf(response: Response, since: "just-now" | "a-while"): Promise<Refusal | string> {
  const problem = await readProblem(response);
  const title = problem.title || response.statusText || `Status ${response.status}`;
  switch (response.status) {
    case 401:
      return { reason: "unauthorised", hadToken: hasToken.value ? "yes" : "no" };
    case 403:
      return { reason: "forbidden", detail: problem.detail, hadToken: hasToken.value ? "yes" : "no" };
    case 404:
      return { reason: "not-found", movedTo: problem.movedTo, since };
    case 503:
      // Without Retry-After nothing passes by itself: the deployment is closed until somebody opens it.
      if (response.headers.has("Retry-After")) return problem.detail || "the server is busy";
      return { reason: "closed", title, detail: problem.detail };
  }
  if (response.status >= 500 || response.status === 429) return `the server answered ${response.status}`;
  return { reason: "unexpected", status: response.status, title, detail: problem.detail };
}
