import type { Target } from "../fork/target.ts";
import { headersOf, outcomeOf, reasonOf } from "./outcome.ts";
import type { Transport } from "./outcome.ts";

/** Over `fetch`, for Workers. */
export function fetchTransport(target: Target): Transport {
  return {
    async send(body, signal) {
      try {
        const response = await fetch(target.url, {
          method: "POST",
          headers: headersOf(target),
          body: new Uint8Array(body),
          redirect: "manual",
          signal,
        });
        await response.body?.cancel();
        return outcomeOf(response.status, response.headers.get("retry-after"));
      } catch (error) {
        return { kind: "retry", reason: reasonOf(error) };
      }
    },
    close() {},
  };
}
