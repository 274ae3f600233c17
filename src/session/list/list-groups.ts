import type { Liveness, Status } from "../liveness.ts";

/** The groups of a list by what they ask of the reader, in the order of a page. */
export const LIST_GROUPS = ["needs-you", "running", "rest"] as const;
export type ListGroup = (typeof LIST_GROUPS)[number];

/** A session that stalls may need a look. One that is silent for an hour has crashed: nothing can be done there. */
export const STALLED_PINNED_MILLIS = 3_600_000;

/** The statuses that the first two groups may have. */
export const PINNED_STATUSES: readonly Status[] = ["waiting", "stalled", "running", "idle"];

/** The statuses that a reader can be notified of. */
export const NOTIFIED_STATUSES = ["waiting", "failed", "finished"] as const satisfies readonly Status[];
export type NotifiedStatus = (typeof NOTIFIED_STATUSES)[number];

export function groupOf({ status, silentMillis }: Pick<Liveness, "status" | "silentMillis">): ListGroup {
  switch (status) {
    case "waiting":
      return "needs-you";
    case "stalled":
      return silentMillis < STALLED_PINNED_MILLIS ? "needs-you" : "rest";
    case "running":
    case "idle":
      return "running";
    case "failed":
    case "finished":
      return "rest";
  }
}
