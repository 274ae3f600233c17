import type { LivenessFacts } from "./summary.ts";

export type Status = "waiting" | "stalled" | "running" | "quiet" | "failed" | "finished";

export type Liveness = {
  readonly status: Status;
  /** For `stalled` and `quiet`: what is open and for how long nothing was heard, milliseconds. */
  readonly open?: { readonly name: string; readonly forMillis: number };
  readonly silentMillis: number;
  readonly missingParents: number;
};

/** One pure function of facts and the present (Unix milliseconds), for the list, the stream and the page. */
export declare function liveness(facts: LivenessFacts, now: number): Liveness;
