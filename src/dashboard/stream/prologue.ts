import { authorisedFetch, hasToken, readProblem } from "../server.ts";
import type { Refusal } from "./stream-state.ts";

/**
 * What is read before the stream, which then goes on from there. Where the server forgot that place, it is read anew,
 * instead of everything that a reset would bring.
 */
export type Prologue = {
  readonly url: string;
  /** Takes the answer's JSON; gives its resourceVersion. Throws where it is none. */
  readonly take: (body: unknown) => string;
};

/** Where the stream begins, or why there is nothing to read. Throws where that may pass, and when it was aborted. */
export async function readPrologue(
  { url, take }: Prologue,
  since: Parameters<typeof refusalOf>[1],
  signal: AbortSignal,
): Promise<string | Refusal> {
  const answer = await authorisedFetch(url, { headers: { Accept: "application/json" }, cache: "no-store", signal });
  if (!answer.ok) {
    const refusal = await refusalOf(answer, since);
    if (typeof refusal !== "string") return refusal;
    throw new Error(refusal);
  }
  const body: unknown = await answer.json();
  signal.throwIfAborted();
  return take(body);
}

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
