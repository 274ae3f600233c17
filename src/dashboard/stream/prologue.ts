import { authorisedFetch, hasToken, readProblem } from "../server.ts";
import type { Refusal } from "./stream-state.ts";

/**
 * A request before the stream: the stream resumes from its resourceVersion. If the server no longer knows that version, the
 * prologue is read again, which is shorter than the events after a reset.
 */
export type Prologue = {
  readonly url: string;
  /** Takes the response's JSON and returns its resourceVersion. Throws on another body. */
  readonly take: (body: unknown) => string;
};

/** The resourceVersion where the stream begins, or a refusal. Throws on a temporary fault, and when aborted. */
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
 * Classifies a response that is not a stream: a refusal to show, or a temporary fault as text. `since`: how long the page
 * has requested it.
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
      // Without Retry-After the fault is not temporary: the deployment is closed until its owner sets a token.
      if (response.headers.has("Retry-After")) return problem.detail || "the server is busy";
      return { reason: "closed", title, detail: problem.detail };
  }
  if (response.status >= 500 || response.status === 429) return `the server answered ${response.status}`;
  return { reason: "unexpected", status: response.status, title, detail: problem.detail };
}
