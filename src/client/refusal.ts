/** A response that an immediate retry would not change. */
export type Refusal =
  /** `since`: whether the first request was just now, so that the session may be about to start. */
  | { readonly reason: "not-found"; readonly movedTo: readonly string[]; readonly since: "just-now" | "a-while" }
  | { readonly reason: "unauthorised"; readonly hadToken: "yes" | "no" }
  /** `detail` names the permission that is needed. */
  | { readonly reason: "forbidden"; readonly detail: string; readonly hadToken: "yes" | "no" }
  | { readonly reason: "closed"; readonly title: string; readonly detail: string }
  | { readonly reason: "unexpected"; readonly status: number; readonly title: string; readonly detail: string };

/** A response without the data that was requested: a refusal, or a temporary fault. */
export type Failure =
  | { readonly failure: "refused"; readonly refusal: Refusal }
  /** `retryAfter`: the server's wish, milliseconds. */
  | { readonly failure: "temporary"; readonly why: string; readonly retryAfter: number | undefined };

type Request = {
  readonly since: "just-now" | "a-while";
  readonly hadToken: "yes" | "no";
  /** Unix milliseconds, for a `Retry-After` that is a date. */
  readonly now: number;
};

/** Milliseconds. A longer `Retry-After` is a mistake or a maintenance window: the client asks again before its end. */
export const LONGEST_RETRY_AFTER = 300_000;

/** Classifies a response that has an error's status or another content type than was accepted. */
export async function classifyFailure(response: Response, request: Request): Promise<Failure> {
  const { hadToken, since } = request;
  const { title: problemTitle, detail, movedTo } = await readProblem(response);
  const title = problemTitle || response.statusText || `Status ${response.status}`;
  const retryAfter = readRetryAfter(response.headers.get("Retry-After"), request.now);
  const refused = (refusal: Refusal): Failure => ({ failure: "refused", refusal });
  const temporary = (why: string): Failure => ({ failure: "temporary", why, retryAfter });
  switch (response.status) {
    case 401:
      return refused({ reason: "unauthorised", hadToken });
    case 403:
      return refused({ reason: "forbidden", detail, hadToken });
    case 404:
      return refused({ reason: "not-found", movedTo, since });
    case 503:
      // Without Retry-After the fault is not temporary: the deployment is closed until its owner sets a token.
      if (response.headers.has("Retry-After")) return temporary(detail || "the server is busy");
      return refused({ reason: "closed", title, detail });
  }
  if (response.status >= 500 || response.status === 429) return temporary(`the server answered ${response.status}`);
  return refused({ reason: "unexpected", status: response.status, title, detail });
}

/** `Retry-After` in milliseconds: seconds or an HTTP date, RFC 9110 §10.2.3. */
function readRetryAfter(text: string | null, now: number): number | undefined {
  if (text === null) return undefined;
  const millis = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(millis) ? undefined : Math.min(LONGEST_RETRY_AFTER, Math.max(0, millis));
}

type Problem = { readonly title: string; readonly detail: string; readonly movedTo: readonly string[] };

/** The problem details of an API error, RFC 9457. Missing fields are empty. */
export async function readProblem(response: Response): Promise<Problem> {
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

/** Why a request was not answered with success: the server's words, if it gave any. */
export async function whyRefused(response: Response): Promise<string> {
  const { detail } = await readProblem(response);
  return detail === "" ? `the server answered ${response.status}` : detail;
}

/** What a request rejected with, as a reader sees it. `fetch` rejects with a TypeError where there is no answer. */
export function whyFailed(error: unknown): string {
  if (error instanceof TypeError) return "the server cannot be reached";
  return error instanceof Error ? error.message : String(error);
}
