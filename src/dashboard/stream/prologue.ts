import { authorisedFetch } from "../server/access.ts";
import { refusalOf } from "./refusal.ts";
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
