import type { LatestTrace } from "../latest-trace.ts";
import type { SummaryWithStatus } from "../liveness.ts";
import type { WholeNumbers } from "../numbers/numbers-answer.ts";

/** The answer of `GET /`. */
export type OverviewAnswer = {
  /** Unix milliseconds, by the server's clock. */
  readonly at: number;
  /** Where the list's stream goes on from this answer. */
  readonly resourceVersion: string;
  /** Sessions that wait, stall or go on: at most 12, the newest activity first. */
  readonly now: readonly SummaryWithStatus[];
  readonly numbers: WholeNumbers;
  /** What is wrong with the disk under the databases; absent if nothing is. */
  readonly storage?: string;
  /** Upstreams to which nothing is sent, and why; absent if there is none. */
  readonly off?: readonly { readonly upstream: string; readonly reason: string }[];
  /** The trace that began last in the session with the newest activity; absent without spans. */
  readonly latest?: LatestTrace & { readonly session: string; readonly title: string };
};
