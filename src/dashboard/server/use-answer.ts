import { useEffect, useState } from "preact/hooks";
import { authorisedFetch } from "./access.ts";
import { readProblem } from "./problem.ts";

/** What was asked for, once it is here. */
export type Answer<Value> =
  | { readonly state: "reading" }
  | { readonly state: "here"; readonly value: Value }
  | { readonly state: "failed"; readonly why: string; readonly again: () => void };

/** Asks as often as `url` or `accept` change; `read` makes of the answer what is shown, and throws where it is something else. */
export function useAnswer<Value>(
  url: string,
  accept: string,
  read: (response: Response) => Promise<Value>,
): Answer<Value> {
  const [outcome, setOutcome] = useState<Answer<Value> & { readonly of?: string }>({ state: "reading" });
  const [attempt, setAttempt] = useState(0);
  const asked = `${accept} ${url}`;
  useEffect(() => {
    const ending = new AbortController();
    setOutcome({ state: "reading" });
    ask(url, accept, ending.signal)
      .then(read)
      .then(
        (value) => ending.signal.aborted || setOutcome({ state: "here", value, of: asked }),
        (error: unknown) => {
          if (ending.signal.aborted) return;
          const why =
            error instanceof TypeError ? "the server cannot be reached" : String(Reflect.get(Object(error), "message"));
          setOutcome({ state: "failed", why, again: () => setAttempt((before) => before + 1), of: asked });
        },
      );
    return () => ending.abort();
  }, [asked, attempt]);
  return outcome.of === asked ? outcome : { state: "reading" };
}

async function ask(url: string, accept: string, signal: AbortSignal): Promise<Response> {
  const response = await authorisedFetch(url, { headers: { Accept: accept }, cache: "no-store", signal });
  if (response.ok) return response;
  const { detail } = await readProblem(response);
  throw new Error(detail === "" ? `the server answered ${response.status}` : detail);
}
