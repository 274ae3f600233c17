import { useEffect, useState } from "preact/hooks";
import { whyFailed } from "../client/refusal.ts";
import { getFresh } from "./get-fresh.ts";

/** The state of a request. */
export type Answer<Value> =
  | { readonly state: "reading" }
  | { readonly state: "here"; readonly value: Value }
  | { readonly state: "failed"; readonly why: string; readonly again: () => void };

/** Sends a request whenever `url` or `accept` change. `read` converts the response, and throws on an unexpected body. */
export function useAnswer<Value>(
  url: string,
  accept: string,
  read: (response: Response) => Promise<Value>,
): Answer<Value> {
  const [outcome, setOutcome] = useState<Answer<Value> & { readonly of?: string }>({ state: "reading" });
  const [attempt, setAttempt] = useState(0);
  const request = `${accept} ${url}`;
  useEffect(() => {
    const ending = new AbortController();
    setOutcome({ state: "reading" });
    getFresh(url, accept, ending.signal)
      .then(read)
      .then(
        (value) => ending.signal.aborted || setOutcome({ state: "here", value, of: request }),
        (error: unknown) => {
          if (ending.signal.aborted) return;
          setOutcome({
            state: "failed",
            why: whyFailed(error),
            again: () => setAttempt((before) => before + 1),
            of: request,
          });
        },
      );
    return () => ending.abort();
  }, [request, attempt]);
  return outcome.of === request ? outcome : { state: "reading" };
}
